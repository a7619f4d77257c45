import { type Clock, isClock, systemClock } from './clock.js'
import { type DpopMode, type DpopOptions, type DpopRules, dpopRule, resolveDpop } from './dpop/dpop-options.js'
import { environment } from './environment.js'
import { InvalidOptions, type Scheme } from './errors.js'
import { type EventListener, guarded } from './events.js'
import { configuredIssuers, type IssuerOptions } from './issuer/configured-issuers.js'
import type { DocumentStore } from './issuer/document-store.js'
import { isHost } from './issuer/issuer-url.js'
import type { IssuerRules } from './issuer/issuers.js'
import { checked, isText, isTextList, numberBetween, type OptionRule, oneOf } from './option-rules.js'
import type { CertificateRules, CertificateSource } from './request/client-certificate.js'
import { resolvePublicUrl, type TargetRules } from './request/target-uri.js'
import { resolveTrustedHops, type TrustProxy } from './request/trusted-hops.js'
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
  /** Proof of possession, RFC 9449. Default `allowed`. */
  readonly dpop?: DpopMode | DpopOptions
  /**
   * Whose `X-Forwarded-Proto`, `-Host` and `-Prefix` and `Forwarded` are believed about the URI that the client used: `true`
   * for the nearest proxy, how many proxies there are, or their addresses and ranges. Default `false`.
   */
  readonly trustProxy?: TrustProxy
  /** The URL under which clients reach this API, with its path prefix. Default none: the request says it. */
  readonly publicUrl?: string
  /** Where the client certificate of a bound token comes from, RFC 8705. Default `connection`. */
  readonly certificateSource?: CertificateSource
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
export interface ResolvedOptions extends IssuerRules, HeaderRules, ClaimRules, TargetRules, CertificateRules {
  readonly dpop: DpopRules
  /** The authentication schemes that are accepted. */
  readonly schemes: readonly Scheme[]
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
  dpop: dpopRule,
  trustProxy: {
    accepts: (value) => typeof value === 'boolean' || wholeNumberBetween(1, 16)(value) || isTextList(value),
    wants: 'true, false, how many proxies there are (1 to 16), or a non-empty list of their addresses and ranges',
  },
  publicUrl: { accepts: isText, wants: 'an http(s) URL' },
  certificateSource: {
    accepts: oneOf('connection', 'client-cert-header'),
    wants: "'connection' or 'client-cert-header'",
  },
  algorithms: {
    accepts: isAlgorithmList,
    wants: `a non-empty list out of ${[...algorithms.keys()].join(', ')}; there are no symmetric keys here`,
  },
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
  clock: { accepts: isClock, wants: 'an object with epochMilliseconds() and monotonicMilliseconds()' },
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
  const { maxTokenLifetimeSeconds = sevenDays, clock = systemClock } = options
  const onEvent = guarded(options.onEvent)
  const allowedAudiences = audiences(options)
  const dpop = resolveDpop(options.dpop ?? 'allowed', { audiences: allowedAudiences, clock, onEvent })
  return Object.freeze({
    allowed: configuredIssuers(options, isProduction),
    audiences: allowedAudiences,
    dpop,
    schemes: schemesOf[dpop.mode],
    trustedHops: resolveTrustedHops(options.trustProxy ?? false),
    publicUrl: options.publicUrl === undefined ? undefined : resolvePublicUrl(options.publicUrl),
    certificateSource: certificateSource(options),
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
    onEvent,
    clock,
    isProduction,
  })
}

const schemesOf: Readonly<Record<DpopMode, readonly Scheme[]>> = {
  allowed: ['Bearer', 'DPoP'],
  required: ['DPoP'],
  disabled: ['Bearer'],
}

function certificateSource({
  certificateSource = 'connection',
  trustProxy = false,
}: ResourceServerOptions): CertificateSource {
  if (certificateSource === 'client-cert-header' && trustProxy === false) {
    throw new InvalidOptions(
      'certificateSource',
      'Option "certificateSource" takes the certificate from a header, but "trustProxy" trusts nobody to set it.',
    )
  }
  return certificateSource
}

function audiences({ audience }: ResourceServerOptions): readonly string[] {
  const configured = audience ?? environment('AUTH0_AUDIENCE')
  if (configured === undefined) {
    throw new InvalidOptions(
      'audience',
      'No audience is configured. Set AUTH0_AUDIENCE in the environment, or give the option "audience": the identifier of this API.',
    )
  }
  // Sorted, so that instances that list them in another order agree on nonces and replays.
  return Object.freeze(typeof configured === 'string' ? [configured] : [...new Set(configured)].sort())
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

function wholeNumberBetween(least: number, most: number): (value: unknown) => boolean {
  return (value) => Number.isSafeInteger(value) && numberBetween(least, most)(value)
}
