import { decodeJwt } from 'jose'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { tokensFor } from '../support/login.js'
import { apis, protocolSeed, secret } from '../support/protocol-seed.js'
import { ask, askForToken, changeClient, type Fields, textOf, userId } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
const { state, clock } = tenant
const { refresh_token: usual } = state.clients.get('page') ?? {}
if (usual === undefined) throw new Error('No page')
let restore: () => void = () => {}
afterAll(() => tenant.close())
afterEach(() => {
  restore()
  clock.skew(0)
})

const refused = {
  status: 403,
  body: { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
}
const scope = 'openid email offline_access read:things write:things'

async function login(fields: Fields = {}, email = 'ada@example.com'): Promise<string> {
  return textOf(await tokensFor(tenant, { fields: { audience: apis.plain, scope, ...fields }, email }), 'refresh_token')
}

function refresh(refresh_token: string, changed: Fields = {}) {
  return askForToken(tenant, { grant_type: 'refresh_token', client_id: 'page', refresh_token, ...changed })
}

const web = { client_id: 'web', client_secret: secret }

test('gives new tokens, and says how', async () => {
  const answer = await refresh(await login())
  expect(answer.body).toEqual({
    access_token: expect.any(String),
    refresh_token: expect.stringMatching(/^v1\.\w{64}$/),
    id_token: expect.any(String),
    scope,
    expires_in: 86_400,
    token_type: 'Bearer',
  })
  expect(decodeJwt(textOf(answer, 'access_token'))).toMatchObject({ gty: 'refresh_token', scope, azp: 'page' })
  expect(decodeJwt(textOf(answer, 'id_token'))).not.toHaveProperty('nonce')
})

test.each<[what: string, fields: Fields]>([
  ['an API that does not allow it', { audience: apis.profile }],
  ['no offline_access', { scope: 'openid read:things' }],
])('gives no refresh token with %s', async (_, fields) => {
  const { body } = await tokensFor(tenant, { fields: { audience: apis.plain, scope, ...fields } })
  expect(body).toHaveProperty('access_token')
  expect(body).not.toHaveProperty('refresh_token')
  expect(body['scope']).not.toContain('offline_access')
})

test('replaces a token that rotates, and ends all of a family when an old one comes again', async () => {
  const first = await login()
  const other = await login()
  const second = textOf(await refresh(first), 'refresh_token')
  expect(second).not.toBe(first)
  const third = textOf(await refresh(second), 'refresh_token')
  expect(await refresh(first)).toMatchObject(refused)
  for (const one of [first, second, third]) expect(await refresh(one)).toMatchObject(refused)
  expect(await refresh(other)).toMatchObject({ status: 200 })
})

test('notices a token that is used at the same time twice', async () => {
  const first = await login()
  const answers = await Promise.all([refresh(first), refresh(first), refresh(first)])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403])
  const winner = answers.find(({ status }) => status === 200)
  expect(await refresh(winner === undefined ? '' : textOf(winner, 'refresh_token'))).toMatchObject(refused)
})

test('lets an old token pass for as long as the leeway says', async () => {
  restore = changeClient(tenant, 'page', { refresh_token: { ...usual, leeway: 60 } })
  const first = await login()
  const second = textOf(await refresh(first), 'refresh_token')
  clock.skew(50)
  const twin = textOf(await refresh(first), 'refresh_token')
  expect(await refresh(second)).toMatchObject({ status: 200 })
  clock.skew(70)
  expect(await refresh(first)).toMatchObject(refused)
  expect(await refresh(twin)).toMatchObject(refused)
})

test('lets an old token pass only until the one after it is used', async () => {
  restore = changeClient(tenant, 'page', { refresh_token: { ...usual, leeway: 60 } })
  const first = await login()
  const second = textOf(await refresh(first), 'refresh_token')
  const third = textOf(await refresh(second), 'refresh_token')
  expect(await refresh(second)).toMatchObject({ status: 200 })
  expect(await refresh(first)).toMatchObject(refused)
  for (const one of [second, third]) expect(await refresh(one)).toMatchObject(refused)
})

