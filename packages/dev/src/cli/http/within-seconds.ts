export interface Limits {
  readonly seconds: number
  /** Ends it before. */
  readonly signal?: AbortSignal | undefined
}

/** Work that ends with a `TimeoutError` where it takes too long. `AbortSignal.any` may be collected, and never end it. */
export async function withinSeconds<Result>(
  { seconds, signal }: Limits,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const abort = new AbortController()
  const late = () => abort.abort(new DOMException(`No answer within ${seconds} s`, 'TimeoutError'))
  const stop = () => abort.abort(signal?.reason)
  const timer = setTimeout(late, seconds * 1000)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    signal?.throwIfAborted()
    return await work(abort.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}
