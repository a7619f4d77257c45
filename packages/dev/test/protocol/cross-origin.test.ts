import { afterAll, expect, test } from 'vitest'
import { startTenant } from '../../src/index.js'
import { createBrowser } from '../support/browser.js'
import { answerIn, authorizePath } from '../support/login.js'
import { password, protocolSeed } from '../support/protocol-seed.js'

const started = await startTenant({ port: 0, seed: protocolSeed })
const tenant = { ...started, fetch: globalThis.fetch }
afterAll(() => tenant.close())

test.each(['/oauth/token', '/userinfo', '/.well-known/jwks.json', '/oauth/par'])(
  'lets pages of all origins call %s',
  async (path) => {
    const headers = {
      origin: 'https://anywhere.test',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,dpop,x-requested-with',
    }
    const preflight = await fetch(new URL(path, tenant.issuer), { method: 'OPTIONS', headers })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://anywhere.test')
    expect(preflight.headers.get('access-control-allow-headers')).toBe(headers['access-control-request-headers'])
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST')
    const answer = await fetch(new URL(path, tenant.issuer), { method: path.includes('.') ? 'GET' : 'POST', headers })
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://anywhere.test')
    expect(answer.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('dpop-nonce')
    for (const response of [preflight, answer]) {
      expect(response.headers.get('access-control-allow-credentials')).toBeNull()
      expect(response.headers.get('vary')?.toLowerCase()).toContain('origin')
    }
  },
)

test.each(['/authorize', '/u/login', '/u/consent', '/activate', '/v2/logout', '/oidc/logout'])(
  'lets no page of another origin read %s',
  async (path) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const headers = { origin: 'https://evil.test', 'access-control-request-method': 'POST' }
      const response = await fetch(new URL(path, tenant.issuer), { method, headers, redirect: 'manual' })
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    }
  },
)

test('has a cookie that no script reads and no other site sends along', async () => {
  const browser = createBrowser(tenant)
  const page = await (await browser.get(authorizePath())).text()
  const response = await browser.submit(page, { email: 'ada@example.com', password })
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^auth0\d+=\w{32}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/),
  ])
})

test.each<[hours: number, maxAge: number]>([
  [168, 604_800],
  [1, 3600],
  [1.5, 5400],
  // A browser keeps no cookie for longer than 400 days.
  [100_000, 34_560_000],
])('ends a session after the %d hours of the settings', async (hours, maxAge) => {
  const { settings } = tenant.state
  const usual = settings.get()
  settings.set({ ...usual, session_lifetime: hours })
  const browser = createBrowser(tenant)
  const page = await (await browser.get(authorizePath())).text()
  const cookies = (await browser.submit(page, { email: 'ada@example.com', password })).headers.getSetCookie()
  settings.set(usual)
  const answerAfter = async (seconds: number) => {
    tenant.clock.skew(seconds)
    const answer = answerIn(await browser.get(authorizePath({ prompt: 'none' })))
    tenant.clock.skew(0)
    return answer
  }
  expect(cookies).toEqual([expect.stringContaining(`; Max-Age=${maxAge};`)])
  expect(await answerAfter(hours * 3600 - 60)).toHaveProperty('code')
  expect(await answerAfter(hours * 3600 + 60)).toMatchObject({ error: 'login_required' })
})

test.each(['', 'x', '__proto__', 'undefined', 'auth0|x'])('knows nobody by the cookie %j', async (cookie) => {
  const response = await fetch(new URL(authorizePath({ prompt: 'none' }), tenant.issuer), {
    headers: { cookie: `auth0=${cookie}` },
    redirect: 'manual',
  })
  expect(answerIn(response)).toMatchObject({ error: 'login_required' })
})
