import { AuthClient, type AuthClientOptions } from '@auth0/auth0-auth-js'
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTenant, type Tenant, type TenantSeed } from '../../src/index.js'
import { createBrowserByFetch } from '../support/browser-by-fetch.js'

const audience = 'https://api.example.com'
const reports = 'https://reports.example.com'
const callback = 'http://localhost:3000/callback'
const legacyToken = 'urn:acme:legacy-token'

const seed: TenantSeed = {
  apis: [
    { name: 'Messages', identifier: audience, permissions: { 'read:messages': 'Read' }, offlineAccess: true },
    { name: 'Reports', identifier: reports, permissions: { 'read:reports': 'Read' }, users: 'require_client_grant' },
  ],
  applications: [
    {
      name: 'Web',
      type: 'web',
      clientId: 'web',
      clientSecret: 'web-secret',
      callbacks: [callback],
      logoutUrls: ['http://localhost:3000'],
      grants: [{ api: audience }],
    },
    {
      name: 'Messages, for its callers',
      type: 'api',
      clientId: 'messages',
      clientSecret: 'messages-secret',
      api: audience,
      grants: [{ api: reports, for: 'user' }],
    },
  ],
  users: [{ email: 'ada@example.com', password: 'local-password', identities: { calendar: 'ada at calendar' } }],
  organizations: [{ name: 'acme', members: [{ user: 'ada@example.com' }] }],
  connections: [{ name: 'calendar', accessToken: 'a token for the calendar' }],
}

let tenant: Tenant

beforeAll(async () => {
  tenant = await createTenant('https://tenant.test/', {
    seed,
    exchangeProfiles: {
      [legacyToken]: (token) => (token === 'ada of old' ? tenant.state.users.list()[0]?.user_id : undefined),
    },
  })
  const web = tenant.state.clients.get('web')
  const token_exchange = { allow_any_profile_of_type: ['custom_authentication'] }
  if (web !== undefined) tenant.state.clients.put({ ...web, token_exchange })
})
afterAll(() => tenant.close())

const createClient = (options: Partial<AuthClientOptions> = { clientSecret: 'web-secret' }) =>
  new AuthClient({
    domain: tenant.domain,
    clientId: 'web',
    authorizationParams: { redirect_uri: callback, audience, scope: 'openid email offline_access read:messages' },
    customFetch: tenant.fetch,
    ...options,
  })

async function logIn(client: AuthClient, { pushed = false, organization = '' } = {}) {
  const { authorizationUrl, codeVerifier } = await client.buildAuthorizationUrl({
    pushedAuthorizationRequests: pushed,
    ...(organization === '' ? {} : { authorizationParams: { organization } }),
  })
  const browser = createBrowserByFetch(authorizationUrl.origin, tenant.fetch)
  const page = await browser.press(await browser.visit(authorizationUrl.href), 'Log in as ada@example.com')
  return client.getTokenByCode(page.url, { codeVerifier, ...(organization === '' ? {} : { organization }) })
}

describe('getTokenByClientCredentials', () => {
  it('works with a secret', async () => {
    const { accessToken, expiresAt } = await createClient().getTokenByClientCredentials({ audience })
    const { iss, sub, exp = 0 } = decodeJwt(accessToken)
    expect([iss, sub]).toEqual(['https://tenant.test/', 'web@clients'])
    // The client counts from its own clock, which may have gone on by a second.
    expect(expiresAt - exp).toBeGreaterThanOrEqual(0)
    expect(expiresAt - exp).toBeLessThan(5)
  })

  it('works with a key', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    const web = tenant.state.clients.get('web')
    const [grant] = tenant.state.clientGrants.list()
    if (web === undefined || grant === undefined) throw new Error('The seed has an application with a grant.')
    tenant.state.clients.put({
      ...web,
      client_id: 'keyed',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'RS256' }] },
    })
    tenant.state.clientGrants.put({ ...grant, id: 'grant of keyed', client_id: 'keyed' })
    const client = createClient({ clientId: 'keyed', clientAssertionSigningKey: privateKey })
    expect((await client.getTokenByClientCredentials({ audience })).tokenType).toBe('bearer')
  })

  const refusals = [
    ['a wrong secret', { clientSecret: 'wrong' }, audience, 401, 'access_denied'],
    ['an API that it has no grant for', { clientSecret: 'web-secret' }, reports, 403, 'access_denied'],
    ['an API that is not there', { clientSecret: 'web-secret' }, 'https://nobody.example', 403, 'access_denied'],
  ] as const
  it.each(refusals)('is refused with %s', async (_, options, wanted, statusCode, error) => {
    await expect(createClient(options).getTokenByClientCredentials({ audience: wanted })).rejects.toMatchObject({
      code: 'token_by_client_credentials_error',
      statusCode,
      cause: { error },
    })
  })
})

