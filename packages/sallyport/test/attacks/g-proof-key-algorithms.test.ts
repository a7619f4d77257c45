import { constants, generateKeyPairSync, KeyObject, randomBytes, sign } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ProofAlgorithmName } from '../../src/index.js'
import type { DpopClient } from '../../src/testing/index.js'
import { pkcs1Encode, rsaSigner, type Signer, segment } from '../support/forgery.js'
import { resourceUrl } from '../support/harness.js'
import {
  callsOf,
  createProofBench,
  type ForgedKey,
  named,
  type ProofBench,
  presentKey,
  proofWithKey,
} from '../support/proof-forgery.js'
import { createNumberKey, createRocaKey } from '../support/rsa-numbers.js'

const algorithms = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const

/** Algorithms whose keys are of one kind. */
const relatives: readonly (readonly ProofAlgorithmName[])[] = [
  ['EdDSA', 'Ed25519'],
  ['PS256', 'RS256'],
]
const areRelated = (one: ProofAlgorithmName, other: ProofAlgorithmName) =>
  one === other || relatives.some((names) => names.includes(one) && names.includes(other))

describe('G. Algorithms of proofs', () => {
  let bench: ProofBench
  let clients: ReadonlyMap<ProofAlgorithmName, DpopClient>
  beforeAll(async () => {
    bench = await createProofBench({ algorithms })
    clients = new Map(
      await Promise.all(
        algorithms.map(async (algorithm) => [algorithm, await bench.harness.dpopClient({ algorithm })] as const),
      ),
    )
  })

  const clientOf = (algorithm: ProofAlgorithmName) => clients.get(algorithm) ?? expect.unreachable(algorithm)
  const proofOf = async (client: DpopClient, header: object = {}) => {
    const token = await client.token()
    return { token, proof: await client.proof({ url: resourceUrl, token, header: { ...header } }) }
  }

  it.each(algorithms)(
    'G02 accepts %s where it is allowed, and refuses a signature by another key',
    async (algorithm) => {
      const client = clientOf(algorithm)
      const { token, proof } = await proofOf(client)
      const { key: signWith } = await bench.harness.dpopClient({ algorithm })
      expect(await bench.verdict(await client.proof({ url: resourceUrl, token, signWith }), { token })).toBe(
        'P proof_signature_invalid',
      )
      expect(await bench.verdict(proof, { token })).toBe('A')
    },
  )

  it.each(algorithms)('G02 refuses every algorithm but %s where it alone is allowed', async (only) => {
    const strict = await createProofBench({ algorithms: [only] })
    for (const algorithm of algorithms) {
      const client = clientOf(algorithm)
      const token = await strict.harness.issuer.token({ cnf: { jkt: client.jkt } })
      const proof = await client.proof({ url: resourceUrl, token })
      expect(await strict.verdict(proof, { token })).toBe(algorithm === only ? 'A' : 'P proof_algorithm_refused')
    }
  })
  it('G02 allows ES256 and EdDSA where nothing else is said', async () => {
    const plain = await createProofBench()
    for (const algorithm of algorithms) {
      const client = clientOf(algorithm)
      const token = await plain.harness.issuer.token({ cnf: { jkt: client.jkt } })
      const proof = await client.proof({ url: resourceUrl, token })
      const isDefault = algorithm === 'ES256' || algorithm === 'EdDSA'
      expect(await plain.verdict(proof, { token })).toBe(isDefault ? 'A' : 'P proof_algorithm_refused')
    }
  })

  it.each(algorithms)('G10 refuses %s with the key of another algorithm', async (alg) => {
    for (const algorithm of algorithms) {
      const { token, proof } = await proofOf(clientOf(algorithm), { alg })
      const verdict = await bench.verdict(proof, { token })
      if (!areRelated(alg, algorithm)) expect(verdict).toBe('P proof_key_refused')
      else expect(verdict).toBe(alg === algorithm || alg.startsWith('Ed') ? 'A' : 'P proof_signature_invalid')
    }
  })
  it.each(algorithms)('G10 refuses %s with a jwk that says another alg', async (alg) => {
    const client = clientOf(alg)
    for (const said of algorithms) {
      const { token, proof } = await proofOf(client, { jwk: { ...client.publicJwk, alg: said } })
      const isSame = said === alg || (said.startsWith('Ed') && alg.startsWith('Ed'))
      expect(await bench.verdict(proof, { token })).toBe(isSame ? 'A' : 'P proof_key_refused')
    }
  })

  it.each<[string, () => KeyObject]>([
    ['X25519', () => generateKeyPairSync('x25519').publicKey],
    ['X448', () => generateKeyPairSync('x448').publicKey],
    ['Ed448', () => generateKeyPairSync('ed448').publicKey],
  ])('G06 refuses a key of %s, and its bytes under the name Ed25519', async (curve, generate) => {
    const jwk = generate().export({ format: 'jwk' })
    const forged: ForgedKey = { alg: 'EdDSA', jwk, signer: () => new Uint8Array(64) }
    expect(await presentKey(bench, forged)).toBe('P proof_key_refused')
    // 32 bytes are a key of either curve.
    const refused = curve === 'X25519' ? 'P proof_signature_invalid' : 'P proof_key_refused'
    expect(await presentKey(bench, { ...forged, jwk: { ...jwk, crv: 'Ed25519' } })).toBe(refused)
  })
  it.each([31, 33])('G06 refuses a key of Ed25519 with %i bytes', async (length) => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: segment(randomBytes(length)) }
    const forged: ForgedKey = { alg: 'EdDSA', jwk, signer: () => new Uint8Array(64) }
    expect(await presentKey(bench, forged)).toBe('P proof_key_refused')
    expect(await presentKey(bench, { ...forged, jwk: clientOf('EdDSA').publicJwk })).toBe('P proof_signature_invalid')
  })

  it.each([0, 20, 31, 33, 222])('G08 refuses a PS256 signature with a salt of %i bytes', async (saltLength) => {
    const { key: testKey, publicJwk: jwk } = clientOf('PS256')
    const key = KeyObject.from(testKey.privateKey)
    const pss =
      (salt: number): Signer =>
      (input) =>
        sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt })
    const forged = { alg: 'PS256', jwk }
    expect(await presentKey(bench, { ...forged, signer: pss(saltLength) })).toBe('P proof_signature_invalid')
    expect(await presentKey(bench, { ...forged, signer: pss(32) })).toBe('A')
  })
})

