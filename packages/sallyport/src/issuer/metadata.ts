import { ageSeconds, type Moment, momentSecondsAgo } from '../clock.js'
import type { JsonObject } from '../encoding/strict-json.js'
import { FetchFailed } from './bounded-fetch.js'
import {
  type DocumentKind,
  type DocumentSource,
  type IssuerDocument,
  type LoadOptions,
  loadDocument,
} from './documents.js'
import { isAllowedJwksUri } from './issuer-url.js'

interface Metadata {
  readonly jwksUri: string
}

export interface MetadataRules {
  readonly issuer: string
  /** Hosts besides the issuer's own that may serve its key set. */
  readonly jwksHosts: readonly string[]
}

/** Gives the metadata, fetching it within the time of the signal when it is due. */
export type LoadMetadata = (signal: AbortSignal) => Promise<Metadata>

const freshSeconds = 3600
const staleIfErrorSeconds = 24 * 3600
/** While a stale copy serves. */
const pauseSeconds = 60
const patienceMilliseconds = 2000

/** Keeps the metadata of one issuer: asked for again after an hour, used for a day when the issuer does not answer. */
export function createMetadata(rules: MetadataRules, source: DocumentSource): LoadMetadata {
  const kind: DocumentKind<Metadata> = {
    name: 'metadata',
    staleIfErrorSeconds,
    freshSeconds: () => freshSeconds,
    read: (json) => readMetadata(json, rules),
  }
  let current: IssuerDocument<Metadata> | undefined
  let askedInVain: Moment | undefined

  function isWithin(moment: Moment | undefined, seconds: number): boolean {
    return moment !== undefined && ageSeconds(source.clock, moment) < seconds
  }

  async function load(signal: AbortSignal): Promise<Metadata> {
    current = await loadFromEither(rules.issuer, kind, source, { previous: current, newest: false, signal })
    askedInVain = undefined
    return current.content
  }

  return async (signal) => {
    if (current === undefined || !isWithin(current.fetched, freshSeconds + staleIfErrorSeconds)) return load(signal)
    if (isWithin(current.fetched, freshSeconds) || isWithin(askedInVain, pauseSeconds)) return current.content
    // With a copy at hand, a silent issuer must leave time for the key set.
    const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMilliseconds)])
    const stale = current.content
    return load(patience).catch(() => {
      askedInVain = momentSecondsAgo(source.clock, 0)
      return stale
    })
  }
}

/** OpenID Connect Discovery first; RFC 8414 where the issuer says that it does not have that document. */
async function loadFromEither(
  issuer: string,
  kind: DocumentKind<Metadata>,
  source: DocumentSource,
  options: LoadOptions<Metadata>,
): Promise<IssuerDocument<Metadata>> {
  try {
    return await loadDocument(openIdUrl(issuer), kind, source, options)
  } catch (error) {
    if (!(error instanceof FetchFailed) || (error.status !== 404 && error.status !== 410)) throw error
    return await loadDocument(oauthUrl(issuer), kind, source, options)
  }
}

/** OpenID Connect Discovery 1.0 section 4: appended to the issuer. */
function openIdUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/** RFC 8414 section 3.1: inserted between host and path. */
function oauthUrl(issuer: string): string {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`
}

/** @throws {FetchFailed} `issuer_mismatch` (RFC 8414 section 3.3), `jwks_uri_refused`. */
function readMetadata(json: JsonObject, { issuer, jwksHosts }: MetadataRules): Metadata {
  if (json['issuer'] !== issuer) throw new FetchFailed('issuer_mismatch')
  const jwksUri = json['jwks_uri']
  if (!isAllowedJwksUri(jwksUri, issuer, jwksHosts)) throw new FetchFailed('jwks_uri_refused')
  return { jwksUri }
}
