import { generateKeyPair, type JWK } from 'jose'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { codeFor, codeRequest, tokensFor } from '../support/login.js'
import { createProofKey, nonceOf, type ProofChanges } from '../support/proofs.js'
import { apis, protocolSeed, secret } from '../support/protocol-seed.js'
import { askForToken, type Fields, machineRequest, textOf } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())
afterEach(() => tenant.clock.skew(0))

const key = await createProofKey(tenant)
const otherKey = await createProofKey(tenant)
const other = await generateKeyPair('ES256')
const machine = machineRequest(apis.dpopAllowed)
const now = tenant.clock.nowSeconds()
const bad = { status: 400, body: { error: 'invalid_dpop_proof' } }

test.each<[what: string, changed: ProofChanges]>([
  ['nothing special', {}],
  ['an htu with a query', { claims: { htu: `${tenant.issuer}oauth/token?a=b` } }],
  ['an htu whose host has capitals', { claims: { htu: 'https://TENANT.test:443/oauth/token' } }],
  ['an iat a little old', { claims: { iat: now - 60 } }],
  ['an iat a little ahead', { claims: { iat: now + 60 } }],
])('takes a proof with %s', async (_, changed) => {
  const answer = await askForToken(tenant, machine, { dpop: await key.prove(changed) })
  expect(answer).toMatchObject({ status: 200, body: { token_type: 'DPoP' } })
})

test.each<[what: string, changed: ProofChanges]>([
  ['another method', { claims: { htm: 'GET' } }],
  ['a method in lower case', { claims: { htm: 'post' } }],
  ['no method', { claims: { htm: undefined } }],
  ['another path', { claims: { htu: `${tenant.issuer}userinfo` } }],
  ['another host', { claims: { htu: 'https://other.test/oauth/token' } }],
  ['another scheme', { claims: { htu: 'http://tenant.test/oauth/token' } }],
  ['no URI', { claims: { htu: undefined } }],
  ['a URI that is none', { claims: { htu: 'oauth/token' } }],
  ['an iat of long ago', { claims: { iat: now - 3600 } }],
  ['an iat to come', { claims: { iat: now + 3600 } }],
  ['no iat', { claims: { iat: undefined } }],
  ['a text for an iat', { claims: { iat: String(now) } }],
  ['no jti', { claims: { jti: undefined } }],
  ['an empty jti', { claims: { jti: '' } }],
  ['a huge jti', { claims: { jti: 'x'.repeat(1000) } }],
  ['a jti that is a number', { claims: { jti: 1 } }],
  ['another type', { header: { typ: 'JWT' } }],
  ['no key', { header: { jwk: undefined } }],
  ['another key than signed it', { header: { jwk: otherKey.publicJwk } }],
  ['its private key', { header: { jwk: key.privateJwk } }],
])('refuses a proof with %s', async (_, changed) => {
  const answer = await askForToken(tenant, machine, { dpop: await key.prove(changed) })
  expect(answer).toMatchObject(bad)
  expect(JSON.stringify(answer.body)).not.toMatch(/eyJ|at .+:\d+:\d+/)
})

const symmetric: JWK = { kty: 'oct', k: Buffer.from('k'.repeat(32)).toString('base64url') }
test.each([
  ['text that is no JWT', 'nothing'],
  ['an empty text', ''],
  ['two proofs', `${await key.prove()}, ${await key.prove()}`],
  ['no signature', `${btoa(JSON.stringify({ typ: 'dpop+jwt', alg: 'none', jwk: key.publicJwk }))}.e30.`],
  ['a key that is a secret', `${btoa(JSON.stringify({ typ: 'dpop+jwt', alg: 'HS256', jwk: symmetric }))}.e30.AAAA`],
])('refuses %s for a proof', async (_, dpop) => {
  expect(await askForToken(tenant, machine, { dpop })).toMatchObject(bad)
})

test('takes a proof once, also of many at the same time', async () => {
  const dpop = await key.prove()
  const answers = await Promise.all(Array.from({ length: 20 }, () => askForToken(tenant, machine, { dpop })))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
})

test('lets two keys use the same jti', async () => {
  const jti = 'the-same'
  for (const one of [key, otherKey]) {
    expect(await askForToken(tenant, machine, { dpop: await one.prove({ claims: { jti } }) })).toMatchObject({
      status: 200,
    })
  }
})

