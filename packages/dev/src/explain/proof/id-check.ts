import { type Finding, fails, passes } from '../finding.js'
import type { ReadProof } from './read-proof.js'

const maxLength = 256

/** `jti`, by which an API tells that a proof is used again. RFC 9449 section 4.3, check 10. */
export function proofIdCheck({ claims: { jti } }: ReadProof): Finding {
  if (typeof jti === 'string' && jti !== '' && jti.length <= maxLength)
    return passes('It has a name of its own (“jti”): it is good for one request.')
  return fails(
    'proof_claim_refused',
    jti === undefined
      ? 'The proof has no name (no “jti”).'
      : `“jti” of the proof is not text of 1 to ${maxLength} characters.`,
    'Give each proof a new random “jti”, such as a UUID.',
  )
}
