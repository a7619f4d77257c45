import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import type { Facts } from '../facts.js'
import { type Finding, fails, passes } from '../finding.js'
import { isJsonObject } from '../json-part.js'
import type { ReadProof } from './read-proof.js'

/** Whether the proof is made with the key of the token, and for this token. RFC 9449 section 4.3, check 12. */
export async function proofBindingCheck(proof: ReadProof, { token, claims }: Facts): Promise<Finding> {
  const { jkt } = Object(claims['cnf']) as { readonly jkt?: unknown }
  if (jkt === undefined) return { verdict: 'open', text: 'Not looked at: the token is not bound to a key.' }
  if ((await thumbprintOf(proof)) !== jkt)
    return fails(
      'proof_key_mismatch',
      'The proof is signed with another key than the one that the token is bound to (“cnf.jkt”).',
      'Keep the key for as long as the token: a client that makes a new one needs a new token, too.',
    )
  const { ath } = proof.claims
  if (ath === undefined)
    return fails('proof_token_mismatch', 'The proof does not say which token it is for (no “ath”).', howToHash)
  if (ath !== createHash('sha256').update(token).digest('base64url'))
    return fails(
      'proof_token_mismatch',
      'The proof is for another token: “ath” is not the hash of this one.',
      howToHash,
    )
  return passes('Made with the key of the token, for this token.')
}

const howToHash =
  '“ath” is the SHA-256 of the access token’s text, in base64url without padding. Make a new proof when the token is renewed.'

async function thumbprintOf({ header: { jwk } }: ReadProof): Promise<string | undefined> {
  try {
    return isJsonObject(jwk) ? await calculateJwkThumbprint(jwk as JWK) : undefined
  } catch {
    return undefined
  }
}
