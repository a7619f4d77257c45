import { importJWK, type JWK } from 'jose'
import { type Finding, fails, passes } from '../finding.js'
import { isJsonObject } from '../json-part.js'
import { shown } from '../words.js'
import type { ReadProof } from './read-proof.js'

const algorithms = ['ES256', 'EdDSA']
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** `alg` and `jwk` of the proof. RFC 9449 section 4.3, checks 5 and 7. */
export async function proofKeyCheck({ header: { alg, jwk } }: ReadProof): Promise<Finding> {
  if (typeof alg !== 'string' || !algorithms.includes(alg))
    return fails(
      'proof_algorithm_refused',
      `The proof is signed with ${shown(alg ?? 'nothing')}; an API takes ${algorithms.join(' and ')}.`,
      'Make the client’s key for ES256, or allow the algorithm with the option “dpop: { algorithms }”.',
    )
  if (!isJsonObject(jwk))
    return fails(
      'proof_key_refused',
      'The header of the proof has no public key (“jwk”).',
      'Put the client’s public key there.',
    )
  const secret = privateMembers.find((name) => jwk[name] !== undefined)
  if (secret !== undefined)
    return fails(
      'proof_key_refused',
      `The “jwk” of the proof has a private member (“${secret}”).`,
      'The client sends its secret around: make a new key, and export the public half alone.',
    )
  return (await isUsable(jwk, alg))
    ? passes(`A public key for ${alg}.`)
    : fails('proof_key_refused', `The “jwk” of the proof is no key for ${alg}.`, 'Export it again, as a JWK.')
}

async function isUsable(jwk: JWK, alg: string): Promise<boolean> {
  try {
    await importJWK(jwk, alg)
    return true
  } catch {
    return false
  }
}
