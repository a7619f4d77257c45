import { type Clock, systemClock } from './clock.js'
import { environment } from './environment.js'
import { InvalidOptions } from './errors.js'
import { type EventListener, guarded } from './events.js'
import { configuredIssuers, type IssuerOptions } from './issuer/configured-issuers.js'
import type { DocumentStore } from './issuer/document-store.js'
import { isHost } from './issuer/issuer-url.js'
import type { IssuerRules } from './issuer/issuers.js'
import { checked, isText, isTextList, type OptionRule } from './option-rules.js'
import { type AlgorithmName, algorithms } from './signature/algorithms.js'
import type { ClaimRules } from './token/claims.js'
import type { HeaderRules } from './token/header.js'
import type { TokenProfile } from './token/profile.js'

/** How answers look. `auth0` is what Auth0's SDKs send; `rfc` follows RFC 6750 section 3.1 to the letter. */
export type ErrorProfile = 'auth0' | 'rfc'

export interface CacheOptions {
  /** Freshness of a key set whose issuer names none, 60 to 3600. Default 600. */
  readonly ttlSeconds?: number
  /** Issuers held at a time when `domains` is a resolver, at most 10,000. Default 100. */
  readonly maxEntries?: number
  /**
   * How long keys may serve past their freshness: while the issuer is out of reach, and while the first request after a
   * pause has them refreshed. Default 3600; 0 turns it off.
   */
  readonly staleIfErrorSeconds?: number
  /** Verified tokens remembered, at most 1,000,000. Default 10,000; 0 turns it off. */
  readonly verifiedTokens?: number
  /** Where metadata and key sets are shared between instances. Default none: each keeps its own. */
  readonly store?: DocumentStore
}

/** Options of `createResourceServer` and of every adapter's `createAuth`. All are checked at creation. */
export interface ResourceServerOptions extends IssuerOptions {
  /** The identifier of this API, or several. Default: the environment's `AUTH0_AUDIENCE`. */
  readonly audience?: string | readonly string[] | undefined
  /** Only `disabled` for now: bearer tokens are accepted, bound tokens are refused. */
  readonly dpop?: 'disabled'
  /** Signing algorithms that are allowed. Default `['RS256']`. */
  readonly algorithms?: readonly AlgorithmName[]
  /** Default `auth0`. */
  readonly tokenProfile?: TokenProfile
  /** How far this clock and the issuer's may be apart, 0 to 300. Default 5. */
  readonly clockToleranceSeconds?: number
  /** The longest time from `iat` to `exp`, or `unlimited`. Default 604,800 (7 days). */
  readonly maxTokenLifetimeSeconds?: number | 'unlimited'
  /** Default `auth0`. */
  readonly errorProfile?: ErrorProfile
  readonly cache?: CacheOptions
  /** Hosts besides the issuer's own that may serve its key set, such as `www.googleapis.com`. Default none. */
  readonly jwksHosts?: readonly string[]
  /** Fetches metadata and key sets. Default: the global `fetch`. */
  readonly fetch?: typeof fetch
  /** Receives typed, redacted events for audit and metrics. */
  readonly onEvent?: EventListener
  /** The clocks to go by; for tests. */
  readonly clock?: Clock
}

/** Complete options: past this point nothing is optional but what may be absent. */
export interface ResolvedOptions extends IssuerRules, HeaderRules, ClaimRules {
  readonly errorProfile: ErrorProfile
  /** How many verified tokens are remembered. */
  readonly verifiedTokens: number
}

const rules: { readonly [Name in keyof Required<ResourceServerOptions>]: OptionRule } = {
  domain: { accepts: isText, wants: "a bare host name such as 'tenant.eu.auth0.com'" },
  domains: {
    accepts: (value) => isTextList(value) || typeof value === 'function',
    wants: 'a non-empty list of domains, or a function that gives one',
  },
  issuer: { accepts: isText, wants: 'an https URL' },
  audience: {
    accepts: (value) => isText(value) || isTextList(value),
    wants: 'the identifier of the API, or a non-empty list of them',
  },
  dpop: { accepts: (value) => value === 'disabled', wants: "'disabled'" },
  algorithms: { accepts: isAlgorithmList, wants: `a non-empty list out of ${[...algorithms.keys()].join(', ')}` },
  tokenProfile: { accepts: oneOf('auth0', 'rfc9068'), wants: "'auth0' or 'rfc9068'" },
  clockToleranceSeconds: { accepts: numberBetween(0, 300), wants: 'a number from 0 to 300' },
  maxTokenLifetimeSeconds: {
    accepts: (value) => value === 'unlimited' || numberBetween(1, Number.MAX_SAFE_INTEGER)(value),
    wants: "a number of seconds from 1, or 'unlimited'",
  },
  errorProfile: { accepts: oneOf('auth0', 'rfc'), wants: "'auth0' or 'rfc'" },
  cache: { accepts: isObject, wants: 'an object' },
  jwksHosts: { accepts: isHostList, wants: "a non-empty list of bare host names such as 'www.googleapis.com'" },
  fetch: { accepts: isFunction, wants: 'a function like the global fetch' },
  onEvent: { accepts: isFunction, wants: 'a function' },
  clock: {
    accepts: (value) =>
      isObject(value) && isFunction(value['epochMilliseconds']) && isFunction(value['monotonicMilliseconds']),
    wants: 'an object with epochMilliseconds() and monotonicMilliseconds()',
  },
}

