import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { createTestKey, type TestKey } from '../../src/testing/index.js'
import {
  ecSigner,
  forge,
  hmacSigner,
  payloadOf,
  pkcs1Encode,
  privateKeyOf,
  rsaSigner,
  type Signer,
  segment,
} from '../support/forgery.js'
import { createHarness, type Harness } from '../support/harness.js'
import { createNumberKey, createRocaKey } from '../support/rsa-numbers.js'

const ecdsa = {
  'P-256': { alg: 'ES256', hash: 'sha256' },
  'P-384': { alg: 'ES384', hash: 'sha384' },
  'P-521': { alg: 'ES512', hash: 'sha512' },
} as const

describe('A. Members of the key set', () => {
  let harness: Harness
  let signingKey: TestKey
  let ecKey: TestKey
  beforeAll(async () => {
    harness = await createHarness({ algorithms: ['RS256', 'RS384', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] })
    ;[signingKey, ecKey] = await Promise.all([createTestKey('RS256'), createTestKey('ES256')])
  })

  interface Verdict {
    readonly outcome: string
    /** Why members were not used. */
    readonly ignored: readonly string[]
  }

  /** What happens to a token by the key of the first member, which is published before a good one. */
  async function verdictOn(member: object, signer: Signer, alg = 'RS256'): Promise<Verdict> {
    const { issuer, api, events } = harness
    const kid = 'kid' in member ? String(member.kid) : 'the-member'
    issuer.publish([{ kid, ...member }, issuer.currentKey().publicJwk])
    const seen = events.length
    await api.refresh()
    const ignored = events.slice(seen).flatMap((event) => (event.type === 'keys.member_ignored' ? [event.reason] : []))
    const honest = await issuer.token()
    expect(await harness.outcome(honest)).toBe('A')
    const fetches = harness.fetches()
    const outcome = await harness.outcome(forge({ alg, typ: 'at+jwt', kid }, payloadOf(honest), signer))
    expect(harness.fetches()).toBe(fetches)
    return { outcome, ignored }
  }

  const rsaVerdict = (changes: object) =>
    verdictOn({ ...signingKey.publicJwk, ...changes }, rsaSigner(privateKeyOf(signingKey)))

  it('accepts the key that the cases below are made from', async () => {
    expect(await rsaVerdict({})).toEqual({ outcome: 'A', ignored: [] })
  })

  it.each(['HS256', 'HS384', 'HS512'])('A10 ignores an oct key and refuses %s by it', async (alg) => {
    const secret = Buffer.alloc(64, 7)
    const member = { kty: 'oct', k: segment(secret), alg, use: 'sig' }
    const signer = hmacSigner(secret, `sha${alg.slice(2)}`)
    expect(await verdictOn(member, signer, alg)).toEqual({ outcome: 'T', ignored: ['symmetric_key'] })
    const sharing = { ...member, kid: harness.issuer.currentKey().kid }
    expect(await verdictOn(sharing, signer, alg)).toEqual({ outcome: 'T', ignored: ['symmetric_key'] })
  })

  it.each([
    { bits: 1024, outcome: 'T', ignored: ['rsa_modulus_size'] },
    { bits: 2040, outcome: 'T', ignored: ['rsa_modulus_size'] },
    { bits: 2048, outcome: 'A', ignored: [] },
    { bits: 3072, outcome: 'A', ignored: [] },
  ])('A22 gives $outcome for an RSA key of $bits bits', async ({ bits, outcome, ignored }) => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
    expect(await verdictOn(publicKey.export({ format: 'jwk' }), rsaSigner(privateKey))).toEqual({ outcome, ignored })
  })

  it.each([2047, 2048])('A22 counts the bits of a modulus of %i bits, not its bytes', async (bits) => {
    const { jwk, signer } = createNumberKey(bits)
    expect((await verdictOn(jwk, signer)).outcome).toBe(bits < 2048 ? 'T' : 'A')
    const padded = segment(Buffer.concat([Buffer.alloc(8), Buffer.from(jwk.n, 'base64url')]))
    if (bits < 2048) expect((await verdictOn({ ...jwk, n: padded }, signer)).outcome).toBe('T')
  })

  it('A23 refuses the exponent 1, by which anybody could sign', async () => {
    const anybody: Signer = (input) => pkcs1Encode(input, 256)
    for (const e of ['AQ', 'AAAB', 'AA', ''])
      expect(await verdictOn({ ...signingKey.publicJwk, e }, anybody)).toEqual({
        outcome: 'T',
        ignored: ['rsa_exponent'],
      })
  })

  it.each([2n, 4n, 65536n, 65538n])('A23 refuses the even exponent %s', async (exponent) => {
    const e = segment(Buffer.from(exponent.toString(16).padStart(6, '0'), 'hex'))
    expect(await rsaVerdict({ e })).toEqual({ outcome: 'T', ignored: ['rsa_exponent'] })
  })

  it.each([3, 5, 65537, 2 ** 32 - 1])('A23 accepts the exponent %i', async (publicExponent) => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent })
    const verdict = await verdictOn(publicKey.export({ format: 'jwk' }), rsaSigner(privateKey))
    expect(verdict).toEqual({ outcome: 'A', ignored: [] })
  })

  it.each(['AgAAAAE', 'AgAAAAAAAAAB', '_________w'])('A23 refuses the exponent %s, from 2^33 on', async (e) => {
    expect(await rsaVerdict({ e })).toEqual({ outcome: 'T', ignored: ['rsa_exponent'] })
  })

  it.each([8192, 8193, 16_384])('A24 decides about an RSA key of %i bits by its size', async (bits) => {
    const { jwk, signer } = createNumberKey(bits)
    const expected = bits > 8192 ? { outcome: 'T', ignored: ['rsa_modulus_size'] } : { outcome: 'A', ignored: [] }
    expect(await verdictOn(jwk, signer)).toEqual(expected)
  })

  it('A24 refuses a modulus of 60 KB without reading it', async () => {
    expect(await rsaVerdict({ n: 'A'.repeat(60_000) })).toEqual({ outcome: 'T', ignored: ['rsa_modulus_size'] })
  })

  it.each(['P-256', 'P-384', 'P-521'] as const)('A25 ignores a point that is not on %s', async (crv) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: crv })
    const jwk = publicKey.export({ format: 'jwk' })
    const { alg, hash } = ecdsa[crv]
    expect(await verdictOn(jwk, ecSigner(privateKey, hash), alg)).toEqual({ outcome: 'A', ignored: [] })
    const x = String(jwk.x)
    const length = Buffer.from(x, 'base64url').length
    const offCurve = [
      { x: String(jwk.y), y: x },
      { y: segment(flipped(Buffer.from(String(jwk.y), 'base64url'))) },
      { x: segment(Buffer.alloc(length)), y: segment(Buffer.alloc(length)) },
      { x: segment(Buffer.alloc(length, 0xff)), y: segment(Buffer.alloc(length, 0xff)) },
      { x: segment(Buffer.concat([Buffer.alloc(1), Buffer.from(x, 'base64url')])) },
      { x: segment(Buffer.from(x, 'base64url').subarray(1)) },
      { x: undefined },
      { y: 1 },
    ]
    for (const point of offCurve)
      expect(await verdictOn({ ...jwk, ...point }, ecSigner(privateKey, hash), alg)).toEqual({
        outcome: 'T',
        ignored: ['malformed_parameters'],
      })
  })

  it('A26 ignores a key of the faulty prime generator', async () => {
    const { jwk, signer } = createRocaKey()
    expect(await verdictOn(jwk, signer)).toEqual({ outcome: 'T', ignored: ['rsa_weak_prime_generator'] })
  })

  it.each(['enc', 'SIG', 'sig ', '', null, 1, ['sig']].map((use) => ({ use })))(
    'A27 ignores a key with use $use',
    async ({ use }) => {
      expect(await rsaVerdict({ use })).toEqual({ outcome: 'T', ignored: ['use_not_sig'] })
    },
  )

  it.each([
    { keyOps: ['encrypt'] },
    { keyOps: [] },
    { keyOps: ['sign'] },
    { keyOps: ['verify', 'verify'] },
    { keyOps: ['verify', 'sign', 'sign'] },
    { keyOps: [['verify']] },
    { keyOps: 'verify' },
    { keyOps: { verify: true } },
    { keyOps: null },
    { keyOps: 1 },
  ])('A28 ignores a key with key_ops $keyOps', async ({ keyOps }) => {
    expect(await rsaVerdict({ key_ops: keyOps })).toEqual({ outcome: 'T', ignored: ['key_ops_without_verify'] })
  })

  it('A28 accepts a key with key_ops that name verify once', async () => {
    expect((await rsaVerdict({ key_ops: ['verify'] })).outcome).toBe('A')
  })

  it.each(
    ['ES521', 'ES224', 'es256', 'ES512', 'RS256', 'ECDH-ES', 'none', '', 1, null, ['ES256']].map((alg) => ({ alg })),
  )('A29 ignores a key on P-256 with alg $alg', async ({ alg }) => {
    const verdict = await verdictOn({ ...ecKey.publicJwk, alg }, ecSigner(privateKeyOf(ecKey)), 'ES256')
    expect(verdict).toEqual({ outcome: 'T', ignored: ['algorithm_not_allowed'] })
  })

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])(
    'A37 ignores a key with the private member %s, and raises the alarm',
    async (name) => {
      for (const value of ['AQAB', '', null, []])
        expect(await rsaVerdict({ [name]: value })).toEqual({ outcome: 'T', ignored: ['private_key'] })
    },
  )
})

function flipped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)))
}
