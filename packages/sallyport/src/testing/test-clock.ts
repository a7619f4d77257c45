import type { Clock } from '../index.js'

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  /** Seconds since 1970. */
  nowSeconds(): number
  /** Lets time pass on both clocks. */
  advance(seconds: number): void
  /** Sets the wall clock by this much, as an administrator or NTP would; the monotonic clock does not notice. */
  jump(seconds: number): void
}

/** @param startSeconds Seconds since 1970; default: now, rounded down. */
export function createTestClock(startSeconds: number = Math.floor(Date.now() / 1000)): TestClock {
  let wall = startSeconds * 1000
  let monotonic = 1_000_000
  return {
    epochMilliseconds: () => wall,
    monotonicMilliseconds: () => monotonic,
    nowSeconds: () => wall / 1000,
    advance: (seconds) => {
      wall += seconds * 1000
      monotonic += seconds * 1000
    },
    jump: (seconds) => {
      wall += seconds * 1000
    },
  }
}
