import { afterAll, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { createBrowser } from '../support/browser.js'
import { answerIn, authorizePath, logIn } from '../support/login.js'
import { apis, callback, password, protocolSeed } from '../support/protocol-seed.js'
import { changeClient, type Fields } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

test.each<[what: string, fields: Fields, status: number]>([
  ['an unknown application', { client_id: 'nobody' }, 403],
  ['no application', { client_id: '' }, 403],
  ['an address that is not registered', { redirect_uri: 'https://evil.test/callback' }, 403],
  ['an address with a path that is not', { redirect_uri: `${callback}/../evil` }, 403],
  ['an address with a query that is not', { redirect_uri: `${callback}?next=https://evil.test` }, 403],
  ['an address with a fragment', { redirect_uri: `${callback}#x` }, 403],
  ['an address that begins alike', { redirect_uri: 'https://app.test.evil.test/callback' }, 403],
  ['an address with a user', { redirect_uri: 'https://app.test@evil.test/callback' }, 403],
  ['an address in capitals', { redirect_uri: callback.toUpperCase() }, 403],
  ['a script for an address', { redirect_uri: 'javascript:alert(1)' }, 403],
  ['no address', { redirect_uri: '' }, 403],
  ['a machine, which has no addresses', { client_id: 'machine' }, 403],
])('shows a page for %s, and sends nobody anywhere', async (_, fields, status) => {
  for (const more of [{}, { response_mode: 'web_message' }, { response_mode: 'form_post' }]) {
    const response = await createBrowser(tenant).get(authorizePath({ ...fields, ...more }))
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(response.headers.get('location')).toBeNull()
    expect(await response.text()).not.toMatch(/evil|postMessage|<form/)
  }
})

test('names what is wrong with an address', async () => {
  const page = await createBrowser(tenant).get(authorizePath({ redirect_uri: 'https://evil.test/' }))
  expect(await page.text()).toContain('Callback URL mismatch')
})

test.each<[what: string, fields: Fields, error: string, description: string]>([
  ['an unknown API', { audience: 'https://no.test' }, 'access_denied', 'Service not found: https://no.test'],
  ['an API of a slash more', { audience: `${apis.plain}/` }, 'access_denied', `Service not found: ${apis.plain}/`],
  ['another type', { response_type: 'token' }, 'unsupported_response_type', 'Only the response_type "code" is'],
  ['no type', { response_type: '' }, 'unsupported_response_type', 'Only the response_type "code" is'],
  ['another mode', { response_mode: 'pigeon' }, 'invalid_request', 'Unsupported response_mode.'],
  ['no challenge', { code_challenge: '' }, 'invalid_request', "Parameter 'code_challenge' is required."],
  ['a short challenge', { code_challenge: 'x' }, 'invalid_request', "Parameter 'code_challenge' is malformed."],
  ['another method', { code_challenge_method: 'S512' }, 'invalid_request', 'Unsupported code_challenge_method.'],
  ['another organization', { organization: 'nobody' }, 'invalid_request', 'Unknown organization.'],
  ['a max_age that is none', { max_age: '-1' }, 'invalid_request', 'max_age is not a number of seconds.'],
  ['prompt none', { prompt: 'none' }, 'login_required', 'Login required'],
  ['prompt none and another', { prompt: 'none login' }, 'invalid_request', 'none'],
])('tells the application of %s', async (_, fields, error, description) => {
  const response = await createBrowser(tenant).get(authorizePath(fields))
  expect(response.status).toBe(302)
  expect(response.headers.get('location')).toMatch(/^https:\/\/app\.test\/callback\?/)
  expect(answerIn(response)).toEqual({
    error,
    error_description: expect.stringContaining(description),
    state: 'a-state',
  })
})

test('tells an application that codes are not for it', async () => {
  const restore = changeClient(tenant, 'page', { grant_types: ['refresh_token'] })
  const response = await createBrowser(tenant).get(authorizePath())
  restore()
  expect(answerIn(response)).toMatchObject({ error: 'unauthorized_client' })
})

test('takes an address that is registered and no URL for a mistake', async () => {
  const restore = changeClient(tenant, 'page', { callbacks: ['/callback'] })
  const response = await logIn(tenant, { fields: { redirect_uri: '/callback' } })
  restore()
  expect(response.status).toBe(403)
})

test.each(['GET', 'POST'] as const)('takes the parameters of a %s', async (method) => {
  const browser = createBrowser(tenant)
  const path = authorizePath()
  const fields = Object.fromEntries(new URL(path, tenant.issuer).searchParams)
  const page = method === 'GET' ? await browser.get(path) : await browser.post('/authorize', fields)
  expect(page.status).toBe(200)
  expect(answerIn(await browser.submit(await page.text(), { email: 'ada@example.com', password }))).toHaveProperty(
    'code',
  )
})

test.each([
  ['a parameter that is repeated', `${authorizePath()}&redirect_uri=https://evil.test`],
  ['a parameter of a logout that is repeated', '/oidc/logout?state=a&state=b'],
])('refuses %s by a page', async (_, path) => {
  const response = await createBrowser(tenant).get(path)
  expect(response.status).toBe(400)
  expect(response.headers.get('location')).toBeNull()
  expect(response.headers.get('content-type')).toMatch(/^text\/html/)
  expect(await response.text()).toMatch(/is repeated\./)
})
