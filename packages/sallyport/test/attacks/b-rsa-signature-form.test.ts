import { constants, createHash, type KeyObject, privateEncrypt, sign } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  forge,
  payloadOf,
  pkcs1Encode,
  privateKeyOf,
  rsaSigner,
  type Signer,
  segment,
  signatureOf,
  untilSigned,
  withSignature,
} from '../support/forgery.js'
import { createHarness, type Harness } from '../support/harness.js'
import { toBytes, toNumber } from '../support/rsa-numbers.js'

describe('B. Signature form of RS256', () => {
  let harness: Harness
  let token: string
  let key: KeyObject
  beforeAll(async () => {
    harness = await createHarness()
    token = await harness.issuer.token()
    key = privateKeyOf(harness.issuer.currentKey())
    expect(await harness.outcome(token)).toBe('A')
  })

  const header = () => ({ alg: 'RS256', typ: 'at+jwt', kid: harness.issuer.currentKey().kid })
  const outcomeWith = (signature: Uint8Array) => harness.outcome(withSignature(token, signature))

  it('B01 refuses an empty signature', async () => {
    expect(await outcomeWith(new Uint8Array())).toBe('T')
    expect(await harness.outcome(token.slice(0, token.lastIndexOf('.')))).toBe('T')
  })

  it('B07 refuses a leading zero byte that is added', async () => {
    const signature = signatureOf(token)
    expect(await outcomeWith(Buffer.concat([Buffer.alloc(1), signature]))).toBe('T')
    expect(await outcomeWith(Buffer.concat([Buffer.alloc(9), signature]))).toBe('T')
    expect(await outcomeWith(Buffer.concat([signature, Buffer.alloc(1)]))).toBe('T')
  })

  it('B07 refuses a leading zero byte that is left out', async () => {
    const short = await untilSigned(
      () => harness.issuer.token(),
      (signature) => signature[0] === 0,
    )
    expect(await harness.outcome(short)).toBe('A')
    expect(await harness.outcome(withSignature(short, signatureOf(short).subarray(1)))).toBe('T')
  })

  it('B07 refuses a signature that is larger than the modulus', async () => {
    const modulus = toNumber(Buffer.from(String(harness.issuer.currentKey().publicJwk.n), 'base64url'))
    const larger = toNumber(signatureOf(token)) + modulus
    if (larger < 1n << 2048n) expect(await outcomeWith(toBytes(larger, 256))).toBe('T')
    expect(await outcomeWith(toBytes(larger, 257))).toBe('T')
    expect(await outcomeWith(Buffer.alloc(256, 0xff))).toBe('T')
    expect(await outcomeWith(Buffer.alloc(256))).toBe('T')
  })

  const encodings: readonly [string, (input: Buffer) => Buffer][] = [
    ['block type 2', (input) => changed(pkcs1Encode(input, 256), { 1: 2 })],
    ['block type 0', (input) => changed(pkcs1Encode(input, 256), { 1: 0 })],
    ['a first byte that is not zero', (input) => changed(pkcs1Encode(input, 256), { 0: 1 })],
    ['a zero in the padding', (input) => changed(pkcs1Encode(input, 256), { 20: 0 })],
    ['a wrong byte in the padding', (input) => changed(pkcs1Encode(input, 256), { 20: 0xfe })],
    ['padding without an end', (input) => changed(pkcs1Encode(input, 256), { 204: 0xff })],
    ['padding cut short and garbage at the end', (input) => garbageAfter(pkcs1Encode(input, 64), 256)],
    ['no padding and garbage at the end', (input) => garbageAfter(pkcs1Encode(input, 54), 256)],
    ['garbage inside the algorithm parameters', (input) => withGarbageParameters(input)],
    [
      'no algorithm parameters',
      (input) => pkcs1Encode(input, 256, sha256Info('302f300b0609608648016503040201', '0420')),
    ],
    [
      'a length in long form',
      (input) => pkcs1Encode(input, 256, sha256Info('308131300d060960864801650304020105000420', '')),
    ],
    ['the identifier of SHA-1', (input) => pkcs1Encode(input, 256, sha256Info('302d300906052b0e03021a05000420', ''))],
    [
      'the identifier of SHA-512',
      (input) => pkcs1Encode(input, 256, sha256Info('3031300d060960864801650304020305000420', '')),
    ],
    ['no algorithm at all', (input) => pkcs1Encode(input, 256, Buffer.alloc(0))],
    ['the digest of another input', (input) => pkcs1Encode(Buffer.concat([input, Buffer.from('x')]), 256)],
    ['the digest cut by a byte', (input) => Buffer.concat([pkcs1Encode(input, 257).subarray(0, 256)])],
    ['the input instead of its digest', (input) => Buffer.concat([Buffer.alloc(1), input]).subarray(0, 256)],
    ['nothing but zeros', () => Buffer.alloc(256)],
    ['the number one', () => toBytes(1n, 256)],
  ]

  it.each(encodings)('B08 refuses a PKCS#1 v1.5 encoding with %s', async (_, encode) => {
    const encodedWith = (encoding: (input: Buffer) => Buffer) =>
      forge(header(), payloadOf(token), (input) =>
        privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoding(input)),
      )
    expect(await harness.outcome(encodedWith((input) => pkcs1Encode(input, 256)))).toBe('A')
    expect(await harness.outcome(encodedWith(encode))).toBe('T')
  })

  it('B08 refuses a PKCS#1 v1.5 signature with another hash or with PSS', async () => {
    for (const hash of ['sha1', 'sha384', 'sha512'])
      expect(await harness.outcome(forge(header(), payloadOf(token), rsaSigner(key, hash)))).toBe('T')
    const pss: Signer = (input) => sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING })
    expect(await harness.outcome(forge(header(), payloadOf(token), pss))).toBe('T')
  })

  it('B10 refuses the signature of another payload', async () => {
    const other = await harness.issuer.token({ sub: 'admin' })
    expect(await harness.outcome(withSignature(token, signatureOf(other)))).toBe('T')
    expect(await harness.outcome(withSignature(other, signatureOf(token)))).toBe('T')
    const untyped = `${segment({ ...header(), typ: 'JWT' })}${token.slice(token.indexOf('.'))}`
    expect(await harness.outcome(untyped)).toBe('T')
  })
})

