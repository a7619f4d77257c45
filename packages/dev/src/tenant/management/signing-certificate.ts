import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, sign, X509Certificate } from 'node:crypto'
import type { SigningKey } from '../signing-keys.js'

/** As Auth0 shows a signing key. */
export interface SigningCertificate {
  /** PEM. */
  readonly cert: string
  /** SHA-1 of the certificate, with colons. */
  readonly fingerprint: string
  /** The same without them. */
  readonly thumbprint: string
}

const lifetimeSeconds = 10 * 365 * 86_400
const tags = { integer: 0x02, bits: 0x03, oid: 0x06, utf8: 0x0c, time: 0x17, sequence: 0x30, set: 0x31, version: 0xa0 }
/** sha256WithRSAEncryption, RFC 4055 section 5, with its NULL. */
const algorithm = der(tags.sequence, Buffer.from('06092a864886f70d01010b0500', 'hex'))
const commonName = der(tags.oid, Buffer.from('550403', 'hex'))

/** Makes a certificate for a key, signed with that key; the same key always gets the same. RFC 5280 section 4.1. */
export function certificateOf({ privateJwk, kid, created_at }: SigningKey, host: string): SigningCertificate {
  const key = createPrivateKey({ key: privateJwk as JsonWebKey, format: 'jwk' })
  const serial = createHash('sha256').update(kid).digest().subarray(0, 16)
  // A serial number is positive, and is not written with a zero in front.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const name = der(tags.sequence, der(tags.set, der(tags.sequence, commonName, der(tags.utf8, Buffer.from(host)))))
  const signed = der(
    tags.sequence,
    der(tags.version, der(tags.integer, Buffer.from([2]))),
    der(tags.integer, serial),
    algorithm,
    name,
    der(tags.sequence, time(created_at), time(created_at + lifetimeSeconds)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  )
  const signature = der(tags.bits, Buffer.from([0]), sign('sha256', signed, key))
  const certificate = new X509Certificate(der(tags.sequence, signed, algorithm, signature))
  const { fingerprint } = certificate
  return { cert: certificate.toString(), fingerprint, thumbprint: fingerprint.replaceAll(':', '') }
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content])
}

/** X.690 section 8.1.3. */
function lengthOf(length: number): readonly number[] {
  if (length < 128) return [length]
  return length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}

/** UTCTime, which is right until 2049. */
function time(epochSeconds: number): Buffer {
  const digits = new Date(epochSeconds * 1000).toISOString().replace(/\D/g, '').slice(2, 14)
  return der(tags.time, Buffer.from(`${digits}Z`))
}
