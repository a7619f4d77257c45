import { afterAll, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { createBrowser } from '../support/browser.js'
import { answerIn, authorizePath, logIn, tokensFor } from '../support/login.js'
import { protocolSeed } from '../support/protocol-seed.js'
import { changeClient, type Fields, textOf } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

const bye = 'https://app.test/bye'
const idToken = textOf(await tokensFor(tenant), 'id_token')
const query = (path: string, fields: Fields) => `${path}?${new URLSearchParams(fields)}`

async function loggedIn() {
  const browser = createBrowser(tenant)
  await logIn(tenant, { browser })
  return browser
}

async function hasSession(browser: Awaited<ReturnType<typeof loggedIn>>): Promise<boolean> {
  return 'code' in answerIn(await browser.get(authorizePath({ prompt: 'none' })))
}

test.each<[path: string, fields: Fields, location: string]>([
  ['/v2/logout', { client_id: 'page', returnTo: bye }, bye],
  ['/v2/logout', { returnTo: bye }, bye],
  ['/oidc/logout', { client_id: 'page', post_logout_redirect_uri: bye, state: 'a b&c' }, `${bye}?state=a+b%26c`],
  ['/oidc/logout', { id_token_hint: idToken, post_logout_redirect_uri: bye }, bye],
  ['/oidc/logout', { post_logout_redirect_uri: bye, federated: '' }, bye],
])('ends the session at %s with %j', async (path, fields, location) => {
  const browser = await loggedIn()
  const before = browser.cookies.get('auth0') ?? ''
  expect(await hasSession(browser)).toBe(true)
  const response = await browser.get(query(path, fields))
  expect(response.status).toBe(302)
  expect(response.headers.get('location')).toBe(location)
  expect(await hasSession(browser)).toBe(false)
  const stolen = await tenant.fetch(new URL(authorizePath({ prompt: 'none' }), tenant.issuer), {
    headers: { cookie: `auth0=${before}` },
  })
  expect(answerIn(stolen)).toMatchObject({ error: 'login_required' })
})

test.each(['/v2/logout', '/oidc/logout'])('shows a page at %s where there is nowhere to go', async (path) => {
  const browser = await loggedIn()
  const response = await browser.get(path)
  expect(response.status).toBe(200)
  expect(await response.text()).toContain('Logged out')
  expect(await hasSession(browser)).toBe(false)
})

test('takes a POST', async () => {
  const browser = await loggedIn()
  const response = await browser.post('/oidc/logout', { id_token_hint: idToken, post_logout_redirect_uri: bye })
  expect(response.headers.get('location')).toBe(bye)
  expect(await hasSession(browser)).toBe(false)
})

const forgedHint = `${btoa('{"alg":"none"}')}.${btoa('{"aud":"page"}')}.`

test.each<[what: string, path: string, fields: Fields]>([
  ['an unregistered one', '/v2/logout', { client_id: 'page', returnTo: 'https://evil.test/' }],
  ['an unregistered one of nobody', '/v2/logout', { returnTo: 'https://evil.test/' }],
  ['one of another application', '/v2/logout', { client_id: 'web', returnTo: bye }],
  ['one of an unknown application', '/v2/logout', { client_id: 'nobody', returnTo: bye }],
  ['one that begins alike', '/v2/logout', { client_id: 'page', returnTo: `${bye}/../evil` }],
  ['one without a scheme', '/v2/logout', { client_id: 'page', returnTo: '//evil.test' }],
  ['a script', '/v2/logout', { client_id: 'page', returnTo: 'javascript:alert(1)' }],
  ['an unregistered one', '/oidc/logout', { client_id: 'page', post_logout_redirect_uri: 'https://evil.test/' }],
  ['a callback', '/oidc/logout', { client_id: 'page', post_logout_redirect_uri: 'https://app.test/callback' }],
  ['one of another hint', '/oidc/logout', { id_token_hint: idToken, post_logout_redirect_uri: 'https://web.test/bye' }],
  ['an unregistered one with a hint', '/oidc/logout', { id_token_hint: forgedHint, post_logout_redirect_uri: '/evil' }],
])('does not go to an address that is %s, at %s', async (_, path, fields) => {
  const browser = await loggedIn()
  const response = await browser.get(query(path, fields))
  expect(response.status).toBe(400)
  expect(response.headers.get('location')).toBeNull()
  expect(await response.text()).not.toMatch(/evil|javascript:/)
})

test('takes an address that is registered and no URL for a mistake', async () => {
  const restore = changeClient(tenant, 'page', { allowed_logout_urls: ['/bye'] })
  const response = await createBrowser(tenant).get(query('/v2/logout', { client_id: 'page', returnTo: '/bye' }))
  restore()
  expect(response.status).toBe(400)
})
