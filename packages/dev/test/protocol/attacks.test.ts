import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startTenant, type TenantSeed } from '../../src/index.js'
import { createBrowser } from '../support/browser.js'
import { answerIn, authorizePath, codeFor, codeRequest, logIn, tokensFor } from '../support/login.js'
import { apis, password, protocolSeed, secret } from '../support/protocol-seed.js'
import { ask, askForToken, machineRequest, textOf, userId } from '../support/token-requests.js'

const script = '<script>alert(1)</script>'
const quote = `"'><img src=x onerror=alert(1)>`
const hostile: TenantSeed = {
  ...protocolSeed,
  apis: [
    ...protocolSeed.apis,
    { name: script, identifier: `https://${quote}.test`, permissions: { [script]: quote, [`scope${quote}`]: script } },
  ],
  applications: [
    ...protocolSeed.applications,
    { name: `${script}${quote}`, type: 'spa', clientId: 'hostile', callbacks: [`https://app.test/?a="><script>`] },
    { name: 'Device', type: 'native', clientId: 'hostile-device' },
  ],
  settings: { name: script },
}
const started = await startTenant({ port: 0, seed: hostile })
/** Over the network, as everybody comes. */
const tenant = { ...started, fetch: globalThis.fetch }
afterAll(() => tenant.close())

const consoles = (['log', 'info', 'warn', 'error'] as const).map((method) => vi.spyOn(console, method))
beforeEach(() => {
  for (const method of consoles) method.mockClear()
})
afterEach(() => {
  for (const method of consoles) expect(method).not.toHaveBeenCalled()
})

const stack = /\bat [^\n]*:\d+:\d+|node_modules|\/src\/|file:\/\/|TypeError|SyntaxError/

const hostileTexts = [script, quote, '\0', '%00', '%', '../../etc/passwd', '{"$ne":""}', '__proto__', 'x'.repeat(5000)]
const names = [
  'grant_type client_id client_secret audience scope code code_verifier redirect_uri refresh_token device_code',
  'subject_token subject_token_type requested_token_type connection organization client_assertion',
  'client_assertion_type response_type response_mode state nonce prompt max_age login_hint request_uri dpop_jkt',
  'transaction decision user_id user_code email password token id_token_hint post_logout_redirect_uri returnTo',
].flatMap((line) => line.split(' '))
const grants = [
  'client_credentials',
  'authorization_code',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
]
const forms = [
  '/oauth/token',
  '/oauth/device/code',
  '/oauth/revoke',
  '/oauth/par',
  '/authorize',
  '/u/login',
  '/u/consent',
]

