import type { Clock } from '../clock.js'
import { DependencyUnavailable, RequestRefused } from '../errors.js'
import type { EventListener } from '../events.js'
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

interface Waiting {
  /** On the monotonic clock. */
  readonly since: number
}

/** An API promises its 503 within 250 ms. */
const limitMilliseconds = 200
const maxWaiting = 1000
const failuresBeforeRest = 5
const restMilliseconds = 500
const forgottenMilliseconds = 10_000
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
  const waiting = new Set<Waiting>()
  let failures = 0
  let restsUntil = Number.NEGATIVE_INFINITY

  function unavailable(reason: ReplayStoreFailure, cause?: unknown): never {
    report(reason)
    throw new DependencyUnavailable('replay_store', retryAfterSeconds, cause)
  }

  function countFailure(reason: ReplayStoreFailure, cause?: unknown): never {
    failures += 1
    rest()
    unavailable(reason, cause)
  }

  function rest(): void {
    if (failures >= failuresBeforeRest) restsUntil = now() + restMilliseconds
  }

  function isAlive(): void {
    failures = 0
    restsUntil = Number.NEGATIVE_INFINITY
  }

  function verdictOf(answer: unknown): boolean {
    if (typeof answer !== 'boolean') countFailure('wrong_answer')
    isAlive()
    return answer
  }

  function onThrown(error: unknown): never {
    if (!(error instanceof RequestRefused || error instanceof ReplayStoreFull)) countFailure('error', error)
    isAlive()
    if (error instanceof RequestRefused) throw error
    unavailable('full', error)
  }

  function attempt(claim: () => boolean | Promise<boolean>): boolean | Promise<boolean> {
    try {
      return claim()
    } catch (error) {
      return onThrown(error)
    }
  }

  async function settled(claim: Promise<boolean>): Promise<boolean> {
    const place = { since: now() }
    waiting.add(place)
    const limit = timeLimit(limitMilliseconds)
    let answer: unknown
    try {
      answer = await Promise.race([claim, limit.passed])
    } catch (error) {
      return onThrown(error)
    } finally {
      limit.clear()
      waiting.delete(place)
    }
    return answer === late ? countFailure('timeout') : verdictOf(answer)
  }

  /** A runtime that ends a request may never let it leave its place. */
  function hasRoom(): boolean {
    for (const place of waiting) if (now() - place.since > forgottenMilliseconds) waiting.delete(place)
    return waiting.size < maxWaiting
  }

  return {
    claim: (key, ttlSeconds, jkt) => {
      if (now() < restsUntil) unavailable('resting')
      if (waiting.size >= maxWaiting && !hasRoom()) unavailable('busy')
      // After a rest one claim finds out for all: the others rest on until it has a verdict.
      rest()
      const claim = attempt(() => store.claim(key, ttlSeconds, jkt))
      return typeof claim === 'boolean' ? verdictOf(claim) : settled(claim)
    },
  }
}

const late = Symbol('late')

/** One turn longer than it says: where this process itself was held up, an answer that is there already is read first. */
function timeLimit(milliseconds: number): { readonly passed: Promise<typeof late>; clear(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const passed = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => {
      timer = setTimeout(() => resolve(late), 0)
    }, milliseconds)
  })
  return { passed, clear: () => clearTimeout(timer) }
}

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
