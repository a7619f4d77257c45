import { afterAll, afterEach, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { createBrowser } from '../support/browser.js'
import { answerIn, authorizePath, challenge, codeRequest, logIn } from '../support/login.js'
import { callback, protocolSeed, secret } from '../support/protocol-seed.js'
import { ask, askForToken, type Fields, textOf } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())
afterEach(() => tenant.clock.skew(0))

const browser = createBrowser(tenant)
await logIn(tenant, { browser })

const own = { client_id: 'web', client_secret: secret }
const request = {
  redirect_uri: callback,
  response_type: 'code',
  scope: 'openid',
  state: 'pushed',
  code_challenge: challenge,
}

function push(changed: Fields = {}) {
  return ask(tenant, 'oauth/par', { ...own, ...request, code_challenge_method: 'S256', ...changed })
}

const at = (request_uri: string, client_id = 'web') => `/authorize?${new URLSearchParams({ client_id, request_uri })}`

test('keeps what is pushed, for one use', async () => {
  const pushed = await push()
  expect(pushed).toMatchObject({ status: 201 })
  expect(pushed.body).toEqual({
    request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:\w{43}$/),
    expires_in: 60,
  })
  const requestUri = textOf(pushed, 'request_uri')
  const { code = '', state } = answerIn(
    await browser.get(`${at(requestUri)}&state=other&redirect_uri=https://evil.test`),
  )
  expect(state).toBe('pushed')
  expect(await askForToken(tenant, codeRequest(code, own))).toMatchObject({ status: 200 })
  expect((await browser.get(at(requestUri))).status).toBe(400)
})

test.each<[what: string, fields: Fields, status: number]>([
  ['a wrong secret', { client_secret: 'wrong' }, 401],
  ['no secret', { client_secret: '' }, 401],
  ['an unknown client', { client_id: 'nobody' }, 401],
  ['a request_uri', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 400],
])('keeps nothing with %s', async (_, fields, status) => {
  expect(await push(fields)).toMatchObject({ status })
})

test('checks what was pushed as it does everything', async () => {
  const requestUri = textOf(await push({ redirect_uri: 'https://evil.test/' }), 'request_uri')
  const response = await browser.get(at(requestUri))
  expect(response.status).toBe(403)
  expect(response.headers.get('location')).toBeNull()
})

test('gives it to nobody else, and not for long', async () => {
  const stolen = textOf(await push(), 'request_uri')
  expect((await browser.get(at(stolen, 'page'))).status).toBe(400)
  const old = textOf(await push(), 'request_uri')
  tenant.clock.skew(61)
  expect((await browser.get(at(old))).status).toBe(400)
})

test('fetches no request from anywhere', async () => {
  const response = await browser.get(
    `${authorizePath()}&request_uri=${encodeURIComponent('https://evil.test/request')}`,
  )
  expect(response.status).toBe(400)
})