test('lets the token of an answer that got lost pass more than once', async () => {
  restore = changeClient(tenant, 'page', { refresh_token: { ...usual, leeway: 60 } })
  const first = await login()
  for (const _ of [1, 2, 3]) expect(await refresh(first)).toMatchObject({ status: 200 })
  clock.skew(59)
  expect(await refresh(first)).toMatchObject({ status: 200 })
  clock.skew(61)
  expect(await refresh(first)).toMatchObject(refused)
})

test('gives the same token on and on where it does not rotate', async () => {
  const token = textOf(await tokensFor(tenant, { fields: { ...web, audience: apis.plain, scope } }), 'refresh_token')
  for (const _ of [1, 2, 3]) {
    const answer = await refresh(token, web)
    expect(answer).toMatchObject({ status: 200, body: { scope } })
    expect(answer.body).not.toHaveProperty('refresh_token')
  }
})

const day = 86_400
const endless = { expiration_type: 'non-expiring' } as const

describe.each([
  ['rotates', 'page', 'rotating', {}],
  ['stays the same', 'web', 'non-rotating', web],
] as const)('a token that %s', (_, client, rotation_type, own) => {
  const tokenOf = async () => {
    const { body } = await tokensFor(tenant, { fields: { client_id: client, audience: apis.plain, scope } })
    return String(body['refresh_token'])
  }

  test.each<[what: string, rules: Partial<typeof usual>, ahead: number, status: number]>([
    ['is good at its idle end', {}, 15 * day, 200],
    ['is no good when nobody used it for too long', {}, 15 * day + 60, 403],
    ['is no good after a shorter idle time', { idle_token_lifetime: 100 }, 160, 403],
    ['is good at its end', { idle_token_lifetime: 60 * day }, 30 * day, 200],
    ['is no good after its end', { idle_token_lifetime: 60 * day }, 30 * day + 60, 403],
    ['is no good after a shorter time', { token_lifetime: 100 }, 160, 403],
    ['is good for ever where it has no end', endless, 400 * day, 200],
    ['has no idle end either then', { ...endless, idle_token_lifetime: 100, token_lifetime: 100 }, 400 * day, 200],
  ])('%s', async (__, rules, ahead, status) => {
    restore = changeClient(tenant, client, { refresh_token: { ...usual, rotation_type, ...rules } })
    const token = await tokenOf()
    clock.skew(ahead)
    expect(await refresh(token, own)).toMatchObject({ status })
  })

  test('is not idle while it is used, and ends all the same', async () => {
    restore = changeClient(tenant, client, { refresh_token: { ...usual, rotation_type } })
    let token = await tokenOf()
    for (const ahead of [14, 28]) {
      clock.skew(ahead * day)
      const { status, body } = await refresh(token, own)
      expect([ahead, status]).toEqual([ahead, 200])
      token = String(body['refresh_token'] ?? token)
    }
    clock.skew(30 * day + 60)
    expect(await refresh(token, own)).toMatchObject(refused)
  })

  test('is idle again after it was used', async () => {
    restore = changeClient(tenant, client, { refresh_token: { ...usual, rotation_type, token_lifetime: 90 * day } })
    const token = await tokenOf()
    clock.skew(10 * day)
    const { body } = await refresh(token, own)
    clock.skew(25 * day + 60)
    expect(await refresh(String(body['refresh_token'] ?? token), own)).toMatchObject(refused)
  })
})

test('begins to rotate where the application is told so, and counts the use before as none', async () => {
  const login = { fields: { client_id: 'web', audience: apis.plain, scope } }
  const token = textOf(await tokensFor(tenant, login), 'refresh_token')
  expect(await refresh(token, web)).toMatchObject({ status: 200 })
  restore = changeClient(tenant, 'web', { refresh_token: usual })
  const second = textOf(await refresh(token, web), 'refresh_token')
  expect(await refresh(token, web)).toMatchObject(refused)
  expect(await refresh(second, web)).toMatchObject(refused)
})

test('does not let rotation move the end of a family', async () => {
  let token = await login()
  for (const at of [10, 20, 29]) {
    clock.skew(at * day)
    token = textOf(await refresh(token), 'refresh_token')
  }
  clock.skew(31 * day)
  expect(await refresh(token)).toMatchObject(refused)
})

