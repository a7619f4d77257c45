/**
 * Goes on with a value that may still be a promise: at once when it is here. Most requests wait for nothing, and a
 * promise for each step would cost them a tenth of the signature check.
 */
export function whenReady<Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result | Promise<Result>,
): Result | Promise<Result> {
  return isPromise(value) ? value.then(next) : next(value)
}

/** By what it does, not by its class: where something replaced the global `Promise`, that of an async function is another. */
export function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** All values at once when they are here, or a promise of them. */
export function allReady<Value>(values: readonly (Value | Promise<Value>)[]): readonly Value[] | Promise<Value[]> {
  return values.every((value): value is Awaited<Value> & Value => !isPromise(value)) ? values : Promise.all(values)
}
