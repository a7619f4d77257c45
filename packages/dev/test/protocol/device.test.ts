import { decodeJwt } from 'jose'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { createBrowser } from '../support/browser.js'
import { apis, password, protocolSeed } from '../support/protocol-seed.js'
import { ask, askForToken, type Fields, textOf, userId } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())
afterEach(() => tenant.clock.skew(0))

const browser = createBrowser(tenant)
const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'

function begin(changed: Fields = {}) {
  return ask(tenant, 'oauth/device/code', {
    client_id: 'device',
    scope: 'openid email',
    audience: apis.plain,
    ...changed,
  })
}

async function beginning() {
  const answer = await begin()
  return { device_code: textOf(answer, 'device_code'), user_code: textOf(answer, 'user_code') }
}

function poll(device_code: string, changed: Fields = {}) {
  return askForToken(tenant, { grant_type, client_id: 'device', device_code, ...changed })
}

function decide(user_code: string, email: string | undefined) {
  const decision = email === undefined ? { decision: 'decline' } : { user_id: userId(tenant, email) }
  return browser.post('/activate', { user_code, ...decision })
}

const pending = {
  status: 403,
  body: { error: 'authorization_pending', error_description: 'User has yet to authorize device code.' },
}
const unknown = { status: 403, body: { error: 'invalid_grant' } }

test('begins as RFC 8628 has it', async () => {
  const answer = await begin()
  expect(answer).toMatchObject({ status: 200 })
  const user_code = textOf(answer, 'user_code')
  expect(user_code).toMatch(/^[B-DF-HJ-NP-TV-Z]{4}-[B-DF-HJ-NP-TV-Z]{4}$/)
  expect(answer.body).toEqual({
    device_code: expect.stringMatching(/^\w{43}$/),
    user_code,
    verification_uri: `${tenant.issuer}activate`,
    verification_uri_complete: `${tenant.issuer}activate?user_code=${user_code}`,
    expires_in: 900,
    interval: 5,
  })
})

test.each<[what: string, fields: Fields, status: number, error: string]>([
  ['an unknown client', { client_id: 'nobody' }, 401, 'access_denied'],
  ['a client without devices', { client_id: 'page' }, 403, 'unauthorized_client'],
  ['an unknown API', { audience: 'https://nowhere.test' }, 403, 'access_denied'],
])('does not begin with %s', async (_, fields, status, error) => {
  expect(await begin(fields)).toMatchObject({ status, body: { error } })
})

test('waits for the user, slows a hasty device down, and gives tokens once', async () => {
  const { device_code, user_code } = await beginning()
  expect(await poll(device_code)).toMatchObject(pending)
  expect(await poll(device_code)).toMatchObject({ status: 429, body: { error: 'slow_down' } })
  tenant.clock.skew(10)
  expect(await poll(device_code)).toMatchObject(pending)
  expect((await decide(user_code.toLowerCase(), 'ada@example.com')).status).toBe(200)
  tenant.clock.skew(20)
  const tokens = await poll(device_code)
  expect(tokens).toMatchObject({ status: 200, body: { scope: 'openid email', token_type: 'Bearer' } })
  expect(decodeJwt(textOf(tokens, 'id_token'))).toMatchObject({ aud: 'device', email: 'ada@example.com' })
  expect(await poll(device_code)).toMatchObject(unknown)
})

