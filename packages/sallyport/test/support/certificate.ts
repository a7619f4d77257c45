import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export interface CertificateOptions {
  readonly host: string
  readonly notBefore?: Date
  readonly notAfter?: Date
}

export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A self-signed certificate, made here: `openssl` is not on every machine. RFC 5280 section 4.1. */
export function createCertificate({
  host,
  notBefore = daysFromNow(-30),
  notAfter = daysFromNow(30),
}: CertificateOptions): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(set(sequence(objectId('2.5.4.3'), tagged(0x0c, Buffer.from(host)))))
  const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'))
  const subjectAltName = sequence(
    objectId('2.5.29.17'),
    tagged(0x04, sequence(tagged(0x82, Buffer.from(host, 'latin1')))),
  )
  const toBeSigned = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(subjectAltName)),
  )
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', toBeSigned, privateKey)])
  const der = sequence(toBeSigned, ecdsaWithSha256, tagged(0x03, signature))
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

export function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * 86_400_000)
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function set(part: Buffer): Buffer {
  return tagged(0x31, part)
}

function time(date: Date): Buffer {
  return tagged(0x18, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`))
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
