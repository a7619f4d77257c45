import type { Facts } from '../facts.js'
import { type Finding, fails, passes } from '../finding.js'
import type { ReadProof } from './read-proof.js'

/** `nonce`, where the API's answer has said which it wants. RFC 9449 section 9. */
export function proofNonceCheck({ claims: { nonce } }: ReadProof, { request }: Facts): Finding {
  if (request.nonce === undefined)
    return passes(nonce === undefined ? 'It has no nonce: enough for an API that asks for none.' : 'It has a nonce.')
  if (nonce !== undefined && typeof nonce !== 'string')
    return fails('proof_claim_refused', '“nonce” of the proof is not text.')
  if (nonce === request.nonce) return passes('It has the nonce that the API asked for.')
  return fails(
    'nonce_wanted',
    `The API asks for a nonce, and the proof has ${nonce === undefined ? 'none' : 'another'}.`,
    'No fault: send the request again, with the value of the DPoP-Nonce header as “nonce” of a new proof. SDKs do that by themselves.',
  )
}
