import { LRUCache } from 'lru-cache'
import { ageSeconds, type Moment, momentSecondsAgo } from '../clock.js'
import { ioEndsWithRequest } from '../environment.js'
import { DependencyUnavailable, RequestRefused } from '../errors.js'
import type { Algorithm, AlgorithmName } from '../signature/algorithms.js'
import type { PreparedKey } from '../signature/prepared-key.js'
import { whenReady } from '../when-ready.js'
import { createBackOff } from './back-off.js'
import { FetchFailed } from './bounded-fetch.js'
import { type DocumentKind, type DocumentSource, type IssuerDocument, loadDocument } from './documents.js'
import type { FetchLimits } from './fetch-limits.js'
import { type Flight, FlightLost, startFlight } from './flight.js'
import { freshSeconds } from './freshness.js'
import type { LoadMetadata } from './metadata.js'
import { readKeySet, type UsableKeys } from './usable-keys.js'

export interface KeySetRules {
  readonly algorithms: readonly AlgorithmName[]
  /** Freshness where the issuer names none. */
  readonly ttlSeconds: number
  readonly staleIfErrorSeconds: number
}

/** The key set of one issuer. */
export interface KeySet {
  /**
   * The keys to use now: at once while they are fresh or may be served stale, else after one shared fetch.
   * @throws {DependencyUnavailable}
   */
  current(): UsableKeys | Promise<UsableKeys>
  /**
   * The keys that may verify this header, fetching once more when its `kid` is new.
   * @throws {RequestRefused} `key_unknown`.
   * @throws {DependencyUnavailable} when only the issuer could tell whether there is such a key.
   */
  select(header: KeyHints): KeySelection | Promise<KeySelection>
  /** Asks the issuer now, whatever the age of the keys; calls during a fetch share the one after it. */
  refresh(): Promise<UsableKeys>
  health(): KeySetHealth
}

/** What a token says about its key. */
interface KeyHints {
  readonly kid: string | undefined
  readonly algorithm: Algorithm
}

interface KeySelection {
  readonly keys: UsableKeys
  readonly candidates: readonly PreparedKey[]
}

export interface KeySetHealth {
  /** `cold`: never fetched. `fresh`, `stale`: usable. `expired`: answers are 503 until the issuer is back. */
  readonly state: 'cold' | 'fresh' | 'stale' | 'expired'
  readonly keys: number
  readonly ageSeconds: number | undefined
  readonly consecutiveFailures: number
}

/** Whether a copy from the store will do, or only the issuer's own answer. */
type Copy = 'any' | 'newest'

interface Refresh extends Flight<UsableKeys> {
  readonly copy: Copy
}

const refreshFrom = 0.8
const refreshJitter = 0.1
const unknownKidCooldownSeconds = 30
const unknownKidWaitSeconds = 2
/** For a fetch that has to be over before its request is answered, as nothing goes on behind the answer. */
const shortLimitSeconds = ioEndsWithRequest ? 1.5 : undefined
const unknownKidsRemembered = 1000

/** Where a key set comes from. */
export interface KeySetSource extends DocumentSource {
  readonly metadata: LoadMetadata
  readonly limits: FetchLimits
}

