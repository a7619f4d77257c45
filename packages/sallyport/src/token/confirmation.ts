import { sha256 } from '#digest'
import { decodeBase64url } from '../encoding/base64url.js'
import { RequestRefused } from '../errors.js'
import { whenReady } from '../when-ready.js'
import type { AccessTokenClaims } from './claims.js'

/** What an access token is bound to: a DPoP key, a client certificate, or both. SHA-256 thumbprints in base64url. */
interface Confirmation {
  readonly jkt: string | undefined
  readonly certificate: string | undefined
}

/** A confirmation, and what a proof has to say about the token itself. */
export interface Binding extends Confirmation {
  /** SHA-256 of the access token, in base64url. RFC 9449 section 4.2. */
  readonly ath: string
}

/**
 * What a token is bound to, computed once for all the requests that it is sent with; `undefined` for a bearer token.
 *
 * @throws {RequestRefused} `confirmation_refused`.
 */
export function bindingOf(claims: AccessTokenClaims, token: string): Binding | undefined | Promise<Binding> {
  const confirmation = readConfirmation(claims)
  return confirmation && whenReady(sha256(token), (ath) => ({ ...confirmation, ath }))
}

const members = ['jkt', 'x5t#S256']

/**
 * Reads the confirmation claim. A binding that is unknown, malformed or empty is refused: a token that should be bound is
 * never read as a bearer token.
 *
 * @see RFC 7800 section 3.1, RFC 9449 section 6.1, RFC 8705 section 3.1
 */
function readConfirmation(claims: AccessTokenClaims): Confirmation | undefined {
  if (!Object.hasOwn(claims, 'cnf')) return undefined
  const { cnf } = claims
  if (typeof cnf !== 'object' || cnf === null || Array.isArray(cnf)) throw new RequestRefused('confirmation_refused')
  const entries = Object.entries(cnf)
  if (entries.length === 0 || !entries.every(([name, value]) => members.includes(name) && isThumbprint(value)))
    throw new RequestRefused('confirmation_refused')
  const thumbprints = new Map<string, string>(entries)
  return { jkt: thumbprints.get('jkt'), certificate: thumbprints.get('x5t#S256') }
}

function isThumbprint(value: unknown): boolean {
  return typeof value === 'string' && decodeBase64url(value)?.length === 32
}
