import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Algorithm } from './algorithms.js'
import type { PublicJwk } from './jwk.js'
import type { PreparedKey } from './prepared-key.js'

/**
 * Prepares a key for one algorithm on Node: verification is synchronous, in the thread that asks.
 *
 * @throws when OpenSSL refuses the key, such as a point that is not on its curve.
 */
export function prepareKey(jwk: PublicJwk, algorithm: Algorithm): PreparedKey {
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  const check = checks[algorithm.scheme](key, algorithm)
  const { signatureBytes } = algorithm
  return (signingInput, signature) => {
    if (signatureBytes !== undefined && signature.length !== signatureBytes) return false
    return check(asBytes(signingInput), signature)
  }
}

// As long as the longest token. Node's verification is done with it when it returns.
const scratch = Buffer.allocUnsafeSlow(8192)

/** ASCII alone: every segment was proven to be canonical base64url before. */
function asBytes(signingInput: string): Uint8Array {
  if (signingInput.length > scratch.length) return Buffer.from(signingInput, 'latin1')
  return scratch.subarray(0, scratch.write(signingInput, 0, 'latin1'))
}

type Check = (data: Uint8Array, signature: Uint8Array) => boolean

const checks: Readonly<Record<Algorithm['scheme'], (key: KeyObject, algorithm: Algorithm) => Check>> = {
  // The bare key, not an options object: OpenSSL's defaults are the same and the call is a fifth faster.
  pkcs1:
    (key, { hash }) =>
    (data, signature) =>
      verify(hash, data, key, signature),
  pss: (key, { hash }) => {
    const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    return (data, signature) => verify(hash, data, options, signature)
  },
  ecdsa: (key, { hash }) => {
    const options = { key, dsaEncoding: 'ieee-p1363' } as const
    return (data, signature) => verify(hash, data, options, signature)
  },
  eddsa: (key) => (data, signature) => verify(null, data, key, signature),
}
