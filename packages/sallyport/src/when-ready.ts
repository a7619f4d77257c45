/**
 * Goes on with a value that may still be a promise: at once when it is here. Most requests wait for nothing, and a
 * promise for each step would cost them a tenth of the signature check.
 */
export function whenReady<Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result | Promise<Result>,
): Result | Promise<Result> {
  return value instanceof Promise ? value.then(next) : next(value)
}
