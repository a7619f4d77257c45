import { afterAll, afterEach, expect, test } from 'vitest'
import { createTenant, type Tenant } from '../../src/index.js'
import { createBrowser } from '../support/browser.js'
import { answerIn, authorizePath, codeFor, codeRequest, logIn } from '../support/login.js'
import { apis, password, protocolSeed } from '../support/protocol-seed.js'
import { askForToken, changeClient, type Fields, userId } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
const { state } = tenant
const quiet = state.settings.get()
afterAll(() => tenant.close())
afterEach(() => {
  tenant.clock.skew(0)
  state.settings.set(quiet)
})

test.each([
  ['by email and password', { email: 'ada@example.com', password }],
  ['by an email in capitals', { email: 'ADA@example.com', password }],
  ['by one click', { user_id: userId(tenant, 'ada@example.com') }],
])('logs a user in %s', async (_, entered) => {
  const browser = createBrowser(tenant)
  const page = await browser.get(authorizePath())
  const response = await browser.submit(await page.text(), entered)
  expect(answerIn(response)).toEqual({ code: expect.stringMatching(/^\w{43}$/), state: 'a-state' })
})

test.each([
  ['a wrong password', { email: 'ada@example.com', password: 'wrong' }],
  ['an unknown email', { email: 'nobody@example.com', password }],
  ['no password', { email: 'ada@example.com' }],
  ['an unknown user', { user_id: 'auth0|nobody' }],
  ['a name of every object', { user_id: '__proto__' }],
  ['nothing', { email: '', password: '' }],
])('logs nobody in with %s, and lets them try again', async (_, entered: Fields) => {
  const browser = createBrowser(tenant)
  const page = await browser.get(authorizePath())
  const again = await browser.submit(await page.text(), entered)
  expect(again.status).toBe(400)
  expect(browser.cookies.size).toBe(0)
  const html = await again.text()
  expect(html).toContain('Wrong email or password.')
  expect(html).not.toContain(password)
  expect(answerIn(await browser.submit(html, { email: 'ada@example.com', password }))).toHaveProperty('code')
})

test('takes a page once', async () => {
  const browser = createBrowser(tenant)
  const html = await (await browser.get(authorizePath())).text()
  const entered = { email: 'ada@example.com', password }
  expect((await browser.submit(html, entered)).status).toBe(302)
  expect((await browser.submit(html, entered)).status).toBe(400)
})

test('does not take a page that is too old', async () => {
  const browser = createBrowser(tenant)
  const html = await (await browser.get(authorizePath())).text()
  tenant.clock.skew(601)
  expect((await browser.submit(html, { email: 'ada@example.com', password })).status).toBe(400)
})

async function sessionOf(used: Tenant, email = 'ada@example.com') {
  const browser = createBrowser(used)
  await logIn(used, { browser, email })
  return browser
}

test.each<[what: string, fields: Fields, ahead: number, answer: 'code' | 'page' | 'login_required']>([
  ['goes on', {}, 0, 'code'],
  ['goes on silently', { prompt: 'none' }, 0, 'code'],
  ['asks for a login that is demanded', { prompt: 'login' }, 0, 'page'],
  ['asks for a login and consent that are demanded', { prompt: 'login consent' }, 0, 'page'],
  ['asks for consent that is demanded', { prompt: 'consent' }, 0, 'page'],
  ['goes on after a login that is new enough', { max_age: '100' }, 90, 'code'],
  ['asks for a login after too old a one', { max_age: '100' }, 110, 'page'],
  ['asks for a login where none is new enough', { max_age: '0' }, 0, 'page'],
  ['says silently that the login is too old', { max_age: '100', prompt: 'none' }, 110, 'login_required'],
  ['says silently that the session is over', { prompt: 'none' }, 8 * 24 * 3600, 'login_required'],
])('with a session %s', async (_, fields, ahead, answer) => {
  const browser = await sessionOf(tenant)
  tenant.clock.skew(ahead)
  const response = await browser.get(authorizePath(fields))
  if (answer === 'page') expect(response.status).toBe(200)
  else expect(Object.values(answerIn(response))).toContain(answer === 'code' ? answerIn(response)['code'] : answer)
  if (answer === 'code') expect(answerIn(response)).toHaveProperty('code')
})

test('asks for a login again, and then has a new time of login', async () => {
  const browser = await sessionOf(tenant)
  const before = browser.cookies.get('auth0')
  const again = await browser.get(authorizePath({ prompt: 'login' }))
  const response = await browser.submit(await again.text(), { email: 'ada@example.com', password })
  expect(answerIn(response)).toHaveProperty('code')
  expect(browser.cookies.get('auth0')).not.toBe(before)
})

