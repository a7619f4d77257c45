import type { Facts } from './facts.js'
import { type Finding, fails, passes } from './finding.js'

/** What may be left out and is text if not. `iss`, `aud` and the times have checks of their own. RFC 7519 section 4.1. */
const textClaims = ['sub', 'jti', 'client_id', 'azp']

/** The types of the registered claims. */
export function claimsCheck({ claims }: Facts): Finding {
  const wrong = textClaims.find((name) => claims[name] !== undefined && typeof claims[name] !== 'string')
  if (wrong !== undefined)
    return fails(
      'claim_refused',
      `“${wrong}” is not text.`,
      'An Action or a rule of the issuer has put it there: use another name.',
    )
  if (claims['jti'] === '') return fails('claim_refused', '“jti” is empty.', 'Have the issuer leave it out.')
  return passes('The registered claims have the types that they should.')
}
