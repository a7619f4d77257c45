import { afterAll, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { createBrowser } from '../support/browser.js'
import { authorizePath, logIn } from '../support/login.js'
import { password, protocolSeed } from '../support/protocol-seed.js'
import { ask, askForToken, type Fields, machineRequest } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

const latest = () => tenant.log.list()[0]

test.each<[what: string, fields: Fields, status: number]>([
  ['an address that is not registered', { redirect_uri: 'https://evil.test/' }, 403],
  ['an address that gets no message', { client_id: 'web', response_mode: 'web_message' }, 403],
  ['an unknown API', { audience: 'https://no.test' }, 302],
  ['nobody who is logged in', { prompt: 'none' }, 302],
  ['a request that nobody has pushed', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 400],
  ['no such application', { client_id: 'nobody' }, 403],
])('names the application that is refused for %s', async (_, fields, status) => {
  await createBrowser(tenant).get(authorizePath(fields))
  const { client_id = 'page' } = fields
  expect(latest()).toMatchObject({ path: '/authorize', status, client_id, description: expect.any(String) })
})

test('names the application whose page is refused', async () => {
  await logIn(tenant, { fields: { organization: 'acme' }, email: 'rob@example.com' })
  expect(latest()).toMatchObject({ path: '/u/login', client_id: 'page', error: 'access_denied' })
  const browser = createBrowser(tenant)
  const login = await browser.get(authorizePath({ prompt: 'consent' }))
  const consent = await browser.submit(await login.text(), { email: 'ada@example.com', password })
  await browser.submit(await consent.text(), { decision: 'decline' })
  expect(latest()).toMatchObject({ path: '/u/consent', client_id: 'page', error: 'access_denied' })
})

const long = 'x'.repeat(5000)

test.each<[what: string, send: () => Promise<unknown>, cut: Readonly<Record<string, string>>]>([
  [
    'an audience at the token endpoint',
    () => askForToken(tenant, machineRequest(long)),
    { audience: long.slice(0, 200), description: `Service not enabled within domain: ${long}`.slice(0, 200) },
  ],
  [
    'an audience at /authorize',
    () => createBrowser(tenant).get(authorizePath({ audience: long })),
    { description: `Service not found: ${long}`.slice(0, 200) },
  ],
  [
    'a client_id',
    () => createBrowser(tenant).get(authorizePath({ client_id: long })),
    { client_id: long.slice(0, 200) },
  ],
])('keeps the beginning of %s', async (_, send, cut) => {
  await send()
  expect(latest()).toMatchObject(cut)
  expect(JSON.stringify(latest()).length).toBeLessThan(1000)
})

test('tells the application all of it', async () => {
  const answer = await ask(tenant, 'oauth/token', machineRequest(long))
  expect(answer.body).toMatchObject({ error_description: `Service not enabled within domain: ${long}` })
})
