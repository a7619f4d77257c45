import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTenant, type Tenant, type TenantSeed } from '../../src/index.js'
import { createBrowserByFetch } from '../support/browser-by-fetch.js'

const audience = 'https://api.example.com'
const callback = 'http://127.0.0.1:8484/callback'
const insecure = { [oauth.allowInsecureRequests]: true }
const client: oauth.Client = { client_id: 'local-native' }

const seed: TenantSeed = {
  apis: [
    {
      name: 'Messages',
      identifier: audience,
      permissions: { 'read:messages': 'Read messages' },
      // The library reads no other.
      tokenDialect: 'rfc9068_profile',
      offlineAccess: true,
      dpop: 'allowed',
    },
  ],
  applications: [{ name: 'Native', type: 'native', clientId: client.client_id, callbacks: [callback] }],
  users: [{ email: 'eve@example.com', password: 'local-password' }],
}

let tenant: Tenant
let server: oauth.AuthorizationServer

beforeAll(async () => {
  tenant = await startTenant({ port: 0, seed })
  const issuer = new URL(tenant.issuer)
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
})
afterAll(() => tenant.close())

/** @returns A function that takes the code to the token endpoint: whenever it is called, the same one. */
async function logIn(options: oauth.DPoPRequestOptions = {}) {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const expectedNonce = oauth.generateRandomNonce()
  const url = new URL(server.authorization_endpoint ?? '')
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid email offline_access read:messages',
    audience,
    state,
    nonce: expectedNonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString()
  const browser = createBrowserByFetch(url.origin)
  const page = await browser.press(await browser.visit(url.href), 'Log in as eve@example.com')
  const answer = oauth.validateAuthResponse(server, client, page.url, state)
  return async () => {
    const all = { ...insecure, ...options }
    const authentication = oauth.None()
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      answer,
      callback,
      verifier,
      all,
    )
    const checks = { expectedNonce, requireIdToken: true }
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, checks)
    await oauth.validateApplicationLevelSignature(server, response, insecure)
    return tokens
  }
}

async function refresh(refreshToken = '') {
  const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, insecure)
  return oauth.processRefreshTokenResponse(server, client, response)
}

/** The request to an API that the client makes, as the API gets it. */
async function requestWith(token: string, options: oauth.DPoPRequestOptions = {}): Promise<Request> {
  const sent: Request[] = []
  await oauth.protectedResourceRequest(token, 'GET', new URL('http://localhost/messages'), undefined, null, {
    ...insecure,
    ...options,
    [oauth.customFetch]: async (url, { method, headers }) => {
      sent.push(new Request(url, { method, headers }))
      return new Response()
    },
  })
  return sent[0] ?? Promise.reject(new Error('Nothing was sent.'))
}

it('gives an ID token, a profile, and an access token as RFC 9068 has them', async () => {
  const tokens = await (await logIn())()
  const { sub = '' } = oauth.getValidatedIdTokenClaims(tokens) ?? {}
  const userinfo = await oauth.userInfoRequest(server, client, tokens.access_token, insecure)
  const profile = await oauth.processUserInfoResponse(server, client, sub, userinfo)
  expect(profile).toMatchObject({ sub, email: 'eve@example.com' })
  const request = await requestWith(tokens.access_token)
  expect(await oauth.validateJwtAccessToken(server, request, audience, insecure)).toMatchObject({
    sub,
    client_id: client.client_id,
    scope: 'openid email offline_access read:messages',
  })
})

it('rotates a refresh token, and revokes it', async () => {
  const { refresh_token: first } = await (await logIn())()
  const { refresh_token: second = '' } = await refresh(first)
  expect(second).not.toBe(first)
  const revoked = await oauth.revocationRequest(server, client, oauth.None(), second, insecure)
  expect(await oauth.processRevocationResponse(revoked)).toBeUndefined()
  await expect(refresh(second)).rejects.toMatchObject({ status: 403, error: 'invalid_grant' })
})

it('gives nothing for a code that was used', async () => {
  const tokens = await logIn()
  await tokens()
  await expect(tokens()).rejects.toMatchObject({ status: 403, error: 'invalid_grant' })
})

it('asks for a nonce, and binds the token to the key: also for an API that reads the proof', async () => {
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const tokens = await logIn({ DPoP })
  expect(oauth.isDPoPNonceError(await tokens().catch((error: unknown) => error))).toBe(true)
  const { access_token, token_type } = await tokens()
  expect(token_type).toBe('dpop')
  const request = await requestWith(access_token, { DPoP })
  expect(await oauth.validateJwtAccessToken(server, request, audience, insecure)).toMatchObject({
    cnf: { jkt: await DPoP.calculateThumbprint() },
  })
})
