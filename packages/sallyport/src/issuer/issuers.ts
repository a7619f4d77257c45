import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'
import { DependencyUnavailable, RequestRefused } from '../errors.js'
import type { EventListener } from '../events.js'
import type { ProtectedRequest } from '../request/credentials.js'
import { fieldsWithoutCredentials } from '../request/header-fields.js'
import type { AlgorithmName } from '../signature/algorithms.js'
import type { Fetch } from './bounded-fetch.js'
import type { DocumentStore } from './document-store.js'
import { createFetchLimits } from './fetch-limits.js'
import { bareDomain, isLoopback, issuerOfDomain } from './issuer-url.js'
import { createKeySet, type KeySet, type KeySetHealth } from './key-set.js'
import { createMetadata } from './metadata.js'

/** What a `domains` resolver learns about a request. `unverifiedIssuer` is what the token claims, not what is true. */
export interface DomainsRequest {
  /** The request target as the adapter received it. */
  readonly url: string
  /** Lower-case names; `authorization`, `proxy-authorization`, `dpop`, `client-cert` and `cookie` are left out. */
  readonly headers: Readonly<Record<string, string>>
  readonly unverifiedIssuer: string
}

export type DomainsResolver = (request: DomainsRequest) => readonly string[] | Promise<readonly string[]>

/** Which issuers are allowed: known beforehand, or asked for with every request. */
export type AllowedIssuers = { readonly issuers: readonly string[] } | { readonly resolver: DomainsResolver }

export interface IssuerHealth extends KeySetHealth {
  readonly issuer: string
}

export interface Issuers {
  /**
   * The key set of the issuer that a token names, if it is allowed; nothing is ever fetched for another.
   * @throws {RequestRefused} `issuer_refused`.
   */
  allowed(iss: unknown, request: ProtectedRequest): KeySet | Promise<KeySet>
  /** The key sets that are held: all of them for a fixed list, those in use for a resolver. */
  held(): readonly KeySet[]
  health(): readonly IssuerHealth[]
  /** Ends every fetch under way. */
  close(): void
}

const resolverLimitMilliseconds = 1000
const maxIssuerLength = 2048

/** What issuers have to know of the options. */
export interface IssuerRules {
  readonly allowed: AllowedIssuers
  readonly algorithms: readonly AlgorithmName[]
  /** Hosts besides an issuer's own that may serve its key set. */
  readonly jwksHosts: readonly string[]
  readonly cache: {
    readonly ttlSeconds: number
    readonly maxEntries: number
    readonly staleIfErrorSeconds: number
    readonly store: DocumentStore | undefined
  }
  readonly fetch: Fetch
  readonly clock: Clock
  readonly onEvent: EventListener | undefined
  readonly isProduction: boolean
}

export function createIssuers(options: IssuerRules): Issuers {
  const limits = createFetchLimits()
  const { allowed: allowList } = options

  function create(issuer: string): KeySet {
    const source = {
      issuer: new URL(issuer).host,
      fetch: options.fetch,
      store: options.cache.store,
      clock: options.clock,
      onEvent: options.onEvent,
    }
    const metadata = createMetadata({ issuer, jwksHosts: options.jwksHosts }, source)
    return createKeySet({ algorithms: options.algorithms, ...options.cache }, { ...source, metadata, limits })
  }

  const listed =
    'issuers' in allowList ? new Map(allowList.issuers.map((issuer) => [issuer, create(issuer)])) : undefined
  const inUse = new LRUCache<string, KeySet>({ max: options.cache.maxEntries })

  async function resolved(resolver: DomainsResolver, iss: string, request: ProtectedRequest): Promise<KeySet> {
    const domains = await resolveDomains(resolver, iss, request)
    if (!domains.some((domain) => issuerOfResolvedDomain(domain, options) === iss))
      throw new RequestRefused('issuer_refused')
    const known = inUse.get(iss) ?? create(iss)
    inUse.set(iss, known)
    return known
  }

  const entries = () => [...(listed ?? inUse).entries()]
  return {
    allowed: (iss, request) => {
      if (typeof iss !== 'string' || iss.length > maxIssuerLength) throw new RequestRefused('issuer_refused')
      if ('resolver' in allowList) return resolved(allowList.resolver, iss, request)
      const keySet = listed?.get(iss)
      if (keySet === undefined) throw new RequestRefused('issuer_refused')
      return keySet
    },
    held: () => entries().map(([, keySet]) => keySet),
    health: () => entries().map(([issuer, keySet]) => ({ issuer, ...keySet.health() })),
    close: () => limits.close(),
  }
}

async function resolveDomains(
  resolver: DomainsResolver,
  unverifiedIssuer: string,
  request: ProtectedRequest,
): Promise<readonly string[]> {
  const { url, headers } = request
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DependencyUnavailable('domains_resolver', 1)), resolverLimitMilliseconds)
  })
  const answer = (async () => resolver({ url, headers: fieldsWithoutCredentials(headers), unverifiedIssuer }))()
  const domains: unknown = await Promise.race([answer, late]).finally(() => clearTimeout(timer))
  if (!Array.isArray(domains)) throw new TypeError('The domains resolver must give a list of domains.')
  return domains
}

/** A resolver often reads a database: what it gives is checked like input. A bad entry allows nothing. */
function issuerOfResolvedDomain(domain: unknown, { onEvent, isProduction }: IssuerRules): string | undefined {
  const issuer = typeof domain === 'string' ? issuerOfDomain(bareDomain(domain)) : undefined
  if (issuer === undefined) {
    onEvent?.({ type: 'issuer.ignored', reason: 'not_a_domain' })
    return undefined
  }
  if (isProduction && isLoopback(new URL(issuer).hostname)) {
    onEvent?.({ type: 'issuer.ignored', reason: 'loopback_in_production' })
    return undefined
  }
  return issuer
}
