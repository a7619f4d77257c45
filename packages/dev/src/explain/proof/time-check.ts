import { spanOf } from '../durations.js'
import type { Facts } from '../facts.js'
import { type Finding, fails, passes } from '../finding.js'
import type { JsonObject } from '../json-part.js'
import type { ReadProof } from './read-proof.js'

const maxAgeSeconds = 300
const toleranceSeconds = 30
const times = ['iat', 'exp', 'nbf']
const useNonces = 'If the client’s clock cannot be set right, have the API ask for nonces: docs/dpop.md.'

/** `iat` of the proof, and the times of any JWT. RFC 9449 section 4.3, check 11. */
export function proofTimeCheck({ claims }: ReadProof, { clock, request }: Facts): Finding {
  const now = clock.nowSeconds()
  const wrong = times.find((name) => !isTime(claims[name]))
  if (wrong !== undefined || claims['iat'] === undefined)
    return fails(
      'proof_claim_refused',
      `“${wrong ?? 'iat'}” of the proof is ${wrong === undefined ? 'missing' : 'not a number of seconds since 1970'}.`,
    )
  const { iat, exp, nbf } = claims as JsonObject & {
    readonly iat: number
    readonly exp?: number
    readonly nbf?: number
  }
  if (exp !== undefined && exp + toleranceSeconds <= now)
    return fails(
      'proof_time_refused',
      `The proof expired ${spanOf(now - exp)} ago (“exp”).`,
      'Make a new one for each request.',
    )
  if (nbf !== undefined && nbf > now + toleranceSeconds)
    return fails('proof_time_refused', `The proof is good only in ${spanOf(nbf - now)} (“nbf”).`, useNonces)
  // With nonces they are the measure, and not the client's clock. RFC 9449 section 11.1.
  if (request.nonce !== undefined) return passes('The API goes by the nonce instead of the client’s clock.')
  if (now > iat + maxAgeSeconds)
    return fails(
      'proof_time_refused',
      `The proof was made ${spanOf(now - iat)} ago; an API takes it for ${spanOf(maxAgeSeconds)}.`,
      `Make a new proof for each request. A proof that was kept for this explanation is too old by now: that may be all. ${useNonces}`,
    )
  if (iat > now + toleranceSeconds)
    return fails(
      'proof_time_refused',
      `The proof was made ${spanOf(iat - now)} in the future: a clock is wrong.`,
      useNonces,
    )
  return passes(`Made ${spanOf(now - iat)} ago.`)
}

function isTime(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER)
}