test.each([...forms, '/activate', '/oidc/logout', '/userinfo'])(
  'answers everything at %s, and tells nothing',
  async (path) => {
    const browser = createBrowser(tenant)
    await logIn(tenant, { browser })
    const basis = { client_id: 'web', client_secret: secret, redirect_uri: 'https://app.test/callback' }
    const requests = hostileTexts.flatMap((text) => [
      ...names.map((name) => ({ ...basis, response_type: 'code', [name]: text })),
      ...grants.map((grant_type) => ({
        ...Object.fromEntries(names.map((name) => [name, text])),
        ...basis,
        grant_type,
      })),
    ])
    for (const fields of requests) {
      const response = await browser.post(path, fields)
      const text = await response.text()
      expect(response.status).toBeLessThan(500)
      expect(text).not.toMatch(stack)
      expect(text).not.toContain(secret)
      if (response.headers.get('content-type')?.startsWith('text/html')) expect(text).not.toMatch(/<script>alert|<img/)
      expect(response.headers.get('location') ?? 'https://app.test/').toMatch(/^https:\/\/(app|web)\.test\//)
    }
  },
  60_000,
)

test('shows hostile names as text on every page', async () => {
  const browser = createBrowser(tenant)
  const fields = {
    client_id: 'hostile',
    redirect_uri: `https://app.test/?a="><script>`,
    audience: `https://${quote}.test`,
    scope: `openid ${script} scope${quote.replaceAll(' ', '')}`,
    login_hint: quote,
    prompt: 'consent',
  }
  const login = await (await browser.get(authorizePath(fields))).text()
  const again = await (await browser.submit(login, { email: script, password: quote })).text()
  const entered = { email: 'ada@example.com', password }
  const consent = await (await browser.submit(again, entered)).text()
  expect(consent).toContain('&lt;script&gt;')
  const posted = await browser.get(authorizePath({ ...fields, prompt: 'none', response_mode: 'form_post' }))
  const activate = await browser.get(`/activate?user_code=${encodeURIComponent(script + quote)}`)
  const missing = await browser.get(`/${encodeURIComponent(script)}`)
  const pages = [login, again, consent, ...(await Promise.all([posted, activate, missing].map((one) => one.text())))]
  for (const page of pages) {
    expect(page).not.toContain(script)
    expect(page).not.toContain('<img')
    expect(page).not.toContain(password)
  }
})

test('keeps no secret in its log', async () => {
  const audience = apis.plain
  const fields = { audience, scope: 'openid offline_access' }
  const code = await codeFor(tenant, { fields })
  const tokens = await askForToken(tenant, codeRequest(code))
  await askForToken(tenant, codeRequest(code))
  const machine = await askForToken(tenant, machineRequest(audience))
  await askForToken(tenant, machineRequest(audience, { client_secret: `${secret}-wrong` }))
  await logIn(tenant, { fields: { login_hint: 'ada@example.com' } })
  await fetch(`${tenant.issuer}userinfo`, { headers: { authorization: `Bearer ${textOf(tokens, 'access_token')}` } })
  await fetch(`${tenant.issuer}oidc/logout?id_token_hint=${textOf(tokens, 'id_token')}`)
  const log = JSON.stringify(tenant.log.list())
  expect(log).toContain('/oidc/logout')
  const secrets = [code, secret, password, ...[tokens, machine].flatMap(({ body }) => Object.values(body))]
  for (const one of secrets) if (String(one).length > 20) expect(log).not.toContain(one)
})

test('gives out nothing twice, and nothing that can be guessed', async () => {
  const browser = createBrowser(tenant)
  await logIn(tenant, { browser })
  const codes: string[] = []
  const userCodes: string[] = []
  for (let count = 0; count < 200; count += 1) {
    codes.push(answerIn(await browser.get(authorizePath()))['code'] ?? '')
    userCodes.push(textOf(await ask(tenant, 'oauth/device/code', { client_id: 'device' }), 'user_code'))
  }
  expect(new Set(codes).size).toBe(200)
  expect(new Set(userCodes).size).toBe(200)
  for (let at = 0; at < 43; at += 1) expect(new Set(codes.map((code) => code[at])).size).toBeGreaterThan(30)
})

test('does not take one kind of thing for another', async () => {
  const fields = { audience: apis.plain, scope: 'openid offline_access' }
  const code = await codeFor(tenant, { fields })
  const tokens = await tokensFor(tenant, { fields })
  const refreshToken = textOf(tokens, 'refresh_token')
  const userinfo = (token: string) =>
    fetch(`${tenant.issuer}userinfo`, { headers: { authorization: `Bearer ${token}` } })
  expect((await userinfo(refreshToken)).status).toBe(401)
  expect((await userinfo(code)).status).toBe(401)
  expect((await userinfo(textOf(tokens, 'id_token'))).status).toBe(401)
  for (const refresh_token of [code, textOf(tokens, 'access_token'), textOf(tokens, 'id_token')])
    expect(await askForToken(tenant, { grant_type: 'refresh_token', client_id: 'page', refresh_token })).toMatchObject({
      status: 403,
    })
  expect(await askForToken(tenant, codeRequest(refreshToken))).toMatchObject({ status: 403 })
})

test('lets no user id of one tenant into another', async () => {
  const user_id = userId(tenant, 'ada@example.com')
  await using other = await startTenant({ port: 0, seed: protocolSeed })
  const browser = createBrowser({ ...other, fetch: globalThis.fetch })
  const page = await (await browser.get(authorizePath())).text()
  expect((await browser.submit(page, { user_id })).status).toBe(400)
})
