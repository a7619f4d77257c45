import { decodeJwt } from 'jose'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { accessTokenFor, tokensFor } from '../support/login.js'
import { apis, protocolSeed, secret } from '../support/protocol-seed.js'
import { askForToken, changeClient, type Fields, machineRequest, textOf, userId } from '../support/token-requests.js'

const custom = 'urn:example:ticket'
const delegated = 'urn:example:delegated'
const ada = () => userId(tenant, 'ada@example.com')
const tenant = await createTenant('https://tenant.test/', {
  seed: protocolSeed,
  exchangeProfiles: {
    [custom]: async (ticket) => (ticket === 'a-good-ticket' ? ada() : undefined),
    [delegated]: (ticket, actor) =>
      ticket === 'a-good-ticket' && actor?.token === 'a-good-actor' && actor.type === custom
        ? { user: ada(), actor: { sub: 'an-agent' } }
        : ticket === 'a-good-ticket'
          ? ada()
          : undefined,
  },
})
let restore: () => void = () => {}
afterAll(() => tenant.close())
afterEach(() => {
  restore()
  restore = () => {}
  tenant.clock.skew(0)
})

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const gateway = { client_id: 'gateway', client_secret: secret }

function exchange(subject_token: string, changed: Fields = {}) {
  return askForToken(tenant, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    ...gateway,
    subject_token,
    subject_token_type: accessTokenType,
    requested_token_type: accessTokenType,
    audience: apis.authz,
    scope: 'read:things',
    ...changed,
  })
}

const subject = await accessTokenFor(tenant, { fields: { audience: apis.plain, scope: 'openid read:things' } })

test('acts on behalf of a user, and says who acts', async () => {
  const answer = await exchange(subject)
  expect(answer.body).toEqual({
    access_token: expect.any(String),
    issued_token_type: accessTokenType,
    scope: 'read:things',
    expires_in: 86_400,
    token_type: 'Bearer',
  })
  expect(decodeJwt(textOf(answer, 'access_token'))).toMatchObject({
    sub: ada(),
    aud: apis.authz,
    azp: 'gateway',
    act: { sub: 'gateway', act: { sub: 'page' } },
  })
})

test('gives no refresh token to one who acts for another', async () => {
  const answer = await exchange(subject, { audience: apis.plain, scope: 'openid offline_access' })
  expect(answer).toMatchObject({ status: 200 })
  expect(answer.body).not.toHaveProperty('refresh_token')
})

test('keeps the chain of those who act, and ends it when it is too long', async () => {
  let token = subject
  let act: object = { sub: 'page' }
  for (const _ of [2, 3, 4]) {
    token = textOf(await exchange(token, { audience: apis.plain }), 'access_token')
    act = { sub: 'gateway', act }
    expect(decodeJwt(token)['act']).toEqual(act)
  }
  expect(await exchange(token)).toMatchObject({
    status: 400,
    body: {
      error: 'invalid_request',
      error_description: 'Delegation chain (`act` claim) depth exceeds the maximum allowed limit of 4',
    },
  })
})

test.each<[what: string, changed: Fields]>([
  ['"resource"', { audience: '', resource: apis.authz }],
  ['"audience"', {}],
])('takes the API from %s', async (_, changed) => {
  const answer = await exchange(subject, changed)
  expect(decodeJwt(textOf(answer, 'access_token'))).toMatchObject({ aud: apis.authz, act: { sub: 'gateway' } })
})

test('takes the default API where the request names none, and wants one', async () => {
  const answer = await exchange(subject, { audience: '' })
  expect(answer).toMatchObject({ status: 400, body: { error_description: 'Missing required parameter: audience' } })
  const settings = tenant.state.settings.get()
  restore = () => tenant.state.settings.set(settings)
  tenant.state.settings.set({ ...settings, default_audience: apis.authz })
  expect(await exchange(subject, { audience: '' })).toMatchObject({ status: 200 })
})

test('keeps the organization that the user has logged in to', async () => {
  const fields = { audience: apis.plain, organization: 'acme' }
  const ofMember = await accessTokenFor(tenant, { fields, email: 'eve@example.com' })
  const claims = decodeJwt(textOf(await exchange(ofMember), 'access_token'))
  const everything = ['read:things', 'write:things']
  expect(claims).toMatchObject({ org_id: acme().id, scope: 'read:things', permissions: everything })
  restore = leave(acme())
  expect(await exchange(ofMember)).toMatchObject({ status: 403, body: { error: 'access_denied' } })
})

const acme = () => {
  const [organization] = tenant.state.organizations.list()
  if (organization === undefined) throw new Error('No organization')
  return organization
}

function leave(organization: ReturnType<typeof acme>): () => void {
  tenant.state.organizations.put({ ...organization, members: [] })
  return () => void tenant.state.organizations.put(organization)
}

const machineToken = textOf(await askForToken(tenant, machineRequest(apis.plain)), 'access_token')
const tokens = await tokensFor(tenant, { fields: { audience: apis.plain } })
const other = await createTenant(tenant.issuer, { seed: protocolSeed })

