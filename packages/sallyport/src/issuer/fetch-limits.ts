import { FetchFailed } from './bounded-fetch.js'

/** The time that one refresh has, for all the documents it needs. */
interface FetchLimit {
  /** Aborted with a `FetchFailed` when the time is over or the resource server is closed. */
  readonly signal: AbortSignal
  end(): void
}

export interface FetchLimits {
  /** @param seconds Default 5. */
  begin(seconds?: number): FetchLimit
  /** Ends every fetch under way, and every later one at once. */
  close(): void
}

const maxSeconds = 5

export function createFetchLimits(): FetchLimits {
  const underWay = new Set<AbortController>()
  let closed = false
  return {
    begin: (seconds = maxSeconds) => {
      const controller = new AbortController()
      const timer: { unref?(): void } | number = setTimeout(
        () => controller.abort(new FetchFailed('timeout')),
        seconds * 1000,
      )
      // A fetch that nobody needs any more must not keep a process alive.
      if (typeof timer === 'object') timer.unref?.()
      underWay.add(controller)
      if (closed) controller.abort(new FetchFailed('closed'))
      return {
        signal: controller.signal,
        end: () => {
          clearTimeout(timer as number)
          underWay.delete(controller)
          // Ends the transfer of a body that nobody reads.
          controller.abort()
        },
      }
    },
    close: () => {
      closed = true
      for (const controller of underWay) controller.abort(new FetchFailed('closed'))
    },
  }
}
