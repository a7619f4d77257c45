import { type KeyObject, sign } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  forge,
  payloadOf,
  privateKeyOf,
  type Signer,
  signatureOf,
  untilSigned,
  withSignature,
} from '../support/forgery.js'
import { createHarness, type Harness } from '../support/harness.js'
import { toBytes, toNumber } from '../support/rsa-numbers.js'

const curves = [
  {
    algorithm: 'ES256',
    hash: 'sha256',
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    half: 32,
  },
  {
    algorithm: 'ES384',
    hash: 'sha384',
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    half: 48,
  },
  {
    algorithm: 'ES512',
    hash: 'sha512',
    order:
      0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    half: 66,
  },
] as const

describe.each(curves)('B. Signature form of $algorithm', ({ algorithm, hash, order, half }) => {
  let harness: Harness
  let token: string
  let key: KeyObject
  beforeAll(async () => {
    harness = await createHarness({ algorithms: [algorithm], testIssuer: { algorithm } })
    token = await harness.issuer.token()
    key = privateKeyOf(harness.issuer.currentKey())
    expect(await harness.outcome(token)).toBe('A')
  })

  const pair = (r: bigint, s: bigint) => Buffer.concat([toBytes(r, half), toBytes(s, half)])
  const outcomeWith = (signature: Uint8Array) => harness.outcome(withSignature(token, signature))
  const halves = (signature: Buffer) => [signature.subarray(0, half), signature.subarray(half)] as const

  it('B01 refuses an empty signature', async () => {
    expect(await outcomeWith(new Uint8Array())).toBe('T')
  })

  it('B02 refuses the signature in which r and s are zero', async () => {
    expect(await outcomeWith(pair(0n, 0n))).toBe('T')
    expect(await outcomeWith(new Uint8Array(1))).toBe('T')
    expect(await outcomeWith(new Uint8Array(half))).toBe('T')
    expect(await outcomeWith(Buffer.from('3006020100020100', 'hex'))).toBe('T')
  })

  it('B03 refuses r and s that are out of range', async () => {
    const largest = (1n << BigInt(half * 8)) - 1n
    const extremes = [0n, 1n, order - 1n, order, order + 1n, largest]
    for (const r of extremes) for (const s of extremes) expect(await outcomeWith(pair(r, s))).toBe('T')
    const [r, s] = halves(signatureOf(token)).map(toNumber) as [bigint, bigint]
    for (const extreme of extremes) {
      expect(await outcomeWith(pair(r, extreme))).toBe('T')
      expect(await outcomeWith(pair(extreme, s))).toBe('T')
    }
    if (s + order <= largest) expect(await outcomeWith(pair(r, s + order))).toBe('T')
    if (r + order <= largest) expect(await outcomeWith(pair(r + order, s))).toBe('T')
    expect(await outcomeWith(pair(s, r))).toBe('T')
  })

  it('B04 refuses a good signature in DER', async () => {
    const der: Signer = (input) => sign(hash, input, key)
    const header = { alg: algorithm, typ: 'at+jwt', kid: harness.issuer.currentKey().kid }
    expect(await harness.outcome(forge(header, payloadOf(token), der))).toBe('T')
  })

  it('B05 refuses a signature of any other length', async () => {
    const signature = signatureOf(token)
    const [r, s] = halves(signature)
    const zero = Buffer.alloc(1)
    const others = [
      signature.subarray(1),
      signature.subarray(0, -1),
      Buffer.concat([signature, zero]),
      Buffer.concat([zero, signature]),
      Buffer.concat([zero, r, zero, s]),
      Buffer.concat([signature, signature]),
      r,
    ]
    for (const other of others) expect(await outcomeWith(other)).toBe('T')
  })

  it('B05 refuses a leading zero that is left out, also where the length is made up for', async () => {
    const short = await untilSigned(
      () => harness.issuer.token(),
      (signature) => signature[0] === 0 && signature[1] !== 0,
    )
    const signature = signatureOf(short)
    const [r, s] = halves(signature)
    const zero = Buffer.alloc(1)
    expect(await harness.outcome(short)).toBe('A')
    for (const other of [Buffer.concat([r.subarray(1), s]), Buffer.concat([r.subarray(1), s, zero])])
      expect(await harness.outcome(withSignature(short, other))).toBe('T')
  })

  it('B06 gives the twin with the other s the same verdict', async () => {
    const [r, s] = halves(signatureOf(token)).map(toNumber) as [bigint, bigint]
    const twin = withSignature(token, pair(r, order - s))
    const scoped = { scopes: 'write:everything' }
    expect(await harness.outcome(twin)).toBe('A')
    expect(await harness.outcome(token)).toBe('A')
    expect(await harness.outcome(twin, scoped)).toBe(await harness.outcome(token, scoped))

    const expired = await harness.issuer.token({}, { expiresInSeconds: -60 })
    const [rOfExpired, sOfExpired] = halves(signatureOf(expired)).map(toNumber) as [bigint, bigint]
    expect(await harness.outcome(expired)).toBe('T')
    expect(await harness.outcome(withSignature(expired, pair(rOfExpired, order - sOfExpired)))).toBe('T')
  })

  it('B10 refuses the signature of another payload', async () => {
    const other = await harness.issuer.token({ sub: 'admin' })
    expect(await harness.outcome(withSignature(token, signatureOf(other)))).toBe('T')
    expect(await harness.outcome(withSignature(other, signatureOf(token)))).toBe('T')
  })
})