test('gives tokens once, also to many who ask at the same time', async () => {
  const { device_code, user_code } = await beginning()
  await decide(user_code, 'ada@example.com')
  const answers = await Promise.all(Array.from({ length: 10 }, () => poll(device_code)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
})

test('says that the user does not want it, once', async () => {
  const { device_code, user_code } = await beginning()
  expect(await (await decide(user_code, undefined)).text()).toContain('Cancelled')
  const answer = await poll(device_code)
  expect(answer).toMatchObject({ status: 403 })
  expect(answer.body).toEqual({
    error: 'access_denied',
    error_description: 'User cancelled the confirmation prompt.',
  })
  expect(await poll(device_code)).toMatchObject(unknown)
})

test('says that the time is over, once', async () => {
  const { device_code, user_code } = await beginning()
  tenant.clock.skew(901)
  expect((await decide(user_code, 'ada@example.com')).status).toBe(400)
  expect(await poll(device_code)).toMatchObject({ status: 403, body: { error: 'expired_token' } })
  expect(await poll(device_code)).toMatchObject(unknown)
})

test('gives another client nothing', async () => {
  const { device_code, user_code } = await beginning()
  await decide(user_code, 'ada@example.com')
  const restore = tenant.state.clients.get('page')
  if (restore === undefined) throw new Error('No page')
  tenant.state.clients.put({ ...restore, grant_types: [grant_type] })
  const stolen = await poll(device_code, { client_id: 'page' })
  tenant.state.clients.put(restore)
  expect(stolen).toMatchObject(unknown)
  expect(await poll(device_code)).toMatchObject({ status: 200 })
})

test.each([
  ['a code that nobody has', 'BBBB-BBBB'],
  ['no code', ''],
  ['markup', '"><script>alert(1)</script>'],
])('lets nobody decide about %s', async (_, user_code) => {
  const response = await decide(user_code, 'ada@example.com')
  expect(response.status).toBe(400)
  const html = await response.text()
  expect(html).toContain('There is no device with this code.')
  expect(html).not.toContain('<script>alert')
})

test('lets in who types an email address and a password', async () => {
  const { device_code, user_code } = await beginning()
  const wrong = await browser.post('/activate', { user_code, email: 'rob@example.com', password: 'wrong' })
  const again = await wrong.text()
  expect(wrong.status).toBe(400)
  expect(again).toContain('Wrong email or password.')
  expect(again).toContain(`value="${user_code}"`)
  expect(await poll(device_code)).toMatchObject(pending)
  const form = { user_code, email: 'Rob@example.com', password }
  expect((await browser.post('/activate', form)).status).toBe(200)
  tenant.clock.skew(10)
  const answer = await poll(device_code)
  tenant.clock.skew(0)
  expect(decodeJwt(textOf(answer, 'access_token'))['sub']).toBe(userId(tenant, 'rob@example.com'))
})

test('lets nobody in who does not say who', async () => {
  const { device_code, user_code } = await beginning()
  expect((await browser.post('/activate', { user_code })).status).toBe(400)
  expect(await poll(device_code)).toMatchObject(pending)
})

test('lets a user decide once', async () => {
  const { device_code, user_code } = await beginning()
  await decide(user_code, 'ada@example.com')
  expect((await decide(user_code, undefined)).status).toBe(400)
  expect(await poll(device_code)).toMatchObject({ status: 200 })
})

test('gives nothing for a user who is blocked', async () => {
  const { device_code, user_code } = await beginning()
  const user = tenant.state.users.get(userId(tenant, 'rob@example.com'))
  if (user === undefined) throw new Error('No such user')
  await decide(user_code, user.email)
  tenant.state.users.put({ ...user, blocked: true })
  const answer = await poll(device_code)
  tenant.state.users.put(user)
  expect(answer).toMatchObject({ status: 403 })
})

test('takes the default audience where the device says none', async () => {
  const quiet = tenant.state.settings.get()
  tenant.state.settings.set({ ...quiet, default_audience: apis.plain })
  const started = await begin({ audience: '' })
  tenant.state.settings.set(quiet)
  await decide(textOf(started, 'user_code'), 'ada@example.com')
  const tokens = await poll(textOf(started, 'device_code'))
  expect(decodeJwt(textOf(tokens, 'access_token'))).toMatchObject({ aud: [apis.plain, `${tenant.issuer}userinfo`] })
})

test('shows the code that an address has, and nothing that it means', async () => {
  const response = await browser.get(`/activate?user_code=${encodeURIComponent('"><img src=x onerror=alert(1)>')}`)
  expect(response.status).toBe(200)
  expect(await response.text()).not.toContain('<img')
})
