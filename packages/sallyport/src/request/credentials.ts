import { RequestRefused, type Scheme } from '../errors.js'
import { fieldValues, type RequestHeaders } from './header-fields.js'
import type { HttpScheme } from './http-uri.js'

/** A request, reduced to what the decision needs. Bearer tokens need the first three; DPoP and client certificates the rest. */
export interface ProtectedRequest {
  readonly method: string
  /** The request target as it arrived, before any router or middleware rewrote it; a whole URL in fetch runtimes. */
  readonly url: string
  readonly headers: RequestHeaders
  /** Of the connection that the request came over. Default: that of `url`, else `http`. */
  readonly scheme?: HttpScheme | undefined
  /** The address of the peer, for a `trustProxy` that lists addresses. */
  readonly remoteAddress?: string | undefined
  /** The certificate that the peer showed in the TLS handshake, in DER; called only for a token that is bound to one. */
  clientCertificate?(): Uint8Array | undefined
}

export type Credentials =
  | { readonly scheme: 'Bearer'; readonly token: string }
  | { readonly scheme: 'DPoP'; readonly token: string; readonly proof: string }

const maxTokenLength = 8192
const maxProofLength = 4096
const bearerPrefix = 'Bearer '
/** Two field lines that a proxy, or a `Headers` object, joined into one: answered as two are. */
const joinedLines = /^\s*,|,\s*$|,\s*[a-z][\w-]*\s+\S/i
const schemeToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+/

/**
 * Reads the access token from the one `Authorization` field line, the proof from the one `DPoP` field line, and neither from
 * anywhere else. Which characters they may have is left to the parser, which looks at each of them anyway.
 *
 * @param schemes What this API accepts. Where DPoP is not accepted, a `DPoP` field has no meaning and is not looked at.
 * @returns `undefined` when the request has no access token at all.
 * @throws {RequestRefused} `credentials_repeated`, `credentials_twice`, `credentials_malformed`, `scheme_unsupported`,
 *   `token_too_large`, `proof_with_bearer`, `proof_missing`, `proof_repeated`, `proof_too_large`.
 * @see RFC 6750 section 2.1, RFC 9449 sections 4.3 and 7.1, RFC 9110 section 11.4
 */
export function readCredentials(request: ProtectedRequest, schemes: readonly Scheme[]): Credentials | undefined {
  const values = fieldValues(request.headers, 'authorization')
  if (values.length === 0) return undefined
  if (values.length > 1) throw new RequestRefused('credentials_repeated')
  if (hasQueryToken(request.url)) throw new RequestRefused('credentials_twice')
  const { scheme, token } = readAuthorization(values[0] ?? '', schemes)
  if (token.length > maxTokenLength) throw new RequestRefused('token_too_large', { scheme })
  const proofs = schemes.includes('DPoP') ? fieldValues(request.headers, 'dpop') : []
  if (scheme === 'DPoP') return { scheme, token, proof: onlyProof(proofs) }
  if (proofs.length > 0) throw new RequestRefused('proof_with_bearer', { scheme })
  return { scheme, token }
}

/** RFC 6750 section 2.3 allows a token in the query; it ends up in logs and histories, so it is never read here. */
export function hasQueryToken(url: string): boolean {
  if (typeof url !== 'string') return false
  const query = url.indexOf('?')
  return query !== -1 && (url.startsWith('access_token=', query + 1) || url.includes('&access_token=', query))
}

interface Authorization {
  readonly scheme: Scheme
  readonly token: string
}

function readAuthorization(value: string, schemes: readonly Scheme[]): Authorization {
  if (value.includes(',') && joinedLines.test(value)) throw new RequestRefused('credentials_repeated')
  if (value.startsWith(bearerPrefix) && isTokenAt(value, bearerPrefix.length) && schemes.includes('Bearer'))
    return { scheme: 'Bearer', token: value.slice(bearerPrefix.length) }
  const written = schemeToken.exec(value)?.[0]
  if (written === undefined) throw new RequestRefused('credentials_malformed')
  const scheme = schemes.find((known) => known.toLowerCase() === written.toLowerCase())
  if (scheme === undefined) throw new RequestRefused('scheme_unsupported')
  const rest = value.slice(written.length)
  const token = rest.replace(/^ +/, '')
  if (!rest.startsWith(' ') || token === '') throw new RequestRefused('credentials_malformed', { scheme })
  return { scheme, token }
}

function isTokenAt(value: string, index: number): boolean {
  return index < value.length && value.charCodeAt(index) !== 0x20
}

function onlyProof(proofs: readonly string[]): string {
  const [proof] = proofs
  if (proof === undefined) throw new RequestRefused('proof_missing', { scheme: 'DPoP' })
  if (proofs.length > 1 || proof.includes(',')) throw new RequestRefused('proof_repeated', { scheme: 'DPoP' })
  if (proof.length > maxProofLength) throw new RequestRefused('proof_too_large', { scheme: 'DPoP' })
  return proof
}
