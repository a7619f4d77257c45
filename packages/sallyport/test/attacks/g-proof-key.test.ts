import { generateKeyPairSync, KeyObject, sign } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { payloadOf, type Signer } from '../support/forgery.js'
import {
  createProofBench,
  type ForgedKey,
  named,
  type ProofBench,
  presentKey,
  proofWithText,
  signerOf,
} from '../support/proof-forgery.js'

describe('G. The key in the header of a proof', () => {
  let bench: ProofBench
  beforeAll(async () => {
    bench = await createProofBench()
  })
  /** What is refused below is refused for its fault: without it the request is admitted. */
  beforeEach(async () => {
    expect(await bench.verdict(await bench.proof())).toBe('A')
  })

  const verdictOn = async (header: Readonly<Record<string, unknown>>) => bench.verdict(await bench.proof({ header }))
  const withJwk = (members: Readonly<Record<string, unknown>>) =>
    verdictOn({ jwk: { ...bench.client.publicJwk, ...members } })

  it.each(named([undefined, null, '', 'ES256', 1, true, [], {}, [{}], { kty: 'EC' }, { kid: 'test-key-1' }]))(
    'G03 refuses the jwk %s',
    async (_, jwk) => expect(await verdictOn({ jwk })).toBe('P proof_key_refused'),
  )
  it('G03 takes no key from anywhere else, and fetches none', async () => {
    const from = bench.harness.fetches()
    const { publicJwk } = bench.client
    const elsewhere = {
      jku: 'https://issuer.test/jwks',
      x5u: 'https://issuer.test/x5u',
      x5c: ['AA=='],
      kid: 'test-key-1',
    }
    expect(await verdictOn({ ...elsewhere, jwk: undefined })).toBe('P proof_key_refused')
    expect(await verdictOn({ jwk: undefined, jwks: { keys: [publicJwk] } })).toBe('P proof_key_refused')
    expect(await verdictOn({ jwk: [publicJwk] })).toBe('P proof_key_refused')
    expect(await verdictOn({ jwk: JSON.stringify(publicJwk) })).toBe('P proof_key_refused')
    expect(await verdictOn(elsewhere)).toBe('A')
    expect(bench.harness.fetches()).toBe(from)
  })

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])(
    'G04 refuses a jwk with %s, whatever is in it',
    async (name) => {
      for (const value of ['AQAB', '', null, 0, []])
        expect(await withJwk({ [name]: value })).toBe('P proof_key_refused')
    },
  )
  it('G04 refuses the private key itself, and the name d in another spelling', async () => {
    const { key, publicJwk } = bench.client
    const jwk = KeyObject.from(key.privateKey).export({ format: 'jwk' })
    expect(await verdictOn({ jwk })).toBe('P proof_key_refused')
    const header = JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicJwk })
    const claims = Buffer.from(payloadOf(await bench.proof()), 'base64url').toString()
    const spelled = header.replace('"kty"', '"\\u0064":"AQAB","kty"')
    expect(await bench.verdict(proofWithText(bench, claims, spelled))).toBe('P proof_key_refused')
    expect(await bench.verdict(proofWithText(bench, claims, header))).toBe('A')
  })

  it.each(['oct', 'OCT', 'EC ', 'ec', 'AKP', '', null, 1, '__proto__'])('G05 refuses the key type %j', async (kty) => {
    expect(await withJwk({ kty })).toBe('P proof_key_refused')
    expect(await verdictOn({ jwk: { kty, k: 'c2VjcmV0' } })).toBe('P proof_key_refused')
    expect(await verdictOn({ jwk: { kty, k: 'c2VjcmV0' }, alg: 'HS256' })).toBe('P proof_algorithm_refused')
  })

  it.each<[string, (coordinate: Buffer) => unknown]>([
    ['a byte short', (x) => x.subarray(1).toString('base64url')],
    ['a byte long', (x) => Buffer.concat([x, Buffer.alloc(1)]).toString('base64url')],
    ['with a zero before it', (x) => Buffer.concat([Buffer.alloc(1), x]).toString('base64url')],
    ['empty', () => ''],
    ['padded', (x) => `${x.toString('base64url')}=`],
    ['in another spelling of its last bits', (x) => respelled(x.toString('base64url'))],
    ['with a line break', (x) => `${x.toString('base64url')}\n`],
    ['in hexadecimal', (x) => x.toString('hex')],
    ['a list', (x) => [x.toString('base64url')]],
    ['a number', () => 1],
    ['missing', () => undefined],
  ])('G06 refuses a key whose x or y is %s', async (_, spoil) => {
    const { x = '', y = '' } = bench.client.publicJwk
    expect(await withJwk({ x: spoil(Buffer.from(x, 'base64url')) })).toBe('P proof_key_refused')
    expect(await withJwk({ y: spoil(Buffer.from(y, 'base64url')) })).toBe('P proof_key_refused')
  })
  it.each(['P-384', 'P-521', 'secp256k1', 'Ed25519', 'p-256', 'P-256 ', '', '__proto__', 'constructor', null, 256])(
    'G06 refuses the curve %j',
    async (crv) => expect(await withJwk({ crv })).toBe('P proof_key_refused'),
  )
  it.each(['P-384', 'P-521'])('G06 refuses a good key on %s for ES256', async (namedCurve) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve })
    const signer: Signer = (input) => sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    const key = { alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }), signer }
    expect(await presentKey(bench, key)).toBe('P proof_key_refused')
  })
  it.each<[string, (jwk: Coordinates) => Coordinates]>([
    ['not on its curve', ({ x, y }) => ({ x: y, y: x })],
    ['the point at infinity', () => ({ x: zeros, y: zeros })],
    ['beyond the field', ({ y }) => ({ x: Buffer.alloc(32, 0xff).toString('base64url'), y })],
    ['on the twist', ({ x }) => ({ x, y: zeros })],
  ])('G06 refuses a key whose point is %s, though the token is bound to it', async (_, move) => {
    const { x = '', y = '' } = bench.client.publicJwk
    const jwk = { ...bench.client.publicJwk, ...move({ x, y }) }
    const key: ForgedKey = { alg: 'ES256', jwk, signer: signerOf(bench.client) }
    expect(await presentKey(bench, key)).toBe('P proof_key_refused')
    expect(await presentKey(bench, { ...key, signer: () => new Uint8Array(64) })).toBe('P proof_key_refused')
    expect(await presentKey(bench, { ...key, jwk: bench.client.publicJwk })).toBe('A')
  })

  it.each<[string, object]>([
    ['a kid', { kid: 'mine' }],
    ['alg', { alg: 'ES256' }],
    ['use sig', { use: 'sig' }],
    ['key_ops verify', { key_ops: ['verify'] }],
    ['ext', { ext: true }],
    ['members that nobody knows', { n: 'AQAB', e: 'AQAB', toString: 1, constructor: { prototype: {} } }],
  ])('G10 computes the same thumbprint for a jwk with %s', async (_, members) => {
    expect(await withJwk({ ...members })).toBe('A')
    expect(await verdictOn({ jwk: { ...members, ...reversed(bench.client.publicJwk) } })).toBe('A')
  })
  it.each<[string, object]>([
    ['another alg', { alg: 'ES384' }],
    ['alg none', { alg: 'none' }],
    ['alg HS256', { alg: 'HS256' }],
    ['alg null', { alg: null }],
    ['use enc', { use: 'enc' }],
    ['use null', { use: null }],
    ['key_ops sign', { key_ops: ['sign'] }],
    ['no key_ops', { key_ops: [] }],
    ['key_ops twice', { key_ops: ['verify', 'verify'] }],
    ['key_ops as text', { key_ops: 'verify' }],
    ['a kid that is a number', { kid: 1 }],
  ])('G10 refuses a jwk with %s', async (_, members) => {
    expect(await withJwk({ ...members })).toBe('P proof_key_refused')
  })
  it('G10 computes the thumbprint that jose computes', async () => {
    const { jkt, publicJwk } = bench.client
    expect(await calculateJwkThumbprint({ ...publicJwk, kid: 'x', use: 'sig' })).toBe(jkt)
  })
})

type Coordinates = { readonly x: string; readonly y: string }

const zeros = Buffer.alloc(32).toString('base64url')

/** The same bytes in base64url with another last character, whose unused bits are not zero. */
function respelled(encoded: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return encoded.slice(0, -1) + alphabet.charAt(alphabet.indexOf(encoded.slice(-1)) + 1)
}

function reversed(jwk: object): object {
  return Object.fromEntries(Object.entries(jwk).reverse())
}
