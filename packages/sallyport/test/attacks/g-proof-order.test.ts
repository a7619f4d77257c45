import { beforeAll, describe, expect, it } from 'vitest'
import { createTestKey, type ProofOptions, type TestKey } from '../../src/testing/index.js'
import { nonceOf } from '../support/nonce-bench.js'
import { callsOf, createProofBench, type ProofBench, recordingStore } from '../support/proof-forgery.js'

/** What can be wrong with a proof, in the order in which it is looked at. */
const faults: readonly (readonly [what: string, verdict: string, (parts: Parts) => Partial<ProofOptions>])[] = [
  ['a critical extension', 'P proof_malformed', () => ({ header: { crit: ['x'] } })],
  ['the type', 'P proof_type_refused', () => ({ header: { typ: 'JWT' } })],
  ['the algorithm', 'P proof_algorithm_refused', () => ({ header: { alg: 'HS256' } })],
  ['the key', 'P proof_key_refused', ({ foreign }) => ({ header: { jwk: { ...foreign.publicJwk, d: '' } } })],
  ['the thumbprint', 'T proof_key_mismatch', ({ foreign }) => ({ header: { jwk: foreign.publicJwk } })],
  ['ath', 'P proof_token_mismatch', () => ({ claims: { ath: 'x' } })],
  ['htm', 'P proof_method_mismatch', () => ({ claims: { htm: 'POST' } })],
  ['htu', 'P proof_uri_mismatch', () => ({ claims: { htu: 'https://evil.test/' } })],
  ['exp', 'P proof_time_refused', () => ({ claims: { exp: 1 } })],
  ['the nonce', 'N nonce_wanted', () => ({ claims: { nonce: 'x' } })],
  ['the signature', 'P proof_signature_invalid', ({ foreign }) => ({ signWith: foreign })],
  ['jti', 'P proof_claim_refused', () => ({ claims: { jti: 1 } })],
  ['the rights of the token', 'S scope_missing', () => ({})],
]
const firstThatVerifies = 10
const requirement = { scopes: 'admin' }

interface Parts {
  /** A key that is not the client's. */
  readonly foreign: TestKey
}

describe('G. The order in which a proof is checked', () => {
  const replay = recordingStore()
  let bench: ProofBench
  let parts: Parts
  let nonce: string
  beforeAll(async () => {
    bench = await createProofBench({ replay, nonce: { secrets: 'a secret of this API, and of no other' } })
    parts = { foreign: await createTestKey('ES256') }
    nonce = await nonceOf(bench)
    expect(await bench.verdict(await bench.proof({ nonce }))).toBe('A')
  })

  /** A proof in which this fault and all later ones are together. */
  function proofWithFaultsFrom(first: number, jti: string): Promise<string> {
    const changes = faults.slice(first).map(([, , change]) => change(parts))
    // The fault that is looked at first has the last word where two are about one member.
    const [headers, claims] = [changes.map(({ header }) => header), changes.map(({ claims }) => claims)]
    return bench.proof({
      nonce,
      header: Object.assign({}, ...headers.reverse()),
      claims: Object.assign({ jti }, ...claims.reverse()),
      ...Object.assign({}, ...changes.map(({ signWith }) => (signWith === undefined ? {} : { signWith }))),
    })
  }

  it.each(faults.map(([what, verdict], index) => [what, verdict, index] as const))(
    'G09 names %s before everything that is checked after it',
    async (_, verdict, index) => {
      const jti = crypto.randomUUID()
      expect(await bench.verdict(await bench.proof({ nonce, claims: { jti } }))).toBe('A')
      const written = replay.claims.length
      const proof = await proofWithFaultsFrom(index, jti)
      const verdicts: string[] = []
      const present = async () => verdicts.push(await bench.verdict(proof, { requirement }))
      const verifications = await callsOf(['verify', 'createPublicKey'], present)
      expect(verdicts).toEqual([verdict])
      expect(verifications).toBe(index < firstThatVerifies ? 0 : 1)
      expect(replay.claims.length).toBe(written)
    },
  )

  it('G09 names an iat that is too old before the signature, where there are no nonces', async () => {
    const plain = await createProofBench()
    const iat = plain.harness.clock.nowSeconds() - 301
    expect(await plain.verdict(await plain.proof())).toBe('A')
    const proof = await plain.proof({ claims: { iat, jti: 1 }, signWith: parts.foreign })
    expect(await callsOf(['verify'], async () => expect(await plain.verdict(proof)).toBe('P proof_time_refused'))).toBe(
      0,
    )
  })

  it('G09 checks the token before the proof, and its binding before the first letter of the proof', async () => {
    const { issuer } = bench.harness
    const good = await bench.client.token()
    const expired = await bench.client.token({}, { expiresInSeconds: -60 })
    expect(await bench.verdict('x', { token: expired })).toBe('T token_expired')
    expect(await bench.verdict('x', { token: await issuer.token() })).toBe('T token_not_bound')
    expect(await bench.verdict('x', { token: good })).toBe('P proof_malformed')
    expect(await bench.verdict(['x', 'y'], { token: expired })).toBe('P proof_repeated')
  })
})
