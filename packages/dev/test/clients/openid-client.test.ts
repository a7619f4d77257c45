import * as client from 'openid-client'
import { createResourceServer } from 'sallyport'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import { createBrowserByFetch } from '../support/browser-by-fetch.js'

const audience = 'https://api.example.com'
const webCallback = 'http://localhost:3000/callback'
const nativeCallback = 'http://127.0.0.1:8484/callback'

let tenant: Tenant
let web: client.Configuration
let native: client.Configuration

const discover = (clientId: string, authentication: client.ClientAuth) =>
  client.discovery(new URL(tenant.issuer), clientId, undefined, authentication, {
    execute: [client.allowInsecureRequests],
  })

beforeAll(async () => {
  tenant = await startTenant({ port: 0 })
  web = await discover('local-web', client.ClientSecretBasic('local-web-secret'))
  native = await discover('local-native', client.None())
})
afterAll(() => tenant.close())

/** Logs in as a person does, and stops at the callback. */
async function callbackOf(url: URL, person = 'ada@example.com'): Promise<URL> {
  const browser = createBrowserByFetch(url.origin)
  const { url: callback } = await browser.press(await browser.visit(url.href), `Log in as ${person}`)
  return callback
}

async function claimsAtApi(token: string) {
  const api = createResourceServer({ domain: tenant.domain, audience })
  const { claims } = await api.authenticate({
    method: 'GET',
    url: 'http://localhost/private',
    headers: { authorization: `Bearer ${token}` },
  })
  return claims
}

interface Login {
  readonly config: client.Configuration
  readonly callback: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly build?: typeof client.buildAuthorizationUrlWithPAR
}

async function logIn({ config, callback, parameters = {}, build }: Login) {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const url = await (build ?? client.buildAuthorizationUrl)(config, {
    redirect_uri: callback,
    scope: 'openid profile email offline_access read:messages delete:data',
    audience,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  })
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
  return { url, tokens: await client.authorizationCodeGrant(config, await callbackOf(url), checks) }
}

describe('client credentials', () => {
  const secrets = [
    ['in the body', client.ClientSecretPost],
    ['by HTTP Basic', client.ClientSecretBasic],
  ] as const
  it.each(secrets)('gives a token that an API accepts, with the secret %s', async (_, authentication) => {
    const config = await discover('local-m2m', authentication('local-m2m-secret'))
    const tokens = await client.clientCredentialsGrant(config, { audience })
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 86_400 })
    expect(await claimsAtApi(tokens.access_token)).toMatchObject({
      sub: 'local-m2m@clients',
      azp: 'local-m2m',
      gty: 'client-credentials',
    })
  })

  it('is refused with a wrong secret', async () => {
    const config = await discover('local-m2m', client.ClientSecretPost('wrong'))
    await expect(client.clientCredentialsGrant(config, { audience })).rejects.toMatchObject({
      status: 401,
      error: 'access_denied',
    })
  })
})

describe('code with PKCE', () => {
  it('gives tokens, an ID token that is verified with the published keys, and a profile', async () => {
    client.enableNonRepudiationChecks(web)
    const { tokens } = await logIn({ config: web, callback: webCallback, parameters: { max_age: '300' } })
    const email = 'ada@example.com'
    expect(tokens.claims()).toMatchObject({ email, name: 'Ada Admin' })
    const sub = tokens.claims()?.sub ?? ''
    expect(await claimsAtApi(tokens.access_token)).toMatchObject({
      sub,
      permissions: expect.arrayContaining(['delete:data']),
    })
    expect(await client.fetchUserInfo(web, tokens.access_token, sub)).toMatchObject({ sub, email })
  })

  it('gives an opaque token without an audience, good at userinfo alone', async () => {
    const { tokens } = await logIn({ config: web, callback: webCallback, parameters: { audience: '' } })
    expect(tokens.access_token.split('.')).toHaveLength(5)
    const sub = tokens.claims()?.sub ?? ''
    expect(await client.fetchUserInfo(web, tokens.access_token, sub)).toMatchObject({ sub, name: 'Ada Admin' })
  })

  it('tells the application of a refusal', async () => {
    const url = client.buildAuthorizationUrl(web, { redirect_uri: webCallback, scope: 'openid', prompt: 'none' })
    const { url: callback } = await createBrowserByFetch(url.origin).visit(url.href)
    await expect(client.authorizationCodeGrant(web, callback)).rejects.toMatchObject({ error: 'login_required' })
  })
})

it('takes a pushed authorization request, and takes it once', async () => {
  const { url, tokens } = await logIn({
    config: web,
    callback: webCallback,
    build: client.buildAuthorizationUrlWithPAR,
  })
  expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri'])
  expect(tokens.claims()?.['email']).toBe('ada@example.com')
  expect(await createBrowserByFetch(url.origin).visit(url.href)).toMatchObject({ status: 400 })
})

describe('a refresh token', () => {
  it('of a confidential client stays the same', async () => {
    const { tokens } = await logIn({ config: web, callback: webCallback })
    const refreshToken = tokens.refresh_token ?? ''
    for (let round = 0; round < 2; round += 1) {
      const refreshed = await client.refreshTokenGrant(web, refreshToken, { scope: 'openid read:messages' })
      expect(refreshed.refresh_token).toBeUndefined()
      expect(await claimsAtApi(refreshed.access_token)).toMatchObject({ scope: 'openid read:messages' })
    }
  })

  it('of a public client is good once: the second use ends the whole family', async () => {
    const { tokens } = await logIn({ config: native, callback: nativeCallback })
    const first = tokens.refresh_token ?? ''
    const { refresh_token: second = '' } = await client.refreshTokenGrant(native, first)
    expect(second).not.toBe(first)
    const refusal = { status: 403, error: 'invalid_grant' }
    await expect(client.refreshTokenGrant(native, first)).rejects.toMatchObject(refusal)
    await expect(client.refreshTokenGrant(native, second)).rejects.toMatchObject(refusal)
  })

  it('is no good after it is revoked', async () => {
    const { tokens } = await logIn({ config: web, callback: webCallback })
    const refreshToken = tokens.refresh_token ?? ''
    await client.refreshTokenGrant(web, refreshToken)
    await client.tokenRevocation(web, refreshToken)
    await expect(client.refreshTokenGrant(web, refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

it('ends the session at the end-session endpoint', async () => {
  const browser = createBrowserByFetch(new URL(tenant.issuer).origin)
  const url = client.buildAuthorizationUrl(web, { redirect_uri: webCallback, scope: 'openid' }).href
  await browser.press(await browser.visit(url), 'Log in as ada@example.com')
  expect((await browser.visit(url)).url.searchParams.has('code')).toBe(true)
  const goodbye = client.buildEndSessionUrl(web, { post_logout_redirect_uri: 'http://localhost:3000', state: 'bye' })
  expect((await browser.visit(goodbye.href)).url.href).toBe('http://localhost:3000/?state=bye')
  expect((await browser.visit(url)).html).toContain('Log in as ada@example.com')
})