test.each<[what: string, token: string, changed: Fields]>([
  ['a token for another API', await accessTokenFor(tenant, { fields: { audience: apis.authz } }), {}],
  ['a token for /userinfo', await accessTokenFor(tenant), {}],
  ['an ID token', textOf(tokens, 'id_token'), {}],
  ['a token of a machine', machineToken, {}],
  ['a token of another tenant', await accessTokenFor(other, { fields: { audience: apis.plain } }), {}],
  ['a token with another signature', `${subject.slice(0, -8)}AAAAAAAA`, {}],
  ['a token without a signature', `${btoa('{"alg":"none"}')}.${subject.split('.')[1]}.`, {}],
  ['no JWT', 'nothing', {}],
  ['another type to get', subject, { requested_token_type: 'urn:ietf:params:oauth:token-type:saml2' }],
  ['no type', subject, { subject_token_type: '' }],
  ['a type that nobody knows', subject, { subject_token_type: 'urn:example:unknown' }],
  ['an API that it has no grant for', subject, { audience: apis.profile }],
  ['an actor beside itself', subject, { actor_token: 'somebody', actor_token_type: custom }],
  ['a name of every object for a type', subject, { subject_token_type: 'constructor' }],
])('gives nothing for %s', async (_, token, changed) => {
  const answer = await exchange(token, changed)
  expect([400, 403]).toContain(answer.status)
  expect(answer.body).not.toHaveProperty('access_token')
  expect(JSON.stringify(answer.body)).not.toMatch(/eyJ|node_modules|at .+:\d+:\d+/)
})