describe('getTokenByCode', () => {
  it.each([
    ['by an ordinary request', false],
    ['by a pushed request', true],
  ])('%s', async (_, pushed) => {
    const { claims, accessToken, refreshToken } = await logIn(createClient(), { pushed })
    expect(claims).toMatchObject({ iss: 'https://tenant.test/', aud: 'web', email: 'ada@example.com' })
    expect(refreshToken).toEqual(expect.any(String))
    expect(await createClient().getUserInfo({ accessToken, expectedSubject: claims?.sub ?? '' })).toMatchObject({
      email: 'ada@example.com',
    })
  })

  it('for a member of an organization', async () => {
    const organization = tenant.state.organizations.list()[0]?.id ?? ''
    const { claims } = await logIn(createClient(), { organization })
    expect(claims?.['org_id']).toBe(organization)
  })
})

it('refreshes and revokes', async () => {
  const client = createClient()
  const { refreshToken = '' } = await logIn(client)
  const refreshed = await client.getTokenByRefreshToken({ refreshToken, scope: 'openid read:messages' })
  expect(decodeJwt(refreshed.accessToken)['scope']).toBe('openid read:messages')
  await client.revokeToken({ token: refreshToken, tokenTypeHint: 'refresh_token' })
  await expect(client.getTokenByRefreshToken({ refreshToken })).rejects.toMatchObject({
    code: 'token_by_refresh_token_error',
    cause: { error: 'invalid_grant' },
  })
})

describe('exchangeToken', () => {
  it('on behalf of a user', async () => {
    const { accessToken, claims } = await logIn(createClient())
    const messages = createClient({ clientId: 'messages', clientSecret: 'messages-secret' })
    const exchange = {
      subjectToken: accessToken,
      subjectTokenType: 'urn:ietf:params:oauth:token-type:access_token',
      audience: reports,
      scope: 'read:reports',
    }
    const exchanged = await messages.exchangeToken(exchange)
    expect(exchanged.issuedTokenType).toBe('urn:ietf:params:oauth:token-type:access_token')
    expect(decodeJwt(exchanged.accessToken)).toMatchObject({
      sub: claims?.sub,
      aud: reports,
      scope: 'read:reports',
      act: { sub: 'messages', act: { sub: 'web' } },
    })
    const forged = { ...exchange, subjectToken: `${accessToken.slice(0, -8)}AAAAAAAA` }
    await expect(messages.exchangeToken(forged)).rejects.toMatchObject({
      code: 'token_exchange_error',
      statusCode: 400,
    })
  })

  it('of a token of one’s own', async () => {
    const exchange = { subjectTokenType: legacyToken, audience, scope: 'openid read:messages' }
    const { claims, accessToken } = await createClient().exchangeToken({ ...exchange, subjectToken: 'ada of old' })
    expect(claims?.sub).toBe(tenant.state.users.list()[0]?.user_id)
    expect(decodeJwt(accessToken)['scope']).toBe('openid read:messages')
    await expect(createClient().exchangeToken({ ...exchange, subjectToken: 'nobody of old' })).rejects.toMatchObject({
      code: 'token_exchange_error',
      statusCode: 400,
    })
  })

  it('for a token of a connection', async () => {
    const { refreshToken = '' } = await logIn(createClient())
    const ofConnection = (connection: string) => createClient().getTokenForConnection({ connection, refreshToken })
    expect(await ofConnection('calendar')).toMatchObject({ accessToken: 'a token for the calendar' })
    await expect(ofConnection('mail')).rejects.toMatchObject({ code: 'token_for_connection_error', statusCode: 401 })
  })
})

it('logs out to an address of the application', async () => {
  const url = await createClient().buildLogoutUrl({ returnTo: 'http://localhost:3000' })
  const { url: end } = await createBrowserByFetch(url.origin, tenant.fetch).visit(url.href)
  expect(end.href).toBe('http://localhost:3000/')
  const elsewhere = await createClient().buildLogoutUrl({ returnTo: 'http://elsewhere.example' })
  expect(await createBrowserByFetch(url.origin, tenant.fetch).visit(elsewhere.href)).toMatchObject({ status: 400 })
})