describe('G. RSA keys of proofs', () => {
  const { jwk, signer } = createNumberKey(2048)
  let bench: ProofBench
  beforeAll(async () => {
    bench = await createProofBench({ algorithms: ['RS256', 'PS256'] })
  })

  async function expectRefusedUnverified(key: ForgedKey): Promise<void> {
    const token = await bench.harness.issuer.token({ cnf: { jkt: await calculateJwkThumbprint(key.jwk) } })
    // So that the token itself is verified and remembered.
    expect(await bench.verdict('x', { token })).toBe('P proof_malformed')
    const proof = await proofWithKey(bench, key, token)
    const verdicts: string[] = []
    const present = async () => verdicts.push(await bench.verdict(proof, { token }))
    expect(await callsOf(['verify', 'createPublicKey'], present)).toBe(0)
    expect(verdicts).toEqual(['P proof_key_refused'])
  }

  it.each([2048, 2049, 3072, 4096])('G07 accepts a modulus of %i bits', async (bits) => {
    expect(await presentKey(bench, { alg: 'RS256', ...createNumberKey(bits) })).toBe('A')
  })
  it.each([1024, 2047, 4097, 8192])('G07 refuses a modulus of %i bits without a verification', async (bits) => {
    await expectRefusedUnverified({ alg: 'RS256', ...createNumberKey(bits) })
  })
  it.each([1, 2, 8193, 16_384])('G07 refuses %i bits that are no modulus', async (bits) => {
    const n = randomBytes(Math.ceil(bits / 8))
    n[0] = 1 << ((bits - 1) % 8)
    for (const alg of ['RS256', 'PS256']) {
      const refused = { kty: 'RSA', n: segment(n), e: 'AQAB' }
      await expectRefusedUnverified({ alg, jwk: refused, signer: () => new Uint8Array() })
    }
  })

  it.each([3, 17, 65_537])('G07 accepts the exponent %i', async (publicExponent) => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent })
    const key = { jwk: publicKey.export({ format: 'jwk' }), signer: rsaSigner(privateKey) }
    expect(await presentKey(bench, { alg: 'RS256', ...key })).toBe('A')
  })
  it.each<[string, string]>([
    ['0', segment(Buffer.of(0))],
    ['2', segment(Buffer.of(2))],
    ['4', segment(Buffer.of(4))],
    ['65536', segment(Buffer.of(1, 0, 0))],
    ['2^33 + 1', segment(Buffer.of(2, 0, 0, 0, 1))],
    ['2^1023 + 1', segment(Buffer.concat([Buffer.of(128), Buffer.alloc(126), Buffer.of(1)]))],
    ['as long as the modulus', segment(Buffer.alloc(256, 0xff))],
    ['padded', 'AQAB=='],
    ['in another alphabet', 'AQ+B'],
  ])('G07 refuses the exponent %s without a verification', async (_, e) => {
    await expectRefusedUnverified({ alg: 'RS256', jwk: { ...jwk, e }, signer })
  })
  it('G07 refuses the exponent 1, under which every padded hash is its own signature', async () => {
    const forger: Signer = (input) => pkcs1Encode(input, 256)
    await expectRefusedUnverified({ alg: 'RS256', jwk: { ...jwk, e: segment(Buffer.of(1)) }, signer: forger })
  })
  it('G07 refuses a key of the faulty prime generator', async () => {
    await expectRefusedUnverified({ alg: 'RS256', ...createRocaKey() })
  })

  it.each(named([undefined, null, '', 1, [], ['AQAB'], '!', 'AQAB=', 'A']))(
    'G07 refuses %s as n or e',
    async (_, value) => {
      for (const name of ['n', 'e']) {
        const header = { alg: 'RS256', jwk: { ...jwk, [name]: value } }
        expect(await bench.verdict(await bench.proof({ header }))).toBe('P proof_key_refused')
      }
      expect(await bench.verdict(await bench.proof({ header: { alg: 'RS256', jwk } }))).toBe('T proof_key_mismatch')
    },
  )

  it('G08 refuses an RSA signature that is a byte longer or shorter', async () => {
    const zero = Buffer.alloc(1)
    const forms: readonly Signer[] = [
      (input) => Buffer.concat([zero, signer(input)]),
      (input) => Buffer.concat([signer(input), zero]),
      (input) => signer(input).subarray(1),
      () => new Uint8Array(256),
      () => new Uint8Array(),
    ]
    for (const form of forms)
      expect(await presentKey(bench, { alg: 'RS256', jwk, signer: form })).toBe('P proof_signature_invalid')
    expect(await presentKey(bench, { alg: 'RS256', jwk, signer })).toBe('A')
  })
})
