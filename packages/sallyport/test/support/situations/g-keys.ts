import { calculateJwkThumbprint, type JWK } from 'jose'
import { createTestKey, type TestKey } from '../../../src/testing/index.js'
import { segment } from '../forgery.js'
import { dpop, type Fields, type Kit, row, rows, type Situation } from './kit.js'

/** A key as the header of a proof names it, and what signs with it; the two need not belong together. */
interface ProofKey {
  readonly alg: string
  readonly jwk: JWK
  readonly signWith?: TestKey
}

/** A proof with this key, and a token that is bound to it: what is refused then is not that it is another key. */
const boundTo =
  (make: (kit: Kit) => Promise<ProofKey> | ProofKey): Fields =>
  async (kit) => {
    const { issuer, client, url } = kit
    const { alg, jwk, signWith = client.key } = await make(kit)
    const token = await issuer.token({ cnf: { jkt: await calculateJwkThumbprint(jwk) } })
    const proof = await client.proof({ url, token, header: { alg, jwk }, signWith })
    return ['Authorization', `DPoP ${token}`, 'DPoP', proof]
  }

type Algorithm = TestKey['algorithm']

const made = new Map<Algorithm, Promise<TestKey>>()

/** Made once: an RSA key takes longer than all rows together. */
async function ownKey(algorithm: Algorithm): Promise<ProofKey> {
  const making = made.get(algorithm) ?? createTestKey(algorithm)
  made.set(algorithm, making)
  const signWith = await making
  const { kid: _, alg: __, use: ___, ...jwk } = signWith.publicJwk
  return { alg: algorithm, jwk, signWith }
}

const ownedBy = (algorithm: Algorithm): Fields => boundTo(() => ownKey(algorithm))
/** The key of one algorithm, and the name of another. */
const renamed = (algorithm: Algorithm, alg: string): Fields =>
  boundTo(async () => ({ ...(await ownKey(algorithm)), alg }))
const withAnotherKey = (algorithm: Algorithm): Fields =>
  boundTo(async ({ client }) => ({ ...(await ownKey(algorithm)), signWith: client.key }))
/** An RSA key with these members instead of its own. */
const rsaWith = (members: object): Fields =>
  boundTo(async () => {
    const { jwk, ...rest } = await ownKey('RS256')
    return { ...rest, jwk: { ...jwk, ...members } }
  })
/** A point that is not the client's, which signs all the same. */
const atPoint = (move: (jwk: JWK) => object): Fields =>
  boundTo(({ client: { publicJwk } }) => ({ alg: 'ES256', jwk: { ...publicJwk, ...move(publicJwk) } }))

const headed = (jwk: unknown): Fields => dpop({ header: { jwk } })
const jwkWith = (members: object): Fields =>
  dpop(({ client }) => ({ header: { jwk: { ...client.publicJwk, ...members } } }))

const customised = { setup: 'customised' } as const
const bytes = (length: number, value = 0) => segment(new Uint8Array(length).fill(value))
const text = (value: unknown) => JSON.stringify(value) ?? 'left out'

/** The key in the header of a proof. */
export const proofKeySituations: readonly Situation[] = [
  row('G02 a good proof by EdDSA', 'A', ownedBy('EdDSA')),
  ...(['ES384', 'ES512', 'EdDSA', 'PS256', 'RS256'] as const).map((alg) =>
    row(`G02 a good proof by ${alg}, where it is allowed`, 'A', ownedBy(alg), customised),
  ),
  ...[undefined, null, 'ES256', [], { kty: 'EC' }].map((jwk) => row(`G03 the jwk ${text(jwk)}`, 'P', headed(jwk))),
  ...rows('P', [
    ['G03 a list of one key', dpop(({ client }) => ({ header: { jwk: [client.publicJwk] } }))],
    ['G03 a key as text', dpop(({ client }) => ({ header: { jwk: JSON.stringify(client.publicJwk) } }))],
    ['G03 a key elsewhere', dpop({ header: { jwk: undefined, jku: 'https://issuer.test/jwks', kid: 'test-key-1' } })],
  ]),
  ...['d', 'p', 'q', 'k', 'priv'].map((name) => row(`G04 a jwk with ${name}`, 'P', jwkWith({ [name]: 'AQAB' }))),
  row('G04 a jwk with an empty d', 'P', jwkWith({ d: '' })),
  ...['oct', 'EC ', 'OKP'].map((kty) => row(`G05 the key type ${text(kty)}`, 'P', jwkWith({ kty }))),
  row('G05 a symmetric key', 'P', headed({ kty: 'oct', k: 'c2VjcmV0' })),
  ...['P-384', 'secp256k1', 'Ed25519', null].map((crv) => row(`G06 the curve ${text(crv)}`, 'P', jwkWith({ crv }))),
  ...rows('P', [
    ['G06 x one byte short', jwkWith({ x: bytes(31) })],
    ['G06 x one byte long', jwkWith({ x: bytes(33) })],
    ['G06 a padded x', jwkWith({ x: `${bytes(32)}=` })],
    ['G06 no y', jwkWith({ y: undefined })],
    ['G06 a point that is on no curve', atPoint(({ y }) => ({ x: y }))],
    ['G06 the point at infinity', atPoint(() => ({ x: bytes(32), y: bytes(32) }))],
    ['G06 a good key of P-384 for ES256', renamed('ES384', 'ES256')],
    ['G10 a good key of Ed25519 for ES256', renamed('EdDSA', 'ES256')],
  ]),
  ...rows(
    'P',
    [
      ['G07 a modulus of 1,024 bits', rsaWith({ n: bytes(128, 0xaf) })],
      ['G07 a modulus of 8,192 bits', rsaWith({ n: bytes(1024, 0xaf) })],
      ['G07 a modulus of 16,384 bits', rsaWith({ n: bytes(2048, 0xaf) })],
      ['G07 the exponent 1', rsaWith({ e: 'AQ' })],
      ['G07 the exponent 65,536', rsaWith({ e: 'AQAA' })],
      ['G07 the exponent 2^33 + 1', rsaWith({ e: segment(Buffer.of(2, 0, 0, 0, 1)) })],
      ['G07 an exponent as long as the modulus', rsaWith({ e: bytes(256, 0xff) })],
      ['G08 the key of EdDSA and a signature by another', withAnotherKey('EdDSA')],
      ['G08 the key of PS256 and a signature by another', withAnotherKey('PS256')],
      ['G08 the key of RS256 and a signature by another', withAnotherKey('RS256')],
    ],
    customised,
  ),
  ...[{ kid: 'mine' }, { alg: 'ES256' }, { use: 'sig' }, { key_ops: ['verify'] }, { n: 'AQAB', e: 'AQAB' }].map(
    (members) => row(`G10 a jwk with ${text(members)}`, 'A', jwkWith(members)),
  ),
  ...[{ alg: 'ES384' }, { alg: 'none' }, { use: 'enc' }, { key_ops: ['sign'] }, { key_ops: [] }, { kid: 1 }].map(
    (members) => row(`G10 a jwk with ${text(members)}`, 'P', jwkWith(members)),
  ),
]
