import { compactVerify, EmbeddedJWK } from 'jose'
import { type Finding, fails, passes } from '../finding.js'
import type { ReadProof } from './read-proof.js'

/** By the key in the proof itself. RFC 9449 section 4.3, check 6. */
export async function proofSignatureCheck({ text }: ReadProof): Promise<Finding> {
  try {
    await compactVerify(text, EmbeddedJWK)
    return passes('Signed with the key in its header.')
  } catch {
    return fails(
      'proof_signature_invalid',
      'The signature of the proof does not fit the key in its header.',
      'The proof was changed, not copied whole, or signed with another key than its “jwk”.',
    )
  }
}
