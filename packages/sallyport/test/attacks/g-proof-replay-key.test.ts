import { beforeEach, describe, expect, it } from 'vitest'
import { createTestKey, type ProofOptions } from '../../src/testing/index.js'
import { forge, payloadOf, segment, withSignature } from '../support/forgery.js'
import { resourceUrl } from '../support/harness.js'
import { nonceOf } from '../support/nonce-bench.js'
import {
  createProofBench,
  type Presented,
  type ProofBench,
  type RecordingStore,
  recordingStore,
  signerOf,
  twinOf,
} from '../support/proof-forgery.js'

const jti = 'the-one-jti'

describe('G. What a used proof is known by', () => {
  let store: RecordingStore
  let bench: ProofBench
  beforeEach(async () => {
    store = recordingStore()
    bench = await createProofBench({ replay: store })
  })

  const used = (changes: Partial<ProofOptions> = {}) => bench.proof({ ...changes, claims: { jti, ...changes.claims } })

  it('G18 accepts one jti of two keys, and of each key once', async () => {
    const other = await bench.harness.dpopClient()
    const token = await other.token()
    const proof = async () => other.proof({ url: resourceUrl, token, claims: { jti } })
    expect(await bench.verdict(await used())).toBe('A')
    expect(await bench.verdict(await proof(), { token })).toBe('A')
    expect(await bench.verdict(await used())).toBe('P proof_replayed')
    expect(await bench.verdict(await proof(), { token })).toBe('P proof_replayed')
    const [first, second, third, fourth] = store.claims.map(([key]) => key)
    expect([third, fourth]).toEqual([first, second])
    expect(first).not.toBe(second)
    expect(store.claims.map(([, , jkt]) => jkt)).toEqual([bench.client.jkt, other.jkt, bench.client.jkt, other.jkt])
  })
  it('G18 lets nobody use up the jti of another', async () => {
    const thief = await bench.harness.dpopClient()
    const signWith = thief.key
    const attempts = [
      await thief.proof({ url: resourceUrl, token: bench.token, claims: { jti } }),
      await thief.proof({
        url: resourceUrl,
        token: bench.token,
        claims: { jti },
        header: { jwk: bench.client.publicJwk },
      }),
      await used({ signWith }),
    ]
    for (const attempt of attempts) expect(await bench.verdict(attempt)).toMatch(/^[TP] /)
    expect(store.claims).toEqual([])
    expect(await bench.verdict(await used())).toBe('A')
  })
  it('G18 keeps every jti apart from those that look like it', async () => {
    const lookalikes = ['a', 'A', 'a ', ' a', 'a\u0000', '\u0430', '"a"', 'a","a', '\\u0061', '["a"]', 'a\n', 'a%20']
    const spellings = ['\u00e9', 'e\u0301', '\ufffd', '\\ud800', '__proto__', 'toString', '\u{1f600}']
    for (const one of [...lookalikes, ...spellings])
      expect(await bench.verdict(await used({ claims: { jti: one } }))).toBe('A')
    expect(new Set(store.claims.map(([key]) => key)).size).toBe(lookalikes.length + spellings.length)
  })
  it('G18 gives the store a hash of fixed length, and whole seconds to keep it', async () => {
    for (const one of ['x', 'x'.repeat(256), '\r\nFLUSHALL\r\n', '{tag}*'])
      await bench.verdict(await used({ claims: { jti: one } }))
    expect(store.claims.length).toBe(4)
    for (const [key, ttlSeconds] of store.claims) {
      expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/)
      expect(ttlSeconds).toBe(300 + 120 + 1)
    }
  })

  const admin = { url: 'https://api.test/admin' }
  it.each<[string, Partial<ProofOptions>, Presented]>([
    ['another htu', admin, { url: '/admin' }],
    ['another method', { method: 'POST' }, { method: 'POST' }],
    ['another iat', { claims: { iat: Math.floor(Date.now() / 1000) - 20 } }, {}],
    ['an exp', { claims: { exp: 9_999_999_999 } }, {}],
    ['a claim besides', { claims: { besides: 1 } }, {}],
    ['a header parameter besides', { header: { kid: 'new' } }, {}],
  ])('G19 refuses a jti that its key has used already, though with %s', async (_, changes, request) => {
    expect(await bench.verdict(await used())).toBe('A')
    expect(await bench.verdict(await used(changes), request)).toBe('P proof_replayed')
    const claims = { ...changes.claims, jti: 'another' }
    expect(await bench.verdict(await bench.proof({ ...changes, claims }), request)).toBe('A')
  })
  it('G19 refuses a jti that its key has used with another token', async () => {
    const token = await bench.client.token({ scope: 'admin' })
    expect(await bench.verdict(await used())).toBe('A')
    expect(await bench.verdict(await used({ token }), { token })).toBe('P proof_replayed')
  })

  it.each<[string, (proof: string) => string | Promise<string>, string]>([
    ['as it was', (proof) => proof, 'P proof_replayed'],
    ['with the twin of its signature', twinOf, 'P proof_replayed'],
    ['signed once more', () => used(), 'P proof_replayed'],
    ['with a query in htu', () => used({ claims: { htu: `${resourceUrl}?a=1` } }), 'P proof_replayed'],
    ['with a fragment in htu', () => used({ claims: { htu: `${resourceUrl}#a` } }), 'P proof_replayed'],
    ['with its host in upper case', () => used({ claims: { htu: 'HTTPS://API.TEST/resource' } }), 'P proof_replayed'],
    ['with the port in htu', () => used({ claims: { htu: 'https://api.test:443/resource' } }), 'P proof_replayed'],
    [
      'with an encoded letter in htu',
      () => used({ claims: { htu: 'https://api.test/%72esource' } }),
      'P proof_replayed',
    ],
    ['with its type spelled otherwise', () => used({ header: { typ: 'application/DPoP+JWT' } }), 'P proof_replayed'],
    ['with its members in another order', (proof) => reordered(proof, bench), 'P proof_replayed'],
    ['with htm in lower case', () => used({ claims: { htm: 'get' } }), 'P proof_method_mismatch'],
    ['padded', (proof) => `${proof}=`, 'P proof_malformed'],
    ['padded twice', (proof) => `${proof}==`, 'P proof_malformed'],
    ['with padding in its payload', (proof) => proof.replace(/\.(?=[^.]*$)/, '=.'), 'P proof_malformed'],
    ['with other unused bits', withOtherBits, 'P proof_malformed'],
    ['with a space behind it', (proof) => `${proof} `, 'P proof_malformed'],
    ['with a dot behind it', (proof) => `${proof}.`, 'P proof_malformed'],
    ['in percent-encoding', (proof) => proof.replace('.', '%2e'), 'P proof_malformed'],
    ['with a longer signature', (proof) => withSignature(proof, new Uint8Array(65)), 'P proof_signature_invalid'],
  ])('G20 refuses a used proof %s', async (_, change, verdict) => {
    const proof = await used()
    expect(await bench.verdict(proof)).toBe('A')
    expect(await bench.verdict(await change(proof))).toBe(verdict)
    expect(store.claims.length).toBe(verdict === 'P proof_replayed' ? 2 : 1)
    expect(new Set(store.claims.map(([key]) => key)).size).toBe(1)
  })
  it.each<[string, (proof: string) => string]>([
    ['its twin', twinOf],
    ['the proof itself', (proof) => proof],
  ])('G20 refuses a proof after %s was used', async (_, change) => {
    const proof = await used()
    expect(await bench.verdict(change(proof))).toBe('A')
    expect(await bench.verdict(proof)).toBe('P proof_replayed')
  })

  it.each<[string, string, (of: ProofBench) => Promise<Partial<ProofOptions>>, Presented]>([
    ['its type', 'P proof_type_refused', async () => ({ header: { typ: 'JWT' } }), {}],
    ['its algorithm', 'P proof_algorithm_refused', async () => ({ header: { alg: 'none' } }), {}],
    ['its jwk', 'P proof_key_refused', async () => ({ header: { jwk: {} } }), {}],
    ['ath', 'P proof_token_mismatch', async () => ({ claims: { jti, ath: 'x' } }), {}],
    ['htm', 'P proof_method_mismatch', async () => ({}), { method: 'POST' }],
    ['htu', 'P proof_uri_mismatch', async () => ({}), { url: '/other' }],
    ['iat', 'P proof_time_refused', async () => ({ claims: { jti, iat: 1 } }), {}],
    ['exp', 'P proof_time_refused', async () => ({ claims: { jti, exp: 1 } }), {}],
    ['its signature', 'P proof_signature_invalid', async () => ({ signWith: await createTestKey('ES256') }), {}],
    ['the Host header', 'R request_target_refused', async () => ({}), { url: 'other:' }],
    ['the rights of its token', 'S scope_missing', async () => ({}), { requirement: { scopes: 'admin' } }],
  ])('G22 does not use a jti up when a proof is refused for %s', async (_, verdict, change, request) => {
    expect(await bench.verdict(await used(await change(bench)), request)).toBe(verdict)
    expect(store.claims).toEqual([])
    expect(await bench.verdict(await used())).toBe('A')
    expect(await bench.verdict(await used())).toBe('P proof_replayed')
  })
  it('G22 does not use a jti up when a nonce is wanted', async () => {
    const strict = await createProofBench({
      replay: store,
      nonce: { secrets: 'a secret of this API, and of no other' },
    })
    const nonce = await nonceOf(strict)
    expect(await strict.verdict(await strict.proof({ claims: { jti } }))).toBe('N nonce_wanted')
    expect(store.claims).toEqual([])
    expect(await strict.verdict(await strict.proof({ nonce, claims: { jti } }))).toBe('A')
  })
  it('G22 does not use a jti up in a request with two proofs, or with the Bearer scheme', async () => {
    const proof = await used()
    expect(await bench.verdict([proof, proof])).toBe('P proof_repeated')
    expect(await bench.harness.outcomeOf(['Authorization', `Bearer ${bench.token}`, 'DPoP', proof])).toBe('R')
    expect(store.claims).toEqual([])
    expect(await bench.verdict(proof)).toBe('A')
  })
  it('G22 uses a jti up when the handler refuses its caller afterwards', async () => {
    const { api, events } = bench.harness
    const headers = ['Host', 'api.test', 'Authorization', `DPoP ${bench.token}`, 'DPoP', await used()]
    const auth = await api.authenticate({ method: 'GET', url: '/resource', scheme: 'https', headers })
    expect(() => auth.require({ scopes: 'admin' })).toThrow('lacks a required scope')
    expect(events.at(-1)).toMatchObject({ type: 'request.refused', code: 'scope_missing' })
    expect(await bench.verdict(await used())).toBe('P proof_replayed')
  })

  it.each<[string, string, (of: ProofBench) => Promise<string>]>([
    ['a broken signature', 'T signature_invalid', async ({ token }) => withSignature(token, new Uint8Array(64))],
    ['no signature', 'T signature_invalid', async ({ token }) => withSignature(token, new Uint8Array())],
    ['another payload', 'T signature_invalid', exchangedPayload],
    ['an end in the past', 'T token_expired', ({ client }) => client.token({}, { expiresInSeconds: -60 })],
    ['another audience', 'T audience_refused', ({ client }) => client.token({ aud: 'https://other.test' })],
    ['another issuer', 'T issuer_refused', ({ client }) => client.token({ iss: 'https://other.test/' })],
    ['an unknown key', 'T key_unknown', ({ client }) => client.token({}, { header: { kid: 'unknown' } })],
    ['no binding', 'T token_not_bound', ({ harness }) => harness.issuer.token()],
    ['a binding to nothing', 'T confirmation_refused', ({ client }) => client.token({ cnf: {} })],
    ['a binding to another key', 'T proof_key_mismatch', async ({ harness }) => (await harness.dpopClient()).token()],
    ['nothing that is a token', 'T token_malformed', async () => 'opaque'],
  ])('G23 writes nothing when a good proof comes with a token that has %s', async (_, verdict, make) => {
    const token = await make(bench)
    expect(await bench.verdict(await used({ token }), { token })).toBe(verdict)
    expect(store.claims).toEqual([])
    expect(await bench.verdict(await used())).toBe('A')
    expect(store.claims.length).toBe(1)
  })
  it('G23 writes nothing for a bearer token, and once for a bound one', async () => {
    const { harness } = bench
    expect(await harness.outcome(await harness.issuer.token())).toBe('A')
    expect(await harness.outcome(bench.token)).toBe('T')
    expect(store.claims).toEqual([])
    expect(await bench.verdict(await used())).toBe('A')
    expect(store.claims.length).toBe(1)
  })
})

/** The same claims and key in other text, under a signature of their own. */
function reordered(proof: string, { client }: ProofBench): string {
  const turned = (part = '') => Object.fromEntries(Object.entries(JSON.parse(textOf(part))).reverse())
  const [header, claims] = proof.split('.')
  return forge(turned(header), segment(turned(claims)), signerOf(client))
}

function textOf(part: string): string {
  return Buffer.from(part, 'base64url').toString()
}

/** The same bytes, with unused bits of the last character set. */
function withOtherBits(proof: string): string {
  return proof.slice(0, -1) + String.fromCharCode(proof.charCodeAt(proof.length - 1) + 1)
}

async function exchangedPayload({ client, token }: ProofBench): Promise<string> {
  const admin = await client.token({ scope: 'admin' })
  return token.replace(payloadOf(token), payloadOf(admin))
}
