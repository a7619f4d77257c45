import { decodeJwt } from 'jose'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import { type BrowserApi, startBrowserApi } from '../support/browser-api.js'
import { type BrowserApp, inPage, startBrowserApp } from '../support/browser-app.js'
import { launchChromium } from '../support/browser-chromium.js'

const audience = 'https://api.example.com'
const pages = {
  '/silent/': {},
  '/rotating/': { useRefreshTokens: true },
  '/bound/': { useRefreshTokens: true, useDpop: true },
} as const

let app: BrowserApp
let tenant: Tenant
let api: BrowserApi
let browser: Browser
let page: Page

beforeAll(async () => {
  app = await startBrowserApp()
  const addresses = Object.keys(pages).map((path) => `${app.origin}${path}`)
  tenant = await startTenant({
    port: 0,
    seed: {
      apis: [
        {
          name: 'Messages',
          identifier: audience,
          permissions: { 'read:messages': 'Read messages' },
          offlineAccess: true,
          dpop: 'allowed',
        },
      ],
      applications: [
        {
          name: 'Page',
          type: 'spa',
          clientId: 'page',
          callbacks: addresses,
          logoutUrls: addresses,
          webOrigins: [app.origin],
        },
      ],
      users: [{ email: 'ada@example.com', password: 'local-password', name: 'Ada Admin' }],
    },
  })
  api = await startBrowserApi({ domain: tenant.domain, audience })
  for (const [path, options] of Object.entries(pages))
    app.serve(path, {
      apiUrl: api.url,
      options: {
        domain: tenant.issuer.slice(0, -1),
        clientId: 'page',
        authorizationParams: {
          audience,
          scope: 'openid profile email read:messages',
          redirect_uri: `${app.origin}${path}`,
        },
        ...options,
      },
    })
  browser = await launchChromium()
}, 30_000)
afterAll(async () => {
  await browser?.close()
  await Promise.all([api?.close(), tenant?.close(), app?.close()])
})
beforeEach(async () => {
  page = await browser.newPage()
  page.setDefaultTimeout(10_000)
})
afterEach(() => page.context().close())

async function logIn(path: keyof typeof pages): Promise<void> {
  await page.goto(`${app.origin}${path}`)
  await page.getByRole('button', { name: 'Log in here' }).click()
  await page.getByRole('button', { name: 'Log in as ada@example.com' }).click()
  await page.waitForURL(`${app.origin}${path}?**`)
  await inPage(page, 'finishLogin')
}

/** What happens at the tenant: `GET /authorize 200`, with the error if there is one. A browser asks for more than that. */
async function atTenant(work: () => Promise<unknown>): Promise<readonly string[]> {
  const answers: string[] = []
  const end = tenant.log.follow(({ method, path, status, error = '' }) => {
    if (method !== 'OPTIONS' && path !== '/favicon.ico') answers.push(`${method} ${path} ${status} ${error}`.trim())
  })
  await work()
  end()
  return answers
}

const newToken = () => inPage(page, 'token', { cacheMode: 'off' })
const claimsOf = (token: string | null) => decodeJwt(token ?? '')

describe('a login', () => {
  it('by redirect, through the login page, is known in the page', async () => {
    await logIn('/silent/')
    expect(await inPage(page, 'user')).toMatchObject({ email: 'ada@example.com', name: 'Ada Admin' })
    expect(claimsOf(await inPage(page, 'token'))).toMatchObject({ iss: tenant.issuer, azp: 'page' })
    expect(await inPage(page, 'call', '/bearer')).toMatchObject({ status: 200, body: { scheme: 'Bearer' } })
  })

  it('with a password is refused while the password is wrong', async () => {
    await page.goto(`${app.origin}/silent/`)
    await page.getByRole('button', { name: 'Log in here' }).click()
    for (const password of ['wrong', 'local-password']) {
      await page.getByLabel('Email').fill('ada@example.com')
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Log in', exact: true }).click()
      if (password === 'wrong') expect(await page.getByRole('alert').textContent()).toBe('Wrong email or password.')
    }
    await page.waitForURL(`${app.origin}/silent/?**`)
    await inPage(page, 'finishLogin')
    expect(await inPage(page, 'user')).toMatchObject({ email: 'ada@example.com' })
  })

  it('with a popup leaves the page where it is', async () => {
    await page.goto(`${app.origin}/silent/`)
    const opened = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Log in with a popup' }).click()
    const popup = await opened
    await popup.getByRole('button', { name: 'Log in as ada@example.com' }).click()
    await page.evaluate(() => Reflect.get(Reflect.get(globalThis, 'app'), 'popup'))
    expect(await inPage(page, 'user')).toMatchObject({ email: 'ada@example.com' })
    expect(page.url()).toBe(`${app.origin}/silent/`)
  })
})

