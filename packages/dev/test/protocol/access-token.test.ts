import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { accessTokenFor, tokensFor } from '../support/login.js'
import { apis, protocolSeed } from '../support/protocol-seed.js'
import { askForToken, machineRequest, type TokenAnswer, textOf, userId } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

const { issuer } = tenant
const all = ['read:things', 'write:things']
const kid = expect.any(String)
const times = { iat: expect.any(Number), exp: expect.any(Number) }
const jti = expect.stringMatching(/^[0-9a-f-]{36}$/)

const byDialect: readonly [api: string, typ: string, ofMachine: object, ofUser: object][] = [
  [apis.plain, 'JWT', { azp: 'machine', gty: 'client-credentials' }, { azp: 'page' }],
  [
    apis.authz,
    'JWT',
    { azp: 'machine', gty: 'client-credentials', permissions: all },
    { azp: 'page', permissions: ['read:things'] },
  ],
  [apis.profile, 'at+jwt', { client_id: 'machine', jti }, { client_id: 'page', jti }],
  [
    apis.profileAuthz,
    'at+jwt',
    { client_id: 'machine', jti, permissions: all },
    { client_id: 'page', jti, permissions: [] },
  ],
]

test.each(byDialect)('gives a machine for %s exactly the claims of its dialect', async (api, typ, own) => {
  const answer = await askForToken(tenant, machineRequest(api))
  expect(answer.body).toEqual({
    access_token: expect.any(String),
    scope: 'read:things write:things',
    expires_in: 86_400,
    token_type: 'Bearer',
  })
  const token = textOf(answer, 'access_token')
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ, kid })
  expect(decodeJwt(token)).toEqual({
    iss: issuer,
    sub: 'machine@clients',
    aud: api,
    scope: 'read:things write:things',
    ...times,
    ...own,
  })
})

const scopeOf: Readonly<Record<string, string>> = {
  [apis.authz]: 'openid email read:things',
  [apis.profileAuthz]: 'openid email',
}

test.each(byDialect)('gives a user for %s exactly the claims of its dialect', async (audience, typ, _, own) => {
  const fields = { audience, scope: 'openid email read:things write:things delete:things' }
  const answer = await tokensFor(tenant, { fields, email: 'rob@example.com' })
  const scope = scopeOf[audience] ?? 'openid email read:things write:things'
  expect(answer.body).toEqual({
    access_token: expect.any(String),
    id_token: expect.any(String),
    scope,
    expires_in: 86_400,
    token_type: 'Bearer',
  })
  const token = textOf(answer, 'access_token')
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ, kid })
  expect(decodeJwt(token)).toEqual({
    iss: issuer,
    sub: userId(tenant, 'rob@example.com'),
    aud: [audience, `${issuer}userinfo`],
    scope,
    ...times,
    ...own,
  })
})

test.each<[what: string, ask: () => Promise<TokenAnswer>]>([
  ['a page', () => tokensFor(tenant, { fields: { audience: apis.plain } })],
  ['a web app', () => tokensFor(tenant, { fields: { audience: apis.plain, client_id: 'web' } })],
  ['a machine', () => askForToken(tenant, machineRequest(apis.plain))],
])('lasts for %s as long as the API says, and not as it says for flows that are not here', async (_, ask) => {
  const { resourceServers } = tenant.state
  const api = resourceServers.list().find(({ identifier }) => identifier === apis.plain)
  if (api === undefined) throw new Error('No such API')
  resourceServers.put({ ...api, token_lifetime: 500, token_lifetime_for_web: 300 })
  const answer = await ask()
  resourceServers.put(api)
  expect(answer.body['expires_in']).toBe(500)
  const { iat = 0, exp } = decodeJwt(textOf(answer, 'access_token'))
  expect(exp).toBe(iat + 500)
})

test('has one audience where nobody asked for openid, and no scope where there is none', async () => {
  const claims = decodeJwt(await accessTokenFor(tenant, { fields: { audience: apis.plain, scope: '' } }))
  expect(claims).toEqual({ iss: issuer, sub: expect.any(String), aud: apis.plain, azp: 'page', ...times })
})

