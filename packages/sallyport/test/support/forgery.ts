import { type BinaryLike, createHash, createHmac, KeyObject, sign } from 'node:crypto'
import type { TestKey } from '../../src/testing/index.js'

/** Makes the signature of any signing input: what is signed is exactly what is sent. */
export type Signer = (signingInput: Buffer) => Uint8Array

/** Signs a header, lying or not, and the payload segment of another token. */
export function forge(header: object | string, payloadSegment: string, signer: Signer): string {
  return signSegments(segment(header), payloadSegment, signer)
}

/** Signs two segments as they are, well-formed or not. */
export function signSegments(header: string, payload: string, signer: Signer): string {
  const signingInput = `${header}.${payload}`
  return `${signingInput}.${Buffer.from(signer(Buffer.from(signingInput, 'latin1'))).toString('base64url')}`
}

export function segment(content: object | string | Uint8Array): string {
  if (content instanceof Uint8Array) return Buffer.from(content).toString('base64url')
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url')
}

export function payloadOf(token: string): string {
  return token.split('.')[1] ?? ''
}

export function signatureOf(token: string): Buffer {
  return Buffer.from(token.split('.')[2] ?? '', 'base64url')
}

export function withSignature(token: string, signature: Uint8Array): string {
  return `${token.slice(0, token.lastIndexOf('.'))}.${segment(signature)}`
}

/** Makes tokens until one has a signature of the wanted shape. */
export async function untilSigned(
  make: () => Promise<string>,
  isWanted: (signature: Buffer) => boolean,
): Promise<string> {
  for (let attempt = 0; attempt < 20_000; attempt += 1) {
    const token = await make()
    if (isWanted(signatureOf(token))) return token
  }
  throw new Error('No such signature was made.')
}

export function privateKeyOf(key: TestKey): KeyObject {
  return KeyObject.from(key.privateKey)
}

export function rsaSigner(key: KeyObject, hash = 'sha256'): Signer {
  return (signingInput) => sign(hash, signingInput, key)
}

export function ecSigner(key: KeyObject, hash = 'sha256'): Signer {
  return (signingInput) => sign(hash, signingInput, { key, dsaEncoding: 'ieee-p1363' })
}

export function hmacSigner(secret: BinaryLike, hash = 'sha256'): Signer {
  return (signingInput) => createHmac(hash, secret).update(signingInput).digest()
}

const sha256DigestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex')

/** EMSA-PKCS1-v1_5 with SHA-256. RFC 8017 section 9.2. */
export function pkcs1Encode(
  signingInput: Uint8Array,
  length: number,
  digestInfo: Uint8Array = sha256DigestInfo,
): Buffer {
  const digest = createHash('sha256').update(signingInput).digest()
  const padding = Buffer.alloc(length - digestInfo.length - digest.length - 3, 0xff)
  return Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), digestInfo, digest])
}
