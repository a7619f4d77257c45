import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createTestKey } from '../../src/testing/index.js'
import { ecSigner, forge, payloadOf, privateKeyOf } from '../support/forgery.js'
import { createHarness } from '../support/harness.js'

describe('A. Algorithms and keys that do not fit', () => {
  it('A11 refuses PS256 by a key that is published for RS256', async () => {
    const { issuer, outcome, api } = await createHarness({ algorithms: ['RS256', 'PS256'] })
    const key = await issuer.rotateKey({ algorithm: 'PS256' })
    expect(await outcome(await issuer.token())).toBe('A')
    issuer.publish([{ ...key.publicJwk, alg: 'RS256', kid: 'for-rs256' }])
    await api.refresh()
    expect(await outcome(await issuer.token({}, { header: { kid: 'for-rs256' } }))).toBe('T')
    expect(await outcome(await issuer.token({}, { header: { kid: undefined } }))).toBe('T')
  })

  it('A12 refuses RS256 by a key without alg when only PS256 is allowed', async () => {
    const { issuer, outcome } = await createHarness({ algorithms: ['PS256'] })
    const { alg: _, ...publicJwk } = issuer.currentKey().publicJwk
    issuer.publish([publicJwk])
    expect(await outcome(await issuer.token())).toBe('T')
    expect(await outcome(await issuer.token({}, { header: { alg: 'PS256' } }))).toBe('T')
  })

  it.each([
    { named: 'ES256', algorithm: 'ES384', hash: 'sha256' },
    { named: 'ES256', algorithm: 'ES384', hash: 'sha384' },
    { named: 'ES384', algorithm: 'ES256', hash: 'sha384' },
    { named: 'ES512', algorithm: 'ES256', hash: 'sha512' },
    { named: 'ES256', algorithm: 'ES512', hash: 'sha256' },
  ] as const)('A13 refuses $named with the key of $algorithm and $hash', async ({ named, algorithm, hash }) => {
    const { issuer, outcome, api } = await createHarness({
      algorithms: ['ES256', 'ES384', 'ES512'],
      testIssuer: { algorithm },
    })
    const key = issuer.currentKey()
    const header = { alg: named, typ: 'at+jwt', kid: key.kid }
    const token = forge(header, payloadOf(await issuer.token()), ecSigner(privateKeyOf(key), hash))
    expect(await outcome(await issuer.token())).toBe('A')
    expect(await outcome(token)).toBe('T')
    const { alg: _, ...unnamed } = key.publicJwk
    const helper = await createTestKey('ES256')
    for (const jwk of [unnamed, { ...key.publicJwk, alg: named }]) {
      issuer.publish([jwk, helper.publicJwk])
      await api.refresh()
      expect(await outcome(token)).toBe('T')
    }
  })

  it.each(['ES256K', 'ES256'])('A14 refuses %s by a key on secp256k1', async (alg) => {
    const { issuer, outcome } = await createHarness({ algorithms: ['RS256', 'ES256'] })
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    issuer.publish([{ ...publicKey.export({ format: 'jwk' }), kid: 'koblitz' }, issuer.currentKey().publicJwk])
    const honest = await issuer.token()
    expect(await outcome(honest)).toBe('A')
    const header = { alg, typ: 'at+jwt', kid: 'koblitz' }
    expect(await outcome(forge(header, payloadOf(honest), ecSigner(privateKey)))).toBe('T')
  })

  it.each(['EdDSA', 'Ed25519', 'Ed448'])('A15 refuses %s by an Ed448 or X25519 key', async (alg) => {
    const { issuer, outcome } = await createHarness({
      algorithms: ['EdDSA', 'Ed25519'],
      testIssuer: { algorithm: 'EdDSA' },
    })
    const ed448 = generateKeyPairSync('ed448')
    const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' })
    issuer.publish([
      { ...ed448.publicKey.export({ format: 'jwk' }), kid: 'ed448' },
      { ...ed448.publicKey.export({ format: 'jwk' }), crv: 'Ed25519', kid: 'ed448-as-ed25519' },
      { ...x25519, kid: 'x25519' },
      { ...issuer.currentKey().publicJwk },
    ])
    const honest = await issuer.token()
    expect(await outcome(honest)).toBe('A')
    for (const chosen of ['ed448', 'ed448-as-ed25519', 'x25519', issuer.currentKey().kid]) {
      const header = { alg, typ: 'at+jwt', kid: chosen }
      expect(await outcome(forge(header, payloadOf(honest), (input) => sign(null, input, ed448.privateKey)))).toBe('T')
    }
  })

  it.each([
    { named: 'EdDSA', published: 'EdDSA' },
    { named: 'EdDSA', published: 'Ed25519' },
    { named: 'Ed25519', published: 'EdDSA' },
    { named: 'Ed25519', published: 'Ed25519' },
    { named: 'Ed25519', published: undefined },
  ])('A16 accepts the alg $named from a key published as $published', async ({ named, published }) => {
    const { issuer, outcome } = await createHarness({
      algorithms: ['EdDSA', 'Ed25519'],
      testIssuer: { algorithm: 'EdDSA' },
    })
    issuer.publish([{ ...issuer.currentKey().publicJwk, alg: published }])
    expect(await outcome(await issuer.token({}, { header: { alg: named } }))).toBe('A')
  })
})
