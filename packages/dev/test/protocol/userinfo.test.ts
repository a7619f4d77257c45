import { createHash } from 'node:crypto'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { accessTokenFor, tokensFor } from '../support/login.js'
import { createProofKey, nonceOf } from '../support/proofs.js'
import { apis, protocolSeed } from '../support/protocol-seed.js'
import { askForToken, machineRequest, textOf, userId } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())
afterEach(() => tenant.clock.skew(0))

async function userinfo(headers: Readonly<Record<string, string>>, method = 'GET') {
  const response = await tenant.fetch(`${tenant.issuer}userinfo`, { method, headers })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const sub = userId(tenant, 'ada@example.com')
const email = { email: 'ada@example.com', email_verified: true }
const opaque = await accessTokenFor(tenant, { fields: { scope: 'openid email' } })
const jwt = await accessTokenFor(tenant, { fields: { scope: 'openid email', audience: apis.plain } })

test.each([
  ['an opaque token', opaque, 'GET'],
  ['a JWT for it too', jwt, 'GET'],
  ['a POST', jwt, 'POST'],
])('tells of the user with %s', async (_, token, method) => {
  const answer = await userinfo(bearer(token), method)
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.text)).toEqual({ sub, ...email })
})

test('tells what the scopes let it', async () => {
  const bare = await userinfo(bearer(await accessTokenFor(tenant, { fields: { scope: 'openid' } })))
  expect(JSON.parse(bare.text)).toEqual({ sub })
  const full = await userinfo(bearer(await accessTokenFor(tenant)))
  expect(JSON.parse(full.text)).toMatchObject({ sub, ...email, name: 'Ada Lovelace', nickname: 'ada' })
  expect(full.text).not.toMatch(/password|hash|app_metadata/)
})

const [, ...opaqueRest] = opaque.split('.')
const other = await createTenant('https://tenant.test/', { seed: protocolSeed })

test.each([
  ['no token', {}],
  ['a token without openid', bearer(await accessTokenFor(tenant, { fields: { audience: apis.plain, scope: '' } }))],
  ['a token of a machine', bearer(textOf(await askForToken(tenant, machineRequest(apis.plain)), 'access_token'))],
  ['an ID token', bearer(textOf(await tokensFor(tenant), 'id_token'))],
  ['an opaque token of another tenant', bearer(await accessTokenFor(other))],
  ['a JWT of another tenant', bearer(await accessTokenFor(other, { fields: { audience: apis.plain } }))],
  ['an opaque token that was changed', bearer(`${opaque.slice(0, -22)}${'A'.repeat(22)}`)],
  ['an opaque token with another header', bearer([btoa('{"alg":"dir","enc":"A128GCM"}'), ...opaqueRest].join('.'))],
  ['five parts of nothing', bearer('a.b.c.d.e')],
  ['another scheme', { authorization: `Basic ${opaque}` }],
])('tells nothing with %s', async (_, headers) => {
  const answer = await userinfo(headers)
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="userinfo"/)
  expect(answer.text).toBe('Unauthorized')
})

test('tells nothing after a token has expired', async () => {
  tenant.clock.skew(86_500)
  expect((await userinfo(bearer(opaque))).status).toBe(401)
  expect((await userinfo(bearer(jwt))).status).toBe(401)
})

test('tells nothing of a user who is gone', async () => {
  const user = tenant.state.users.get(sub)
  if (user === undefined) throw new Error('No such user')
  tenant.state.users.delete(sub)
  const answer = await userinfo(bearer(opaque))
  tenant.state.users.put(user)
  expect(answer.status).toBe(401)
})

const key = await createProofKey(tenant)
const otherKey = await createProofKey(tenant)
const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

test.each([
  ['opaque', ''],
  ['a JWT', apis.dpopAllowed],
])('wants a proof of the key of a token that is bound and %s', async (_, audience) => {
  const nonce = await nonceOf(tenant, key)
  const headers = { dpop: await key.prove({ claims: { nonce } }) }
  const fields = { audience, scope: 'openid email' }
  const answer = await tokensFor(tenant, { fields }, headers)
  expect(answer.body['token_type']).toBe('DPoP')
  const token = textOf(answer, 'access_token')
  const claims = { htm: 'GET', htu: `${tenant.issuer}userinfo`, ath: hashOf(token) }
  const prove = (changed = {}) => key.prove({ claims: { ...claims, ...changed } })
  const authorization = `DPoP ${token}`
  expect((await userinfo({ authorization, dpop: await prove() })).status).toBe(200)
  const refused = [
    bearer(token),
    { authorization },
    { ...bearer(token), dpop: await prove() },
    { authorization, dpop: await prove({ ath: undefined }) },
    { authorization, dpop: await prove({ ath: hashOf('other') }) },
    { authorization, dpop: await prove({ htm: 'POST' }) },
    { authorization, dpop: await prove({ htu: `${tenant.issuer}oauth/token` }) },
    { authorization, dpop: await otherKey.prove({ claims }) },
  ]
  for (const given of refused) {
    const { status, headers: answered } = await userinfo(given)
    expect(status).toBe(401)
    expect(answered.get('www-authenticate')).toMatch(/^DPoP /)
  }
})
