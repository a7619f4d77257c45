import type { Facts } from '../facts.js'
import { type Finding, fails, passes, unknown } from '../finding.js'
import { shown } from '../words.js'
import type { ReadProof } from './read-proof.js'

/** `htm`. RFC 9449 section 4.3, check 8. */
export function proofMethodCheck({ claims: { htm } }: ReadProof, { request: { method } }: Facts): Finding {
  if (typeof htm !== 'string')
    return fails('proof_method_mismatch', 'The proof does not say for which method it is (no “htm”).')
  if (method === undefined) return unknown(`It is for ${shown(htm)}.`, 'Say which method the request has: --method.')
  if (htm === method) return passes(`For ${method}.`)
  return fails(
    'proof_method_mismatch',
    `It is for ${shown(htm)}, and the request is a ${method}.`,
    htm.toUpperCase() === method
      ? 'Write the method in capitals.'
      : 'A redirect may have changed it: make a proof for each request.',
  )
}
