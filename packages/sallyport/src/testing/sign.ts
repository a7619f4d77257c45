import { base64url } from 'jose'
import type { TestKey } from './test-keys.js'

const signatures: Readonly<
  Record<string, { readonly name: string; readonly hash?: string; readonly saltLength?: number }>
> = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  RS384: { name: 'RSASSA-PKCS1-v1_5' },
  RS512: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  PS384: { name: 'RSA-PSS', saltLength: 48 },
  PS512: { name: 'RSA-PSS', saltLength: 64 },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', hash: 'SHA-384' },
  ES512: { name: 'ECDSA', hash: 'SHA-512' },
  EdDSA: { name: 'Ed25519' },
  Ed25519: { name: 'Ed25519' },
}

/**
 * Signs whatever it is given: an object is written as JSON, a string is taken as it is, so that a header can lie and a
 * payload need not be JSON. The key alone decides how the signature is made.
 */
export async function signCompact(header: object | string, payload: object | string, key: TestKey): Promise<string> {
  const signingInput = `${encode(header)}.${encode(payload)}`
  const parameters = signatures[key.algorithm]
  if (parameters === undefined) throw new TypeError(`There is no algorithm ${key.algorithm}.`)
  const signature = await crypto.subtle.sign(parameters, key.privateKey, new TextEncoder().encode(signingInput))
  return `${signingInput}.${base64url.encode(new Uint8Array(signature))}`
}

function encode(part: object | string): string {
  return base64url.encode(typeof part === 'string' ? part : JSON.stringify(part))
}
