/** The two clocks of a resource server. Give your own in tests; `sallyport/testing` has one that can be moved. */
export interface Clock {
  /** Milliseconds since 1970, as `Date.now()`. Token times are compared with it. */
  epochMilliseconds(): number
  /** Milliseconds that only grow, as `performance.now()`. Ages, limits and back-off are measured with it. */
  monotonicMilliseconds(): number
}

export const systemClock: Clock = {
  epochMilliseconds: () => Date.now(),
  monotonicMilliseconds: () => performance.now(),
}

export function isClock(value: unknown): value is Clock {
  const { epochMilliseconds, monotonicMilliseconds } = Object(value)
  return typeof epochMilliseconds === 'function' && typeof monotonicMilliseconds === 'function'
}

/** One moment on both clocks. */
export interface Moment {
  readonly epochMilliseconds: number
  readonly monotonicMilliseconds: number
}

export function momentSecondsAgo(clock: Clock, seconds: number): Moment {
  return {
    epochMilliseconds: clock.epochMilliseconds() - seconds * 1000,
    monotonicMilliseconds: clock.monotonicMilliseconds() - seconds * 1000,
  }
}

/**
 * The larger of the two ages. A wall clock that is set back must not keep keys alive, and a monotonic clock stands still
 * while a laptop sleeps: neither alone is the age.
 */
export function ageSeconds(clock: Clock, moment: Moment): number {
  const wall = clock.epochMilliseconds() - moment.epochMilliseconds
  const monotonic = clock.monotonicMilliseconds() - moment.monotonicMilliseconds
  return Math.max(wall, monotonic) / 1000
}