test('gives nothing for a token that has expired', async () => {
  tenant.clock.skew(86_500)
  expect(await exchange(subject)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
})

test.each<[what: string, change: () => () => void]>([
  ['an application that is no API', () => changeClient(tenant, 'gateway', { app_type: 'regular_web' })],
  [
    'an application without leave',
    () => changeClient(tenant, 'gateway', { token_exchange: { allow_any_profile_of_type: [] } }),
  ],
  ['an API that nobody named', () => changeClient(tenant, 'gateway', { resource_server_identifier: apis.authz })],
  ['a user who is blocked', () => block('ada@example.com')],
])('gives nothing to or for %s', async (_, change) => {
  restore = change()
  const answer = await exchange(subject)
  expect([400, 403]).toContain(answer.status)
  expect(answer.body).not.toHaveProperty('access_token')
})

test('gives nothing to an API that is linked to none', async () => {
  const { resource_server_identifier: _, ...unlinked } = tenant.state.clients.get('gateway') ?? {}
  restore = changeClient(tenant, 'gateway', {})
  tenant.state.clients.put(unlinked as NonNullable<ReturnType<typeof tenant.state.clients.get>>)
  expect(await exchange(subject)).toMatchObject({ status: 400 })
})

function block(email: string): () => void {
  const user = tenant.state.users.get(userId(tenant, email))
  if (user === undefined) throw new Error('No such user')
  tenant.state.users.put({ ...user, blocked: true })
  return () => void tenant.state.users.put(user)
}

test('needs a grant for an API that demands one of users', async () => {
  expect(await exchange(subject, { audience: apis.granted })).toMatchObject({ status: 403 })
  const id = 'cgr_gateway'
  const scope = ['read:things']
  tenant.state.clientGrants.put({ id, client_id: 'gateway', audience: apis.granted, scope, subject_type: 'user' })
  const answer = await exchange(subject, { audience: apis.granted, scope: 'read:things write:things' })
  tenant.state.clientGrants.delete(id)
  expect(answer).toMatchObject({ status: 200, body: { scope: 'read:things' } })
})

const profile = { token_exchange: { allow_any_profile_of_type: ['custom_authentication'] } }
const web = { client_id: 'web', client_secret: secret, subject_token_type: custom }

test('lets a profile decide who the user is', async () => {
  restore = changeClient(tenant, 'web', profile)
  const scope = 'openid offline_access read:things'
  const answer = await exchange('a-good-ticket', { ...web, audience: apis.plain, scope })
  expect(answer).toMatchObject({ status: 200, body: { issued_token_type: accessTokenType, scope } })
  expect(decodeJwt(textOf(answer, 'access_token'))).toMatchObject({ sub: ada(), azp: 'web' })
  expect(decodeJwt(textOf(answer, 'id_token'))).toMatchObject({ sub: ada() })
  expect(textOf(answer, 'refresh_token')).toMatch(/^v1\./)
})

test('gives nothing where a profile says no, or is not allowed', async () => {
  expect(await exchange('a-good-ticket', web)).toMatchObject({ status: 403, body: { error: 'unauthorized_client' } })
  restore = changeClient(tenant, 'web', profile)
  const answer = await exchange('a-bad-ticket', web)
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  expect(JSON.stringify(answer.body)).not.toContain('a-bad-ticket')
})

test('lets a profile say who acts for the user', async () => {
  restore = changeClient(tenant, 'web', profile)
  const fields = { ...web, subject_token_type: delegated, audience: apis.plain }
  const actor = { actor_token: 'a-good-actor', actor_token_type: custom }
  const answer = await exchange('a-good-ticket', { ...fields, ...actor })
  expect(decodeJwt(textOf(answer, 'access_token'))).toMatchObject({ sub: ada(), act: { sub: 'an-agent' } })
  const alone = await exchange('a-good-ticket', fields)
  expect(decodeJwt(textOf(alone, 'access_token'))).not.toHaveProperty('act')
})

test.each<[what: string, changed: Fields]>([
  ['an actor that the profile does not take', { actor_token: 'a-bad-actor', actor_token_type: custom }],
  ['an actor without a type', { actor_token: 'a-good-actor' }],
  ['the type of an actor alone', { actor_token_type: custom }],
  ['an organization that nobody knows', { organization: 'nowhere' }],
])('gives nothing by a profile for %s', async (_, changed) => {
  restore = changeClient(tenant, 'web', profile)
  const fields = { ...web, subject_token_type: delegated, audience: apis.plain }
  const answer = await exchange('a-good-ticket', { ...fields, ...changed })
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
})

test('lets a profile give a token for an organization of the user', async () => {
  restore = changeClient(tenant, 'web', profile)
  const fields = { ...web, audience: apis.plain, organization: 'acme' }
  expect(decodeJwt(textOf(await exchange('a-good-ticket', fields), 'access_token'))).toMatchObject({
    org_id: acme().id,
  })
})

const vaultType = 'http://auth0.com/oauth/token-type/federated-connection-access-token'
const refreshTokenType = 'urn:ietf:params:oauth:token-type:refresh_token'

async function refreshTokenOf(email: string): Promise<string> {
  const fields = { client_id: 'web', audience: apis.plain, scope: 'openid offline_access' }
  return textOf(await tokensFor(tenant, { fields, email }), 'refresh_token')
}

function fromVault(subject_token: string, changed: Fields = {}) {
  return askForToken(tenant, {
    grant_type: 'urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token',
    client_id: 'web',
    client_secret: secret,
    subject_token,
    subject_token_type: refreshTokenType,
    requested_token_type: vaultType,
    connection: 'calendar',
    ...changed,
  })
}

test('gives the token of a connection for a refresh token, and to an API for its access token', async () => {
  const body = {
    access_token: 'a-token-of-the-calendar',
    issued_token_type: vaultType,
    expires_in: 3600,
    token_type: 'Bearer',
  }
  const byRefreshToken = await fromVault(await refreshTokenOf('eve@example.com'))
  expect(byRefreshToken).toMatchObject({ status: 200 })
  expect(byRefreshToken.body).toEqual(body)
  const token = await accessTokenFor(tenant, { fields: { audience: apis.plain }, email: 'eve@example.com' })
  const byAccessToken = await fromVault(token, { ...gateway, subject_token_type: accessTokenType })
  expect(byAccessToken.body).toEqual(body)
})

const ofEve = await refreshTokenOf('eve@example.com')
const evesTokens = await tokensFor(tenant, { fields: { audience: apis.authz }, email: 'eve@example.com' })

test.each<[what: string, token: string, changed: Fields, status: number]>([
  ['a user without an identity there', await refreshTokenOf('ada@example.com'), {}, 401],
  ['a connection that nobody knows', ofEve, { connection: 'nowhere' }, 401],
  ['no connection', ofEve, { connection: '' }, 400],
  ['another type to get', ofEve, { requested_token_type: accessTokenType }, 400],
  ['no subject token', '', {}, 400],
  ['an unknown refresh token', 'v1.unknown', {}, 400],
  ['a refresh token of another client', ofEve, gateway, 400],
  ['an ID token', textOf(evesTokens, 'id_token'), { subject_token_type: accessTokenType }, 400],
  [
    'an access token for another API',
    textOf(evesTokens, 'access_token'),
    { ...gateway, subject_token_type: accessTokenType },
    400,
  ],
  ['a type that nobody knows', ofEve, { subject_token_type: 'urn:example:unknown' }, 400],
])('gives no token of a connection for %s', async (_, token, changed, status) => {
  const answer = await fromVault(token, changed)
  expect(answer).toMatchObject({ status })
  expect(answer.body).not.toHaveProperty('access_token')
})

test('gives no token of a connection for a user who is blocked', async () => {
  const token = await refreshTokenOf('eve@example.com')
  restore = block('eve@example.com')
  expect(await fromVault(token)).toMatchObject({ status: 403, body: { error: 'invalid_grant' } })
})

test('gives no token of a connection for a refresh token that has expired', async () => {
  const token = await refreshTokenOf('eve@example.com')
  tenant.clock.skew(31 * 86_400)
  expect(await fromVault(token)).toMatchObject({ status: 400 })
})