describe('without refresh tokens', () => {
  it('a token is renewed in an iframe', async () => {
    await logIn('/silent/')
    const answers = await atTenant(newToken)
    expect(answers).toEqual(['GET /authorize 200', 'POST /oauth/token 200'])
    expect(await inPage(page, 'call', '/bearer')).toMatchObject({ status: 200 })
  })

  it('a page that is opened again finds its user by the session', async () => {
    await logIn('/silent/')
    await page.goto(`${app.origin}/silent/`)
    expect(await inPage(page, 'user')).toBeNull()
    await inPage(page, 'checkSession')
    expect(await inPage(page, 'user')).toMatchObject({ email: 'ada@example.com' })
  })

  it('somebody who is not logged in gets no token', async () => {
    await page.goto(`${app.origin}/silent/`)
    await expect(newToken()).rejects.toThrow('Login required')
  })
})

describe('with refresh tokens', () => {
  it('each one is used once', async () => {
    await logIn('/rotating/')
    const user_id = claimsOf(await inPage(page, 'token')).sub
    const known = () => tenant.state.refreshTokens.list().filter((token) => token.user_id === user_id)
    const family = known().at(-1)?.family
    expect(await atTenant(newToken)).toEqual(['POST /oauth/token 200'])
    expect(await atTenant(newToken)).toEqual(['POST /oauth/token 200'])
    const uses = known()
      .filter((token) => token.family === family)
      .map(({ used_at }) => used_at !== undefined)
    expect(uses).toEqual([true, true, false])
  })

  it('none is good after it is revoked', async () => {
    await logIn('/rotating/')
    expect(await atTenant(() => inPage(page, 'revoke'))).toEqual(['POST /oauth/revoke 200'])
    await expect(newToken()).rejects.toThrow('Missing Refresh Token')
  })
})

describe('with DPoP', () => {
  it('tenant and API ask for a nonce once each, and the token is good with a proof alone', async () => {
    const login = await atTenant(() => logIn('/bound/'))
    expect(login.slice(-2)).toEqual(['POST /oauth/token 400 use_dpop_nonce', 'POST /oauth/token 200'])
    const token = await inPage(page, 'token')
    expect(claimsOf(token)).toMatchObject({ azp: 'page', cnf: { jkt: expect.any(String) } })

    const before = api.answers.length
    for (let round = 0; round < 2; round += 1)
      expect(await inPage(page, 'call', '/dpop')).toEqual({
        status: 200,
        body: { sub: claimsOf(token).sub, scheme: 'DPoP' },
      })
    const answers = api.answers.slice(before).filter((answer) => !answer.startsWith('OPTIONS'))
    expect(answers).toEqual(['GET /dpop 401', 'GET /dpop 200', 'GET /dpop 200'])
    expect(await fetch(`${api.url}/bearer`, { headers: { authorization: `Bearer ${token}` } })).toMatchObject({
      status: 401,
    })
  })

  it('a refresh stays with the key', async () => {
    await logIn('/bound/')
    const before = claimsOf(await inPage(page, 'token'))
    expect(await atTenant(newToken)).toEqual(['POST /oauth/token 200'])
    expect(claimsOf(await newToken())['cnf']).toEqual(before['cnf'])
    expect(await inPage(page, 'call', '/dpop')).toMatchObject({ status: 200 })
  })

  it('an ordinary token is refused where a proof is required', async () => {
    await logIn('/silent/')
    expect(await inPage(page, 'call', '/dpop')).toMatchObject({
      status: 400,
      body: { detail: { error: 'invalid_request' } },
    })
  })
})

it('a logout ends the session, and comes back', async () => {
  await logIn('/silent/')
  const answers = await atTenant(async () => {
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.waitForURL(`${app.origin}/silent/`)
  })
  expect(answers).toEqual(['GET /v2/logout 302'])
  await expect(newToken()).rejects.toThrow('Login required')
})