test('narrows the scope of one answer, and widens none', async () => {
  const first = await login({ scope: 'openid offline_access read:things' })
  const narrow = await refresh(first, { scope: 'read:things' })
  expect(narrow).toMatchObject({ status: 200, body: { scope: 'read:things' } })
  const wide = await refresh(textOf(narrow, 'refresh_token'), { scope: 'openid read:things write:things email' })
  expect(wide).toMatchObject({ status: 200, body: { scope: 'openid read:things' } })
  const all = await refresh(textOf(wide, 'refresh_token'))
  expect(all).toMatchObject({ status: 200, body: { scope: 'openid offline_access read:things' } })
})

test.each<[what: string, changed: Fields]>([
  ['another public client', { client_id: 'device' }],
  ['a confidential client', web],
])('gives %s nothing for it', async (_, changed) => {
  const token = await login()
  expect(await refresh(token, changed)).toMatchObject(refused)
  expect(await refresh(token)).toMatchObject({ status: 200 })
})

test('gives nothing for a user who is blocked, or gone', async () => {
  const user = state.users.get(userId(tenant, 'rob@example.com'))
  if (user === undefined) throw new Error('No such user')
  const token = await login({}, user.email)
  state.users.put({ ...user, blocked: true })
  const blocked = await refresh(token)
  state.users.delete(user.user_id)
  const gone = await refresh(token)
  state.users.put(user)
  expect([blocked.status, gone.status]).toEqual([403, 403])
})

test('gives nothing for an organization that the user has left', async () => {
  const acme = state.organizations.list()[0]
  if (acme === undefined) throw new Error('No organization')
  const token = await login({ organization: 'acme' })
  const second = await refresh(token)
  expect(decodeJwt(textOf(second, 'access_token'))).toMatchObject({ org_id: acme.id })
  state.organizations.put({ ...acme, members: [] })
  const left = await refresh(textOf(second, 'refresh_token'))
  state.organizations.delete(acme.id)
  const gone = await refresh(textOf(second, 'refresh_token'))
  state.organizations.put(acme)
  expect(left).toMatchObject({ status: 403 })
  expect(gone).toMatchObject({ status: 403 })
})

test('takes away what a user no longer may', async () => {
  const token = await login({ audience: apis.authz, scope: 'offline_access read:things' }, 'rob@example.com')
  const user = state.users.get(userId(tenant, 'rob@example.com'))
  if (user === undefined) throw new Error('No such user')
  state.users.put({ ...user, permissions: [] })
  const answer = await refresh(token)
  state.users.put(user)
  expect(decodeJwt(textOf(answer, 'access_token'))).toMatchObject({ permissions: [], scope: 'offline_access' })
})

test('ends a family that is revoked, and tells nobody what was there', async () => {
  const first = await login()
  const second = textOf(await refresh(first), 'refresh_token')
  const mine = { client_id: 'page' }
  expect(await ask(tenant, 'oauth/revoke', { client_id: 'device', token: second })).toMatchObject({ status: 200 })
  expect(await ask(tenant, 'oauth/revoke', { ...mine, token: 'v1.unknown' })).toMatchObject({ status: 200, body: {} })
  const third = textOf(await refresh(second), 'refresh_token')
  expect(await ask(tenant, 'oauth/revoke', { ...mine, token: second })).toMatchObject({ status: 200, body: {} })
  expect(await refresh(third)).toMatchObject(refused)
  expect(await ask(tenant, 'oauth/revoke', { ...mine, token: '' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_request' },
  })
  expect(await ask(tenant, 'oauth/revoke', { client_id: 'web', token: third })).toMatchObject({ status: 401 })
})

test('does not keep what has expired', async () => {
  for (const token of state.refreshTokens.list()) state.refreshTokens.delete(token.id)
  await login()
  clock.skew(31 * day)
  await login()
  expect(state.refreshTokens.list()).toHaveLength(1)
})

test('keeps no refresh token as it is', async () => {
  const token = await login()
  expect(JSON.stringify(state.refreshTokens.list())).not.toContain(token.slice(3))
})
