import type { Facts } from './facts.js'
import { type Finding, fails, passes } from './finding.js'

const maxProofLength = 4096

/** What is wrong with the header fields already, before anybody looks at the token. RFC 9449 section 7.1. */
export function requestCheck({ request: { scheme, proof }, dpop }: Facts): Finding | undefined {
  if (proof === undefined || dpop === 'disabled') return undefined
  if (scheme === 'Bearer')
    return fails(
      'proof_with_bearer',
      'There is a DPoP proof, but the token is sent as Bearer.',
      'Send it as “Authorization: DPoP <token>”, or leave the proof out if the token is not bound to a key.',
    )
  if (/,/.test(proof))
    return fails('proof_repeated', 'There are two proofs in one.', 'Send one DPoP header field, made for this request.')
  if (proof.length > maxProofLength)
    return fails(
      'proof_too_large',
      `The proof has ${proof.length} characters; an API takes ${maxProofLength} at most.`,
      'Sign with a key on an elliptic curve: such a proof has about 500.',
    )
  return passes('The token is sent with the DPoP scheme, with one proof.')
}
