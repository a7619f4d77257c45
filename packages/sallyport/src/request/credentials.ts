import { RequestRefused } from '../errors.js'
import { fieldValues, type RequestHeaders } from './header-fields.js'

/** A request, reduced to what the decision needs. */
export interface ProtectedRequest {
  readonly method: string
  /** The request target as it arrived, before any router or middleware rewrote it. */
  readonly url: string
  readonly headers: RequestHeaders
}

export interface Credentials {
  readonly scheme: 'Bearer'
  readonly token: string
}

const maxTokenLength = 8192
const bearerPrefix = 'Bearer '
/** Two field lines that a proxy, or a `Headers` object, joined into one. */
const joinedBearer = /,\s*bearer\s/i
const schemeToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+/

/**
 * Reads the access token from the one `Authorization` field line, and from nowhere else. Which characters a token may have
 * is left to the parser, which looks at each of them anyway.
 *
 * @returns `undefined` when the request has no credentials at all.
 * @throws {RequestRefused} `credentials_repeated`, `credentials_twice`, `credentials_malformed`, `scheme_unsupported`,
 *   `token_too_large`.
 * @see RFC 6750 section 2.1, RFC 9110 section 11.4
 */
export function readCredentials(request: ProtectedRequest): Credentials | undefined {
  const values = fieldValues(request.headers, 'authorization')
  if (values.length === 0) return undefined
  if (values.length > 1) throw new RequestRefused('credentials_repeated')
  if (hasQueryToken(request.url)) throw new RequestRefused('credentials_twice')
  const token = bearerToken(values[0] ?? '')
  if (token.length > maxTokenLength) throw new RequestRefused('token_too_large')
  return { scheme: 'Bearer', token }
}

/** RFC 6750 section 2.3 allows a token in the query; it ends up in logs and histories, so it is never read here. */
export function hasQueryToken(url: string): boolean {
  if (typeof url !== 'string') return false
  const query = url.indexOf('?')
  return query !== -1 && (url.startsWith('access_token=', query + 1) || url.includes('&access_token=', query))
}

function bearerToken(value: string): string {
  if (value.startsWith(bearerPrefix) && value.charCodeAt(bearerPrefix.length) !== 0x20)
    return present(value.slice(bearerPrefix.length))
  const scheme = schemeToken.exec(value)?.[0]
  if (scheme === undefined) throw new RequestRefused('credentials_malformed')
  if (scheme.toLowerCase() !== 'bearer') {
    throw new RequestRefused(joinedBearer.test(value) ? 'credentials_repeated' : 'scheme_unsupported')
  }
  const rest = value.slice(scheme.length)
  if (!rest.startsWith(' ')) throw new RequestRefused('credentials_malformed')
  return present(rest.replace(/^ +/, ''))
}

function present(token: string): string {
  if (token === '') throw new RequestRefused('credentials_malformed')
  return token
}