describe.each([
  { algorithm: 'PS256', hash: 'sha256', digest: 32 },
  { algorithm: 'PS384', hash: 'sha384', digest: 48 },
  { algorithm: 'PS512', hash: 'sha512', digest: 64 },
] as const)('B. Signature form of $algorithm', ({ algorithm, hash, digest }) => {
  let harness: Harness
  let token: string
  let key: KeyObject
  beforeAll(async () => {
    harness = await createHarness({ algorithms: [algorithm], testIssuer: { algorithm } })
    token = await harness.issuer.token()
    key = privateKeyOf(harness.issuer.currentKey())
  })

  const outcomeOf = (options: { readonly saltLength: number; readonly padding?: number; readonly hash?: string }) => {
    const { saltLength, padding = constants.RSA_PKCS1_PSS_PADDING, hash: chosen = hash } = options
    const header = { alg: algorithm, typ: 'at+jwt', kid: harness.issuer.currentKey().kid }
    return harness.outcome(
      forge(header, payloadOf(token), (input) => sign(chosen, input, { key, padding, saltLength })),
    )
  }

  it('B09 accepts a salt as long as the digest, and no other', async () => {
    const largest = 256 - 2 - digest
    expect(await outcomeOf({ saltLength: digest })).toBe('A')
    for (const saltLength of [0, 1, 20, digest - 1, digest + 1, largest].filter((length) => length !== digest))
      expect(await outcomeOf({ saltLength })).toBe('T')
  })

  it('B09 refuses another hash and another padding', async () => {
    for (const other of ['sha1', 'sha256', 'sha384', 'sha512'].filter((name) => name !== hash))
      expect(await outcomeOf({ saltLength: createHash(other).digest().length, hash: other })).toBe('T')
    expect(await outcomeOf({ saltLength: digest, padding: constants.RSA_PKCS1_PADDING })).toBe('T')
  })
})

function changed(encoding: Buffer, bytes: Readonly<Record<number, number>>): Buffer {
  for (const [index, byte] of Object.entries(bytes)) encoding[Number(index)] = byte
  return encoding
}

function garbageAfter(encoding: Buffer, length: number): Buffer {
  return Buffer.concat([encoding, Buffer.alloc(length - encoding.length, 0x5a)])
}

function sha256Info(start: string, end: string): Buffer {
  return Buffer.from(`${start}${end}`, 'hex')
}

function withGarbageParameters(input: Buffer): Buffer {
  const garbage = `04${(40).toString(16)}${'5a'.repeat(40)}`
  const identifier = `30${(9 + 2 + 42).toString(16)}0609608648016503040201${garbage}`
  const length = (identifier.length / 2 + 2 + 32).toString(16)
  return pkcs1Encode(input, 256, Buffer.from(`30${length}${identifier}0420`, 'hex'))
}