test('has the organization, and the permissions that the user has as its member', async () => {
  const organization = tenant.state.organizations.list()[0]?.id ?? ''
  const scope = 'read:things'
  const login = { fields: { audience: apis.authz, scope, organization: 'acme' }, email: 'eve@example.com' }
  const claims = decodeJwt(await accessTokenFor(tenant, login))
  expect(claims).toMatchObject({ org_id: organization, scope, permissions: all })
  const outside = decodeJwt(await accessTokenFor(tenant, { ...login, fields: { audience: apis.authz, scope } }))
  expect(outside).not.toHaveProperty('org_id')
  expect(outside).not.toHaveProperty('scope')
  expect(outside).toMatchObject({ permissions: [] })
})

test('narrows what a machine gets only where that was asked for', async () => {
  const fields = machineRequest(apis.plain, { scope: 'read:things' })
  expect(await askForToken(tenant, fields)).toMatchObject({ body: { scope: 'read:things write:things' } })
  const strict = await createTenant(issuer, { seed: protocolSeed, strictClientScope: true })
  expect(await askForToken(strict, fields)).toMatchObject({ body: { scope: 'read:things' } })
  expect(await askForToken(strict, machineRequest(apis.plain))).toMatchObject({
    body: { scope: 'read:things write:things' },
  })
})

test('gives a machine what its grant says', async () => {
  const answer = await askForToken(tenant, machineRequest(apis.plain, { client_id: 'reader' }))
  expect(answer).toMatchObject({ status: 200, body: { scope: 'read:things' } })
})

test.each([
  ['an API that is closed to users', apis.closed],
  ['an API that users need a grant for', apis.granted],
])('gives users nothing for %s', async (_, audience) => {
  expect(await tokensFor(tenant, { fields: { audience } })).toMatchObject({
    status: 403,
    body: { error: 'access_denied', error_description: expect.stringContaining('You need to create a "client-grant"') },
  })
})

test('gives a token of five parts without an audience, which says nothing', async () => {
  const answer = await tokensFor(tenant)
  expect(answer.body).toMatchObject({ scope: 'openid profile email', expires_in: 86_400, token_type: 'Bearer' })
  const token = textOf(answer, 'access_token')
  const parts = token.split('.')
  expect(parts).toHaveLength(5)
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'dir', enc: 'A256GCM', iss: issuer })
  expect(Buffer.from(parts[3] ?? '', 'base64url').toString('latin1')).not.toContain('auth0|')
})

test('takes the default audience where nobody says another', async () => {
  const defaultAudience = apis.plain
  const other = await createTenant(issuer, { seed: { ...protocolSeed, settings: { defaultAudience } } })
  expect(decodeJwt(await accessTokenFor(other))).toMatchObject({ aud: [apis.plain, `${issuer}userinfo`] })
  const machine = await askForToken(other, machineRequest(''))
  expect(decodeJwt(textOf(machine, 'access_token'))).toMatchObject({ aud: apis.plain })
  const asked = decodeJwt(await accessTokenFor(other, { fields: { audience: apis.profile, scope: '' } }))
  expect(asked).toMatchObject({ aud: apis.profile })
})

test('takes resource for audience', async () => {
  const fields = { resource: apis.plain, scope: '' }
  expect(decodeJwt(await accessTokenFor(tenant, { fields }))).toMatchObject({ aud: apis.plain })
  const machine = await askForToken(tenant, machineRequest('', { resource: apis.plain }))
  expect(machine).toMatchObject({ status: 200 })
  expect(decodeJwt(textOf(machine, 'access_token'))).toMatchObject({ aud: apis.plain })
})

test('gives an ID token with exactly the claims of its scopes', async () => {
  const answer = await tokensFor(tenant, { fields: { max_age: '60' } })
  const { nonce, ...claims } = decodeJwt(textOf(answer, 'id_token'))
  expect(nonce).toBe('a-nonce')
  expect(claims).toEqual({
    iss: issuer,
    aud: 'page',
    sub: userId(tenant, 'ada@example.com'),
    ...times,
    auth_time: expect.any(Number),
    at_hash: expect.stringMatching(/^[\w-]{22}$/),
    sid: expect.any(String),
    name: 'Ada Lovelace',
    given_name: 'Ada',
    family_name: 'Lovelace',
    nickname: 'ada',
    picture: expect.stringContaining('https://s.gravatar.com/avatar/'),
    updated_at: expect.any(String),
    email: 'ada@example.com',
    email_verified: true,
  })
  const bare = await tokensFor(tenant, { fields: { scope: 'openid', nonce: '' } })
  expect(Object.keys(decodeJwt(textOf(bare, 'id_token'))).sort()).toEqual(
    ['aud', 'at_hash', 'auth_time', 'exp', 'iat', 'iss', 'sid', 'sub'].sort(),
  )
})