test('keeps its session apart from that of another tenant on this machine', async () => {
  const [one, other] = await Promise.all(
    ['http://localhost:4490/', 'http://localhost:4491/'].map((issuer) => createTenant(issuer, { seed: protocolSeed })),
  )
  if (one === undefined || other === undefined) throw new Error('No tenants')
  const names = await Promise.all([one, other].map(async (each) => [...(await sessionOf(each)).cookies.keys()]))
  expect(names).toEqual([['auth04490'], ['auth04491']])
})

test('asks for consent where that is demanded, also after a login', async () => {
  const browser = createBrowser(tenant)
  const login = await browser.get(authorizePath({ prompt: 'consent' }))
  const consent = await browser.submit(await login.text(), { email: 'ada@example.com', password })
  expect(consent.status).toBe(200)
  const response = await browser.submit(await consent.text(), { decision: 'accept' })
  expect(answerIn(response)).toHaveProperty('code')
})

test('asks for consent where the tenant does, once for each thing asked for', async () => {
  state.settings.set({ ...quiet, show_consent: true })
  const fields = { audience: apis.plain, scope: 'openid read:things' }
  const browser = await sessionOf(tenant)
  expect(answerIn(await browser.get(authorizePath({ ...fields, prompt: 'none' })))).toEqual({
    error: 'consent_required',
    error_description: 'Consent required',
    state: 'a-state',
  })
  const page = await (await browser.get(authorizePath(fields))).text()
  expect(page).toContain('read:things')
  expect(answerIn(await browser.submit(page, { decision: 'decline' }))).toEqual({
    error: 'access_denied',
    error_description: 'User did not authorize the request',
    state: 'a-state',
  })
  const again = await (await browser.get(authorizePath(fields))).text()
  expect(answerIn(await browser.submit(again, { decision: 'accept' }))).toHaveProperty('code')
  expect(answerIn(await browser.get(authorizePath({ ...fields, prompt: 'none' })))).toHaveProperty('code')
  const more = { ...fields, scope: 'openid read:things write:things', prompt: 'none' }
  expect(answerIn(await browser.get(authorizePath(more)))).toMatchObject({ error: 'consent_required' })
})

test('knows an organization by name and by id, and lets only its members in', async () => {
  const organization = state.organizations.list()[0]?.id ?? ''
  for (const wanted of ['acme', organization])
    expect(answerIn(await logIn(tenant, { fields: { organization: wanted } }))).toHaveProperty('code')
  const rob = { fields: { organization }, email: 'rob@example.com' }
  expect(answerIn(await logIn(tenant, rob))).toEqual({
    error: 'access_denied',
    error_description: `user ${userId(tenant, 'rob@example.com')} is not part of the ${organization} organization`,
    state: 'a-state',
  })
})

test('gives nobody the consent of another who has logged in meanwhile', async () => {
  const browser = await sessionOf(tenant)
  const page = await (await browser.get(authorizePath({ organization: 'acme', prompt: 'consent' }))).text()
  await logIn(tenant, { browser, fields: { prompt: 'login' }, email: 'rob@example.com' })
  expect(answerIn(await browser.submit(page, { decision: 'accept' }))).toMatchObject({ error: 'access_denied' })
})

test.each(['require', 'deny'] as const)('minds whether an application has organizations: %s', async (usage) => {
  const restore = changeClient(tenant, 'page', { organization_usage: usage })
  const without = answerIn(await logIn(tenant))['code']
  const within = answerIn(await logIn(tenant, { fields: { organization: 'acme' } }))['code']
  restore()
  expect([without, within].map((code) => code !== undefined)).toEqual([usage === 'deny', usage === 'require'])
})

test('lets no blocked user in, and gives no tokens for a code of one', async () => {
  const user = state.users.get(userId(tenant, 'rob@example.com'))
  if (user === undefined) throw new Error('No such user')
  const code = await codeFor(tenant, { email: user.email })
  state.users.put({ ...user, blocked: true })
  const blocked = answerIn(await logIn(tenant, { email: user.email }))
  const answer = await askForToken(tenant, codeRequest(code))
  state.users.put(user)
  expect(blocked).toMatchObject({ error: 'unauthorized', error_description: 'user is blocked' })
  expect(answer).toMatchObject({ status: 403 })
})

test('forgets the session of a user who is gone', async () => {
  const browser = await sessionOf(tenant, 'rob@example.com')
  const user = state.users.get(userId(tenant, 'rob@example.com'))
  if (user === undefined) throw new Error('No such user')
  state.users.delete(user.user_id)
  const response = await browser.get(authorizePath({ prompt: 'none' }))
  state.users.put(user)
  expect(answerIn(response)).toMatchObject({ error: 'login_required' })
})