test('asks a public client for a nonce, and takes the code after that', async () => {
  const code = await codeFor(tenant, { fields: { audience: apis.dpopAllowed } })
  const challenge = await askForToken(tenant, codeRequest(code), { dpop: await key.prove() })
  expect(challenge).toMatchObject({ status: 400 })
  expect(challenge.body).toEqual({
    error: 'use_dpop_nonce',
    error_description: 'Authorization server requires nonce in DPoP proof',
  })
  const nonce = challenge.headers.get('dpop-nonce') ?? ''
  expect(nonce).toMatch(/^[\w-]{43}$/)
  const dpop = await key.prove({ claims: { nonce } })
  expect(await askForToken(tenant, codeRequest(code), { dpop })).toMatchObject({
    status: 200,
    body: { token_type: 'DPoP' },
  })
})

test.each([
  ['that is wrong', 'wrong', 0],
  ['that is a number', 1, 0],
  ['of another time', undefined, 3600],
])('asks again after a nonce %s', async (_, given, ahead) => {
  const nonce = given ?? (await nonceOf(tenant, key))
  tenant.clock.skew(ahead)
  const dpop = await key.prove({ claims: { nonce } })
  expect(await askForToken(tenant, machine, { dpop })).toMatchObject({
    status: 400,
    body: { error: 'use_dpop_nonce' },
  })
})

test('takes a nonce for a while after there is a newer one', async () => {
  const nonce = await nonceOf(tenant, key)
  tenant.clock.skew(300)
  expect(await nonceOf(tenant, key)).not.toBe(nonce)
  expect(await askForToken(tenant, machine, { dpop: await key.prove({ claims: { nonce } }) })).toMatchObject({
    status: 200,
  })
})

test.each<[what: string, proof: 'same' | 'other' | 'none', status: number]>([
  ['the key that it names', 'same', 200],
  ['another key', 'other', 400],
  ['no key', 'none', 400],
])('gives for a code with dpop_jkt, and %s: %s', async (_, proof, status) => {
  const code = await codeFor(tenant, { fields: { audience: apis.dpopAllowed, dpop_jkt: key.jkt } })
  const used = proof === 'other' ? otherKey : key
  const dpop = await used.prove({ claims: { nonce: await nonceOf(tenant, used) } })
  const answer = await askForToken(tenant, codeRequest(code), proof === 'none' ? {} : { dpop })
  expect(answer.status).toBe(status)
  expect(answer.body['error']).toBe(status === 200 ? undefined : 'invalid_dpop_proof')
})

const offline = { audience: apis.dpopAllowed, scope: 'openid offline_access' }

async function proven(used = key): Promise<Fields> {
  return { dpop: await used.prove({ claims: { nonce: await nonceOf(tenant, used) } }) }
}

test('binds the refresh token of a public client to its key', async () => {
  const tokens = await tokensFor(tenant, { fields: offline }, await proven())
  const fields = { grant_type: 'refresh_token', client_id: 'page', refresh_token: textOf(tokens, 'refresh_token') }
  const refused = { status: 403, body: { error: 'invalid_grant' } }
  expect(await askForToken(tenant, fields)).toMatchObject(refused)
  expect(await askForToken(tenant, fields, await proven(otherKey))).toMatchObject(refused)
  const refreshed = await askForToken(tenant, fields, await proven())
  expect(refreshed).toMatchObject({ status: 200, body: { token_type: 'DPoP' } })
  const again = { ...fields, refresh_token: textOf(refreshed, 'refresh_token') }
  expect(await askForToken(tenant, again)).toMatchObject(refused)
  expect(await askForToken(tenant, again, await proven())).toMatchObject({ status: 200 })
})

test('lets a confidential client refresh with another key', async () => {
  const tokens = await tokensFor(tenant, { fields: { ...offline, client_id: 'web' } }, { dpop: await key.prove() })
  const refresh_token = textOf(tokens, 'refresh_token')
  const fields = { grant_type: 'refresh_token', client_id: 'web', client_secret: secret, refresh_token }
  expect(await askForToken(tenant, fields, { dpop: await otherKey.prove() })).toMatchObject({
    status: 200,
    body: { token_type: 'DPoP' },
  })
})

test('refuses a proof that somebody else signed in the name of the key', async () => {
  const forged = await key.prove()
  const [header, payload] = forged.split('.')
  const signature = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-256' },
    other.privateKey,
    new TextEncoder().encode(`${header}.${payload}`),
  )
  const dpop = `${header}.${payload}.${Buffer.from(signature).toString('base64url')}`
  expect(await askForToken(tenant, machine, { dpop })).toMatchObject(bad)
})