const cacheRules: { readonly [Name in keyof Required<CacheOptions>]: OptionRule } = {
  ttlSeconds: { accepts: numberBetween(60, 3600), wants: 'a number from 60 to 3600' },
  maxEntries: { accepts: wholeNumberBetween(1, 10_000), wants: 'a whole number from 1 to 10000' },
  staleIfErrorSeconds: { accepts: numberBetween(0, 86_400), wants: 'a number from 0 to 86400' },
  verifiedTokens: { accepts: wholeNumberBetween(0, 1_000_000), wants: 'a whole number from 0 to 1000000' },
  store: {
    accepts: (value) => isObject(value) && isFunction(value['get']) && isFunction(value['set']),
    wants: 'an object with get() and set()',
  },
}

const sevenDays = 604_800
const defaultAlgorithms: readonly AlgorithmName[] = ['RS256']

/** @throws {InvalidOptions} naming the option, the kind of value it has, and what it takes. */
export function resolveOptions(given: ResourceServerOptions = {}): ResolvedOptions {
  const options = checked<ResourceServerOptions>('', given, rules)
  const cache = checked<CacheOptions>('cache.', options.cache ?? {}, cacheRules)
  const isProduction = environment('NODE_ENV') === 'production'
  const { maxTokenLifetimeSeconds = sevenDays } = options
  return Object.freeze({
    allowed: configuredIssuers(options, isProduction),
    audiences: audiences(options),
    algorithms: Object.freeze([...(options.algorithms ?? defaultAlgorithms)]),
    tokenProfile: options.tokenProfile ?? 'auth0',
    clockToleranceSeconds: options.clockToleranceSeconds ?? 5,
    maxTokenLifetimeSeconds:
      maxTokenLifetimeSeconds === 'unlimited' ? Number.POSITIVE_INFINITY : maxTokenLifetimeSeconds,
    errorProfile: options.errorProfile ?? 'auth0',
    cache: Object.freeze({
      ttlSeconds: cache.ttlSeconds ?? 600,
      maxEntries: cache.maxEntries ?? 100,
      staleIfErrorSeconds: cache.staleIfErrorSeconds ?? 3600,
      store: cache.store,
    }),
    verifiedTokens: cache.verifiedTokens ?? 10_000,
    jwksHosts: (options.jwksHosts ?? []).map((host) => host.toLowerCase()),
    // Looked up with each call, so that a global fetch that is replaced later (by a tracer, by a test) is used.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    onEvent: guarded(options.onEvent),
    clock: options.clock ?? systemClock,
    isProduction,
  })
}

function audiences({ audience }: ResourceServerOptions): readonly string[] {
  const configured = audience ?? environment('AUTH0_AUDIENCE')
  if (configured === undefined) {
    throw new InvalidOptions(
      'audience',
      'No audience is configured. Set AUTH0_AUDIENCE in the environment, or give the option "audience": the identifier of this API.',
    )
  }
  return Object.freeze(typeof configured === 'string' ? [configured] : [...new Set(configured)])
}

function isAlgorithmList(value: unknown): boolean {
  return isTextList(value) && value.every((name) => algorithms.has(name))
}

function isHostList(value: unknown): boolean {
  return isTextList(value) && value.every((name) => isHost(name))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function oneOf(...values: readonly string[]): (value: unknown) => boolean {
  return (value) => values.some((one) => one === value)
}

function numberBetween(least: number, most: number): (value: unknown) => boolean {
  return (value) => typeof value === 'number' && value >= least && value <= most
}

function wholeNumberBetween(least: number, most: number): (value: unknown) => boolean {
  return (value) => Number.isSafeInteger(value) && numberBetween(least, most)(value)
}
