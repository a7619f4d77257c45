import type { Clock } from '../clock.js'
import { DependencyUnavailable, RequestRefused } from '../errors.js'
import type { EventListener } from '../events.js'
import { isPromise } from '../when-ready.js'
import { type ReplayStore, ReplayStoreFull } from './replay-store.js'

/** Why a replay store gave no verdict. Fixed words, fit for a metric label. */
export type ReplayStoreFailure =
  /** No answer within 200 ms. */
  | 'timeout'
  /** It threw. */
  | 'error'
  /** It gave something other than `true` and `false`. */
  | 'wrong_answer'
  /** It has no room for another live entry. */
  | 'full'
  /** 1,000 claims wait already. */
  | 'busy'
  /** It failed five times in a row, and is left alone for half a second. */
  | 'resting'

export interface BoundedStoreRules {
  readonly clock: Clock
  readonly onEvent: EventListener | undefined
}

/** An API promises its 503 within 250 ms. */
const limitMilliseconds = 200
const maxWaiting = 1000
const failuresBeforeRest = 5
const restMilliseconds = 500
const retryAfterSeconds = 1
const quietMilliseconds = 10_000

/**
 * Makes a store safe to wait for: limited in time and in claims that wait, left alone for a moment when it keeps failing.
 * Only `true` and `false` are verdicts; everything else means that nobody knows, and the request is not admitted.
 *
 * @throws {DependencyUnavailable} when there is no verdict.
 */
export function boundedStore(store: ReplayStore, rules: BoundedStoreRules): ReplayStore {
  const report = createReport(rules)
  const now = () => rules.clock.monotonicMilliseconds()
  let waiting = 0
  let failures = 0
  let restsUntil = Number.NEGATIVE_INFINITY

  function fail(reason: ReplayStoreFailure, cause?: unknown): never {
    report(reason)
    throw new DependencyUnavailable('replay_store', retryAfterSeconds, cause)
  }

  function failed(reason: ReplayStoreFailure, cause?: unknown): never {
    failures += 1
    // One claim may try after the rest; the next ones wait for its verdict in a rest of their own.
    if (failures >= failuresBeforeRest) restsUntil = now() + restMilliseconds
    fail(reason, cause)
  }

  function verdict(answer: unknown): boolean {
    if (typeof answer !== 'boolean') failed('wrong_answer')
    failures = 0
    restsUntil = Number.NEGATIVE_INFINITY
    return answer
  }

  function thrown(error: unknown): never {
    if (error instanceof RequestRefused) throw error
    if (error instanceof ReplayStoreFull) fail('full', error)
    failed('error', error)
  }

  function attempt(claim: () => boolean | Promise<boolean>): boolean | Promise<boolean> {
    try {
      return claim()
    } catch (error) {
      return thrown(error)
    }
  }

  async function settled(claim: Promise<boolean>): Promise<boolean> {
    waiting += 1
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(timeout), limitMilliseconds)
    })
    let answer: unknown
    try {
      answer = await Promise.race([claim, late])
    } catch (error) {
      if (error === timeout) failed('timeout')
      thrown(error)
    } finally {
      clearTimeout(timer)
      waiting -= 1
    }
    return verdict(answer)
  }

  return {
    claim: (key, ttlSeconds, jkt) => {
      if (now() < restsUntil) fail('resting')
      if (waiting >= maxWaiting) fail('busy')
      if (failures >= failuresBeforeRest) restsUntil = now() + restMilliseconds
      const claim = attempt(() => store.claim(key, ttlSeconds, jkt))
      return isPromise(claim) ? settled(claim) : verdict(claim)
    },
  }
}

const timeout = new Error('timeout')

/** One event in ten seconds, with the number of failures since the last: an outage must not flood the log. */
function createReport({ clock, onEvent }: BoundedStoreRules): (reason: ReplayStoreFailure) => void {
  let failures = 0
  let reportedAt = Number.NEGATIVE_INFINITY
  return (reason) => {
    failures += 1
    const now = clock.monotonicMilliseconds()
    if (now - reportedAt < quietMilliseconds) return
    onEvent?.({ type: 'replay_store.failed', reason, failures })
    reportedAt = now
    failures = 0
  }
}