/** Keeps the keys of one issuer, so that neither an outage of the issuer nor a flood of bad tokens is felt. */
export function createKeySet(rules: KeySetRules, source: KeySetSource): KeySet {
  const { clock, issuer, limits, metadata, onEvent } = source
  const backOff = createBackOff(clock)
  const unknownKids = new LRUCache<string, Moment>({ max: unknownKidsRemembered })
  const kind: DocumentKind<UsableKeys> = {
    name: 'jwks',
    staleIfErrorSeconds: rules.staleIfErrorSeconds,
    freshSeconds: (headers) => freshSeconds(headers, rules.ttlSeconds),
    read: (json) =>
      readKeySet(json, rules.algorithms, (reason) => onEvent?.({ type: 'keys.member_ignored', issuer, reason })),
  }

  let document: IssuerDocument<UsableKeys> | undefined
  let refreshAtSeconds = 0
  let staleAnnounced = false
  let underWay: Refresh | undefined

  function current(): UsableKeys | Promise<UsableKeys> {
    if (document === undefined) return fetchedNow()
    const age = ageSeconds(clock, document.fetched)
    if (age < refreshAtSeconds) return document.content
    if (age >= document.freshSeconds + rules.staleIfErrorSeconds) return fetchedNow()
    if (age >= document.freshSeconds) announceStale(age)
    if (backOff.isWaiting()) return document.content
    return ioEndsWithRequest ? refreshedInTime(document.content) : refreshedBehind(document.content)
  }

  function refreshedBehind(held: UsableKeys): UsableKeys {
    refresh('any').catch(() => {})
    return held
  }

  function refreshedInTime(held: UsableKeys): UsableKeys | Promise<UsableKeys> {
    return flight() === undefined ? start('any', shortLimitSeconds).catch(() => held) : held
  }

  function fetchedNow(): Promise<UsableKeys> {
    if (flight() === undefined && backOff.isWaiting()) return Promise.reject(unavailable())
    return refresh('any')
  }

  function select({ kid, algorithm }: KeyHints): KeySelection | Promise<KeySelection> {
    const held = whenReady(current(), (keys) => (kid === undefined || keys.has(kid) ? keys : refetchedFor(kid)))
    return whenReady(held, (keys) => {
      const candidates = keys.select(kid, algorithm)
      if (candidates.length === 0) throw new RequestRefused('key_unknown', { kid })
      return { keys, candidates }
    })
  }

  async function refetchedFor(kid: string): Promise<UsableKeys> {
    if (isKnownAsUnknown(kid)) throw new RequestRefused('key_unknown', { kid })
    if (flight() === undefined && backOff.secondsSinceAttempt() < unknownKidCooldownSeconds) {
      // An issuer that failed to answer may well have this key: that is an outage, not a bad token.
      throw backOff.failures() > 0 ? unavailable() : new RequestRefused('key_unknown', { kid })
    }
    if (flight() === undefined && backOff.isWaiting()) throw unavailable()
    const keys = await withinWait(refresh('newest', shortLimitSeconds))
    if (!keys.has(kid)) unknownKids.set(kid, momentSecondsAgo(clock, 0))
    return keys
  }

  function isKnownAsUnknown(kid: string): boolean {
    const noted = unknownKids.get(kid)
    return noted !== undefined && ageSeconds(clock, noted) < unknownKidCooldownSeconds
  }

  function withinWait(pending: Promise<UsableKeys>): Promise<UsableKeys> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unavailable()), unknownKidWaitSeconds * 1000)
    })
    return Promise.race([pending, late]).finally(() => clearTimeout(timer))
  }

  /** What is under way, unless the request that began it has gone. */
  function flight(): Refresh | undefined {
    return underWay?.isLost() ? undefined : underWay
  }

  async function refresh(copy: Copy, limitSeconds?: number): Promise<UsableKeys> {
    const joined = flight()
    if (joined === undefined) return start(copy, limitSeconds)
    const isEnough = copy === 'any' || joined.copy === 'newest'
    try {
      const keys = await joined.join()
      return isEnough ? keys : refresh(copy, limitSeconds)
    } catch (error) {
      if (isEnough && !(error instanceof FlightLost)) throw error
      return refresh(copy, limitSeconds)
    }
  }

  /** A flight that began before the call may have read the old keys already: it is followed by one that all callers share. */
  async function refreshNow(): Promise<UsableKeys> {
    await flight()
      ?.join()
      .catch(() => {})
    return refresh('newest')
  }

  function start(copy: Copy, limitSeconds?: number): Promise<UsableKeys> {
    const begun = startFlight(() =>
      load(copy, limitSeconds).finally(() => {
        if (underWay === entry) underWay = undefined
      }),
    )
    const entry: Refresh = { ...begun, copy: source.store === undefined ? 'newest' : copy }
    underWay = entry
    return entry.own
  }

  async function load(copy: Copy, limitSeconds: number | undefined): Promise<UsableKeys> {
    const limit = limits.begin(limitSeconds)
    try {
      const { jwksUri } = await metadata(limit.signal)
      const options = { previous: document, newest: copy === 'newest', signal: limit.signal }
      const loaded = await loadDocument(jwksUri, kind, source, options)
      if (loaded.failure !== undefined) noteFailure(loaded.failure, true)
      else if (loaded.origin === 'issuer') backOff.succeeded()
      return replaceWith(loaded)
    } catch (cause) {
      const failure = cause instanceof FetchFailed ? cause : new FetchFailed('network', { cause })
      noteFailure(failure, health().state !== 'cold' && health().state !== 'expired')
      throw unavailable(failure)
    } finally {
      limit.end()
    }
  }

  function noteFailure(failure: FetchFailed, somethingToServe: boolean): void {
    backOff.failed(somethingToServe, failure.retryAfterSeconds)
    onEvent?.({
      type: 'keys.refresh_failed',
      issuer,
      reason: failure.reason,
      consecutiveFailures: backOff.failures(),
      retryInSeconds: backOff.waitSeconds(),
    })
  }

  function replaceWith(loaded: IssuerDocument<UsableKeys>): UsableKeys {
    const before = document?.content
    // The same keys keep their identity: tokens verified with them stay known.
    const content = before?.fingerprint === loaded.content.fingerprint ? before : loaded.content
    document = { ...loaded, content }
    refreshAtSeconds = loaded.freshSeconds * (refreshFrom + Math.random() * refreshJitter)
    staleAnnounced = false
    if (content !== before) onEvent?.({ type: 'keys.replaced', issuer, keys: content.size })
    const age = ageSeconds(clock, loaded.fetched)
    if (age >= loaded.freshSeconds) announceStale(age)
    return content
  }

  function announceStale(age: number): void {
    if (staleAnnounced) return
    staleAnnounced = true
    onEvent?.({ type: 'keys.stale_served', issuer, ageSeconds: Math.round(age) })
  }

  function unavailable(cause?: FetchFailed): DependencyUnavailable {
    return new DependencyUnavailable('issuer', backOff.waitSeconds(), cause)
  }

  function health(): KeySetHealth {
    const consecutiveFailures = backOff.failures()
    if (document === undefined) return { state: 'cold', keys: 0, ageSeconds: undefined, consecutiveFailures }
    const age = ageSeconds(clock, document.fetched)
    const staleFor = age - document.freshSeconds
    const state = staleFor < 0 ? 'fresh' : staleFor < rules.staleIfErrorSeconds ? 'stale' : 'expired'
    return { state, keys: document.content.size, ageSeconds: Math.round(age), consecutiveFailures }
  }

  return { current, select, refresh: refreshNow, health }
}
