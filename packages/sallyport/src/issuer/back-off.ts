import type { Clock } from '../clock.js'

/** Spaces out attempts that fail: 1, 2, 4 … 60 s, each shortened by up to a quarter so that instances do not march in step. */
export interface BackOff {
  isWaiting(): boolean
  /** Seconds until the next attempt, 0 when there is nothing to wait for. */
  waitSeconds(): number
  /** Consecutive failures. */
  failures(): number
  secondsSinceAttempt(): number
  succeeded(): void
  failed(somethingToServe: boolean, retryAfterSeconds: number | undefined): void
}

const longestSeconds = 60
/** With nothing to serve every request fails, so the way back must be short. */
const longestSecondsWhenCold = 2

export function createBackOff(clock: Clock): BackOff {
  let failures = 0
  let nextAttempt = Number.NEGATIVE_INFINITY
  let lastAttempt = Number.NEGATIVE_INFINITY
  const now = () => clock.monotonicMilliseconds() / 1000
  return {
    isWaiting: () => now() < nextAttempt,
    waitSeconds: () => Math.max(0, nextAttempt - now()),
    failures: () => failures,
    secondsSinceAttempt: () => now() - lastAttempt,
    succeeded: () => {
      failures = 0
      lastAttempt = now()
      nextAttempt = Number.NEGATIVE_INFINITY
    },
    failed: (somethingToServe, retryAfterSeconds) => {
      failures += 1
      lastAttempt = now()
      const longest = somethingToServe ? longestSeconds : longestSecondsWhenCold
      const delay = Math.min(longest, 2 ** (failures - 1)) * (1 - Math.random() / 4)
      nextAttempt = lastAttempt + Math.max(delay, retryAfterSeconds ?? 0)
    },
  }
}
