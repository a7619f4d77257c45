import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { AlgorithmName } from '../index.js'

/** A signing key of the test issuer. */
export interface TestKey {
  readonly kid: string
  readonly algorithm: AlgorithmName
  readonly privateKey: CryptoKey
  /** As the key set publishes it. */
  readonly publicJwk: JWK
}

let keysMade = 0

export async function createTestKey(algorithm: AlgorithmName): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  keysMade += 1
  const kid = `test-key-${keysMade}`
  return { kid, algorithm, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' } }
}
