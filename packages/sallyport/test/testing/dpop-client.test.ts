import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ProofAlgorithmName } from '../../src/index.js'
import {
  createTestClock,
  createTestIssuer,
  createTestKey,
  type DpopClient,
  dpopClient,
  type ProofOptions,
  type TestIssuer,
} from '../../src/testing/index.js'

const algorithms: readonly ProofAlgorithmName[] = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'RS256']

let issuer: TestIssuer
beforeAll(async () => {
  issuer = await createTestIssuer({ algorithm: 'ES256' })
})

describe('the proofs of a DPoP client', () => {
  let client: DpopClient
  let foreignKey: Awaited<ReturnType<typeof createTestKey>>
  const clock = createTestClock(1_800_000_000)
  beforeAll(async () => {
    client = await dpopClient({ issuer, clock })
    foreignKey = await createTestKey('ES256')
  })

  it.each(algorithms)('are signed with %s as another library understands it', async (algorithm) => {
    const { key, jkt, publicJwk, proof } = await dpopClient({ issuer, algorithm })
    const text = await proof({ url: 'https://api.test/', token: 'token' })
    const { protectedHeader, payload } = await jwtVerify(text, await importJWK(publicJwk, algorithm), {
      typ: 'dpop+jwt',
    })
    expect(protectedHeader).toEqual({ typ: 'dpop+jwt', alg: algorithm, jwk: publicJwk })
    expect(Object.keys(publicJwk).filter((name) => !['kty', 'crv', 'x', 'y', 'n', 'e'].includes(name))).toEqual([])
    expect(payload).toEqual({
      ...{
        jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
        htm: 'GET',
        htu: 'https://api.test/',
        iat: expect.any(Number),
      },
      ath: createHash('sha256').update('token').digest('base64url'),
    })
    expect([key.algorithm, jkt]).toEqual([algorithm, await calculateJwkThumbprint(publicJwk)])
  })

  it.each<[string, Partial<ProofOptions>, Readonly<Record<string, unknown>>]>([
    ['url', { url: 'https://other.test/a/b?c#d' }, { htu: 'https://other.test/a/b' }],
    ['url with a fragment that has a query', { url: 'https://other.test/#a?b' }, { htu: 'https://other.test/' }],
    ['method', { method: 'patch' }, { htm: 'patch' }],
    ['token', { token: 'other' }, { ath: createHash('sha256').update('other').digest('base64url') }],
    ['nonce', { nonce: 'n' }, { nonce: 'n' }],
    ['nonce', { nonce: undefined }, { nonce: undefined }],
    ['standard claims', { claims: {} }, { iat: 1_800_000_000, ath: undefined, nonce: undefined }],
    ...['jti', 'htm', 'htu', 'iat', 'ath', 'nonce', 'exp', 'x'].flatMap((name) =>
      ['text', 5, null, ['a'], undefined].map((value): [string, Partial<ProofOptions>, Record<string, unknown>] => [
        `the claim ${name}`,
        { token: 't', nonce: 'n', claims: { [name]: value } },
        { [name]: value },
      ]),
    ),
  ])('have the %s of %j', async (_, options, expected) => {
    const claims = decodeJwt(await client.proof({ url: 'https://api.test/', ...options }))
    for (const [name, value] of Object.entries(expected)) expect(claims[name]).toEqual(value)
    for (const name of ['jti', 'htm', 'htu', 'iat']) if (!(name in expected)) expect(claims[name]).toBeDefined()
  })

  it.each(
    ['typ', 'alg', 'jwk', 'kid', 'crit'].flatMap((name) =>
      ['text', 5, null, {}, undefined].map((value) => [name, value] as const),
    ),
  )('have the header parameter %s of %j', async (name, value) => {
    const header = { [name]: value }
    const [encoded = ''] = (await client.proof({ url: 'https://api.test/', header })).split('.')
    const written = JSON.parse(Buffer.from(encoded, 'base64url').toString())
    const { typ, alg, jwk, ...more } = { typ: 'dpop+jwt', alg: 'ES256', jwk: client.publicJwk, ...header }
    expect(written).toEqual(JSON.parse(JSON.stringify({ typ, alg, jwk, ...more })))
  })

  it('can be signed by another key without telling', async () => {
    const proof = await client.proof({ url: 'https://api.test/', signWith: foreignKey })
    expect(decodeProtectedHeader(proof)).toMatchObject({ alg: 'ES256', jwk: client.publicJwk })
    const options = { typ: 'dpop+jwt' }
    await expect(jwtVerify(proof, await importJWK(client.publicJwk, 'ES256'), options)).rejects.toThrow('signature')
    await jwtVerify(proof, await importJWK(foreignKey.publicJwk, 'ES256'), options)
  })

  it('are never the same twice', async () => {
    const proofs = await Promise.all(Array.from({ length: 50 }, () => client.proof({ url: 'https://api.test/' })))
    expect(new Set(proofs.map((proof) => decodeJwt(proof).jti)).size).toBe(50)
  })

  it('come with tokens that are bound to their key unless they are told otherwise', async () => {
    const withClaims = await dpopClient({ issuer, claims: { scope: 'a', sub: 'own' } })
    expect(decodeJwt(await withClaims.token())).toMatchObject({ cnf: { jkt: withClaims.jkt }, scope: 'a', sub: 'own' })
    expect(decodeJwt(await withClaims.token({ scope: 'b', cnf: undefined }))).toEqual(
      expect.not.objectContaining({ cnf: expect.anything() }),
    )
    const expired = decodeJwt(await withClaims.token({ cnf: { jkt: 'x' } }, { expiresInSeconds: -60 }))
    expect(expired).toMatchObject({ cnf: { jkt: 'x' }, scope: 'a' })
    expect(Number(expired.exp)).toBeLessThan(Date.now() / 1000)
    const { authorization, dpop } = await withClaims.headers({ url: 'https://api.test/?a', method: 'PUT', nonce: 'n' })
    const ath = createHash('sha256').update(authorization.slice('DPoP '.length)).digest('base64url')
    expect(decodeJwt(dpop)).toMatchObject({ htm: 'PUT', htu: 'https://api.test/', nonce: 'n', ath })
  })
})
