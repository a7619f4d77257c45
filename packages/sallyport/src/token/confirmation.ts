import { RequestRefused } from '../errors.js'
import type { AccessTokenClaims } from './claims.js'

/**
 * A token with a confirmation claim is bound to a key. Nothing here can check a binding yet, and a bound token is never
 * read as a bearer token: whatever `cnf` is, the request is refused.
 *
 * @see RFC 7800 section 3.1, RFC 9449 section 7.2, RFC 8705 section 3
 */
export function checkConfirmation(claims: AccessTokenClaims): void {
  if (claims['cnf'] !== undefined) throw new RequestRefused('confirmation_refused')
}
