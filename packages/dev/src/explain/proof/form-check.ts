import type { Facts } from '../facts.js'
import { type Finding, fails, passes } from '../finding.js'
import { typeOf } from '../token-kind.js'
import { shown } from '../words.js'

/** Whether it is a proof at all; nothing where there is none. RFC 9449 section 4.3, checks 2 to 4. */
export function proofFormCheck({ proof }: Facts): Finding | undefined {
  if (proof === undefined) return undefined
  const { header, isWellFormed } = proof
  if (!isWellFormed)
    return fails(
      'proof_malformed',
      'The proof is not a JWT in three parts, with JSON in the first two.',
      'Copy the value of the DPoP header again, from "eyJ" to its end.',
    )
  if (header['crit'] !== undefined || header['b64'] !== undefined)
    return fails('proof_malformed', 'The header of the proof has “crit” or “b64”, which nobody needs there.')
  if (typeOf(header) !== 'dpop+jwt')
    return fails(
      'proof_type_refused',
      `The type of the proof is “${shown(header['typ'] ?? 'not there')}”; it has to be “dpop+jwt”.`,
      'Was the access token given as proof? Both are JWTs that begin with "eyJ".',
    )
  return passes('A DPoP proof.')
}
