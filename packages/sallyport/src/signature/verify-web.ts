import type { Algorithm } from './algorithms.js'
import type { PublicJwk } from './jwk.js'
import type { PreparedKey } from './prepared-key.js'

/**
 * Prepares a key for one algorithm with WebCrypto, for every runtime that is not Node.
 *
 * @throws when the runtime refuses the key, such as a point that is not on its curve.
 */
export async function prepareKey(jwk: PublicJwk, algorithm: Algorithm): Promise<PreparedKey> {
  const parameters = webAlgorithms[algorithm.scheme](algorithm)
  const key = await crypto.subtle.importKey('jwk', { ...jwk }, parameters, false, ['verify'])
  const { signatureBytes } = algorithm
  const encoder = new TextEncoder()
  return async (signingInput, signature) => {
    if (signatureBytes !== undefined && signature.length !== signatureBytes) return false
    return crypto.subtle.verify(parameters, key, Uint8Array.from(signature), encoder.encode(signingInput))
  }
}

const hashes = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const
const hashBytes = { sha256: 32, sha384: 48, sha512: 64 } as const

type WebParameters = { name: string; hash?: string; namedCurve?: string; saltLength?: number }

const webAlgorithms: Readonly<Record<Algorithm['scheme'], (algorithm: Algorithm) => WebParameters>> = {
  pkcs1: ({ hash }) => ({ name: 'RSASSA-PKCS1-v1_5', hash: hashes[hash] }),
  pss: ({ hash }) => ({ name: 'RSA-PSS', hash: hashes[hash], saltLength: hashBytes[hash] }),
  ecdsa: ({ hash, crv }) => ({ name: 'ECDSA', hash: hashes[hash], ...(crv === undefined ? {} : { namedCurve: crv }) }),
  eddsa: () => ({ name: 'Ed25519' }),
}
