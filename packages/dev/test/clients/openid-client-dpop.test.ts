import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import { type BrowserApi, startBrowserApi } from '../support/browser-api.js'
import { createBrowserByFetch } from '../support/browser-by-fetch.js'

const audience = 'https://api.example.com'
const callback = 'http://127.0.0.1:8484/callback'

let tenant: Tenant
let api: BrowserApi
let native: client.Configuration
let dpop: client.DPoPHandle

const discover = (clientId: string, authentication: client.ClientAuth) =>
  client.discovery(new URL(tenant.issuer), clientId, undefined, authentication, {
    execute: [client.allowInsecureRequests],
  })

beforeAll(async () => {
  tenant = await startTenant({ port: 0 })
  api = await startBrowserApi({ domain: tenant.domain, audience })
  native = await discover('local-native', client.None())
})
afterAll(async () => {
  await api.close()
  await tenant.close()
})
beforeEach(async () => {
  dpop = client.getDPoPHandle(native, await client.randomDPoPKeyPair())
})

/** @param pushedBy Makes it a pushed request, with a proof of this key. */
async function codeFor(parameters: Readonly<Record<string, string>> = {}, pushedBy?: client.DPoPHandle) {
  const verifier = client.randomPKCECodeVerifier()
  const request = {
    redirect_uri: callback,
    scope: 'openid offline_access read:messages',
    audience,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  }
  const url = await (pushedBy === undefined
    ? client.buildAuthorizationUrl(native, request)
    : client.buildAuthorizationUrlWithPAR(native, request, { DPoP: pushedBy }))
  const browser = createBrowserByFetch(url.origin)
  const page = await browser.press(await browser.visit(url.href), 'Log in as ada@example.com')
  return { callback: page.url, checks: { pkceCodeVerifier: verifier } }
}

/** What the token endpoint answered, the oldest first. */
async function answersDuring<Result>(work: () => Promise<Result>) {
  const answers: string[] = []
  const end = tenant.log.follow(({ path, status, error = 'ok' }) => {
    if (path === '/oauth/token') answers.push(`${status} ${error}`)
  })
  const result = await work()
  end()
  return { result, answers }
}

const challenged = ['400 use_dpop_nonce', '200 ok']

it('binds the tokens of a public client, which is asked for a nonce once', async () => {
  const { callback: current, checks } = await codeFor()
  const { result: tokens, answers } = await answersDuring(() =>
    client.authorizationCodeGrant(native, current, checks, undefined, { DPoP: dpop }),
  )
  expect(answers).toEqual(challenged)
  expect(tokens.token_type).toBe('dpop')
  const jkt = await dpop.calculateThumbprint()
  expect(decodeJwt(tokens.access_token)['cnf']).toEqual({ jkt })

  const { result: refreshed, answers: later } = await answersDuring(() =>
    client.refreshTokenGrant(native, tokens.refresh_token ?? '', undefined, { DPoP: dpop }),
  )
  expect(later).toEqual(['200 ok'])
  expect(decodeJwt(refreshed.access_token)['cnf']).toEqual({ jkt })

  const url = new URL(`${api.url}/dpop`)
  const asked = api.answers.length
  for (let round = 0; round < 2; round += 1) {
    const response = await client.fetchProtectedResource(
      native,
      refreshed.access_token,
      url,
      'GET',
      undefined,
      undefined,
      { DPoP: dpop },
    )
    expect(await response.json()).toEqual({ sub: tokens.claims()?.sub, scheme: 'DPoP' })
  }
  expect(api.answers.slice(asked)).toEqual(['GET /dpop 401', 'GET /dpop 200', 'GET /dpop 200'])
})

it('takes no proof of another key for a refresh token of a public client', async () => {
  const { callback: current, checks } = await codeFor()
  const tokens = await client.authorizationCodeGrant(native, current, checks, undefined, { DPoP: dpop })
  const refreshToken = tokens.refresh_token ?? ''
  const other = client.getDPoPHandle(native, await client.randomDPoPKeyPair())
  const refusal = { error: 'invalid_grant' }
  await expect(client.refreshTokenGrant(native, refreshToken, undefined, { DPoP: other })).rejects.toMatchObject(
    refusal,
  )
  await expect(client.refreshTokenGrant(native, refreshToken)).rejects.toMatchObject(refusal)
  const refreshed = await client.refreshTokenGrant(native, refreshToken, undefined, { DPoP: dpop })
  expect(refreshed.token_type).toBe('dpop')
})

it('answers a bound token at userinfo with a proof alone', async () => {
  const { callback: current, checks } = await codeFor()
  const tokens = await client.authorizationCodeGrant(native, current, checks, undefined, { DPoP: dpop })
  const sub = tokens.claims()?.sub ?? ''
  expect(await client.fetchUserInfo(native, tokens.access_token, sub, { DPoP: dpop })).toMatchObject({ sub })
  await expect(client.fetchUserInfo(native, tokens.access_token, sub)).rejects.toMatchObject({ status: 401 })
})

const named = async () => codeFor({ dpop_jkt: await dpop.calculateThumbprint() })
const pushed = () => codeFor({}, dpop)

it.each([
  ['that dpop_jkt names', named],
  ['that has signed the proof of the pushed request', pushed],
])('holds a code to the key %s', async (_, codeForKey) => {
  const good = await codeForKey()
  const tokens = await client.authorizationCodeGrant(native, good.callback, good.checks, undefined, { DPoP: dpop })
  expect(decodeJwt(tokens.access_token)['cnf']).toEqual({ jkt: await dpop.calculateThumbprint() })
  const other = client.getDPoPHandle(native, await client.randomDPoPKeyPair())
  const bad = await codeForKey()
  await expect(
    client.authorizationCodeGrant(native, bad.callback, bad.checks, undefined, { DPoP: other }),
  ).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
})

it('takes no pushed request that names another key than its proof has', async () => {
  const other = client.getDPoPHandle(native, await client.randomDPoPKeyPair())
  const dpop_jkt = await other.calculateThumbprint()
  await expect(codeFor({ dpop_jkt }, dpop)).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
})

it('asks a confidential client for no nonce', async () => {
  const machine = await discover('local-m2m', client.ClientSecretPost('local-m2m-secret'))
  const handle = client.getDPoPHandle(machine, await client.randomDPoPKeyPair('Ed25519'))
  const { result: tokens, answers } = await answersDuring(() =>
    client.clientCredentialsGrant(machine, { audience }, { DPoP: handle }),
  )
  expect(answers).toEqual(['200 ok'])
  expect(tokens.token_type).toBe('dpop')
  expect(decodeJwt(tokens.access_token)['cnf']).toEqual({ jkt: await handle.calculateThumbprint() })
})
