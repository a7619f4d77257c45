import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTenant, startTenant, type Tenant, type TenantSeed } from '../../src/index.js'
import { createBrowser } from '../support/browser.js'
import { launchChromium } from '../support/browser-chromium.js'
import { authorizePath, logIn } from '../support/login.js'
import { password, protocolSeed } from '../support/protocol-seed.js'
import { changeClient } from '../support/token-requests.js'

const headers = {
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

function directivesOf(answer: { readonly headers: Headers }): Readonly<Record<string, string>> {
  const policy = answer.headers.get('content-security-policy') ?? ''
  return Object.fromEntries(policy.split('; ').map((directive) => directive.split(/ (.*)/s, 2) as [string, string]))
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

describe('a page', () => {
  let tenant: Tenant
  beforeAll(async () => {
    tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
  })
  afterAll(() => tenant.close())

  const pages: readonly [name: string, status: number, open: () => Promise<Response>][] = [
    ['to log in', 200, () => createBrowser(tenant).get(authorizePath())],
    [
      'to log in again',
      400,
      async () => {
        const browser = createBrowser(tenant)
        const page = await browser.get(authorizePath())
        return browser.submit(await page.text(), { email: 'ada@example.com', password: 'wrong' })
      },
    ],
    ['to consent', 200, () => logIn(tenant, { fields: { prompt: 'consent' } })],
    ['that is too old', 400, () => createBrowser(tenant).post('/u/consent', { transaction: 'none' })],
    ['about an unknown application', 403, () => createBrowser(tenant).get(authorizePath({ client_id: 'nobody' }))],
    ['to activate a device', 200, () => createBrowser(tenant).get('/activate')],
    ['about an unknown device', 400, () => createBrowser(tenant).post('/activate', { user_code: 'none' })],
    ['after a logout', 200, () => createBrowser(tenant).get('/v2/logout')],
    [
      'about a logout address',
      400,
      () => createBrowser(tenant).get('/oidc/logout?post_logout_redirect_uri=https://a.b'),
    ],
    ['that is not there', 404, () => createBrowser(tenant).get('/nothing')],
  ]

  test.each(pages)('%s keeps scripts, frames and caches out', async (_, status, open) => {
    const response = await open()
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(Object.fromEntries(response.headers)).toMatchObject(headers)
    const html = await response.text()
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(html) ?? []
    expect(directivesOf(response)).toEqual({
      'default-src': "'none'",
      'style-src': hashOf(style),
      'img-src': 'data:',
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    })
    expect(html).not.toMatch(/<script|\son\w+=|\sstyle=/)
  })

  const origin = 'https://app.test'
  const noStore = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'origin' }

  test.each<[mode: string, fields: Readonly<Record<string, string>>]>([
    ['form_post', {}],
    ['form_post', { audience: 'https://no.test' }],
    ['web_message', { prompt: 'none' }],
    ['web_message', { prompt: 'none', audience: 'https://no.test' }],
  ])('with an answer by %s runs one script, and is framed by the application alone: %j', async (mode, fields) => {
    const browser = createBrowser(tenant)
    await logIn(tenant, { browser })
    const response = await browser.get(authorizePath({ response_mode: mode, ...fields }))
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject(noStore)
    expect(response.headers.has('x-frame-options')).toBe(false)
    const html = await response.text()
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => hashOf(script))
    expect(scripts).toHaveLength(1)
    expect(directivesOf(response)).toEqual({
      'default-src': "'none'",
      'base-uri': "'none'",
      'script-src': scripts[0],
      'frame-ancestors': origin,
    })
    expect(html).not.toMatch(/\son\w+=|\sstyle=/)
  })

  test('with an answer for an app is framed by nobody', async () => {
    const redirect_uri = 'com.example.app:/callback'
    const restore = changeClient(tenant, 'page', { callbacks: [redirect_uri] })
    const response = await logIn(tenant, { fields: { redirect_uri, response_mode: 'form_post' } })
    restore()
    expect(directivesOf(response)).toMatchObject({ 'frame-ancestors': "'none'" })
  })

  test('of the console has the headers of the console', async () => {
    const response = await createBrowser(tenant).get('/console/apis')
    expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(directivesOf(response)).toHaveProperty('script-src')
  })

  test('that is none has none of them', async () => {
    const redirect = await createBrowser(tenant).get(authorizePath({ prompt: 'none' }))
    const keys = await createBrowser(tenant).get('/.well-known/jwks.json')
    expect([redirect.status, keys.status]).toEqual([302, 200])
    for (const response of [redirect, keys]) expect(response.headers.has('content-security-policy')).toBe(false)
    expect(keys.headers.get('cache-control')).toBe('public, max-age=15')
  })
})

/** Two sites: the application, and another one that it goes on to or that frames what it should not. */
interface Site {
  readonly origin: string
  readonly requests: { readonly line: string; readonly origin: string | undefined; readonly body: string }[]
  close(): Promise<void>
}

async function startSite(answer: (path: string) => { readonly location: string } | { readonly html: string }) {
  const requests: Site['requests'] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    let body = ''
    for await (const chunk of request) body += String(chunk)
    requests.push({ line: `${request.method} ${url.pathname}`, origin: request.headers.origin, body })
    const given = answer(url.pathname)
    if ('location' in given) response.writeHead(303, { location: given.location }).end()
    else response.setHeader('content-type', 'text/html').end(`<!doctype html><title>A site</title>${given.html}`)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, requests, close }
}

describe('in Chromium', () => {
  let app: Site
  let other: Site
  let tenant: Tenant
  let chromium: Browser
  let page: Page
  let violations: string[]
  const framed = new Map<string, string>()

  beforeAll(async () => {
    other = await startSite((path) => ({ html: framed.get(path) ?? 'The end' }))
    app = await startSite((path) =>
      path === '/callback' ? { location: `${other.origin}/end` } : { html: framed.get(path) ?? 'The end' },
    )
    const seed: TenantSeed = {
      applications: [
        {
          ...{ name: 'Page', type: 'spa', clientId: 'page', webOrigins: [app.origin] },
          callbacks: [`${app.origin}/callback`, `${app.origin}/posted`, app.origin],
        },
      ],
      users: [{ email: 'ada@example.com', password }],
    }
    tenant = await startTenant({ port: 0, seed })
    chromium = await launchChromium()
  }, 30_000)
  afterAll(async () => {
    await chromium?.close()
    await Promise.all([app?.close(), other?.close(), tenant?.close()])
  })

  beforeEach(async () => {
    violations = []
    page = await chromium.newPage()
    page.setDefaultTimeout(10_000)
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) violations.push(message.text())
    })
    for (const site of [app, other]) site.requests.length = 0
  })
  afterEach(() => page.context().close())

  const authorizeUrl = (path: string, fields = {}) =>
    `${tenant.issuer.slice(0, -1)}${authorizePath({ redirect_uri: `${app.origin}${path}`, ...fields })}`
  const logInAs = () => page.getByRole('button', { name: 'Log in as ada@example.com' }).click()

  test('a login goes back to another origin, and from there to a third one', async () => {
    await page.goto(authorizeUrl('/callback', { prompt: 'consent' }))
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(background).not.toBe('rgba(0, 0, 0, 0)')
    await logInAs()
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.waitForURL(`${other.origin}/end`)
    expect(violations).toEqual([])
    expect(app.requests.map(({ line }) => line)).toEqual(['GET /callback'])
  })

  test('an answer by form goes to the callback, says where it comes from, and goes on to another origin', async () => {
    await page.goto(authorizeUrl('/callback', { response_mode: 'form_post' }))
    await logInAs()
    await page.waitForURL(`${other.origin}/end`)
    expect(violations).toEqual([])
    const [posted] = app.requests
    expect(posted).toMatchObject({ line: 'POST /callback', origin: tenant.issuer.slice(0, -1) })
    expect(posted?.body).toMatch(/^code=\w{43}&state=a-state$/)
  })

  /** Frames an address, and gives what is posted to the page around it within a second. */
  async function messageFrom(site: Site, url: string): Promise<unknown> {
    const frame = `<script>addEventListener('message', (event) => { got = { origin: event.origin, data: event.data } })</script>`
    framed.set('/frame', `${frame}<iframe src="${url.replaceAll('&', '&amp;')}"></iframe>`)
    await page.goto(`${site.origin}/frame`)
    const got = page.waitForFunction(() => Reflect.get(globalThis, 'got'), undefined, { timeout: 1000 })
    return (await got.catch(() => undefined))?.jsonValue()
  }

  const silent = { response_mode: 'web_message', prompt: 'none' }

  test('an answer by message gets out of a frame to the application', async () => {
    await page.goto(authorizeUrl(''))
    await logInAs()
    await page.waitForURL(`${app.origin}/?**`)
    const response = { code: expect.stringMatching(/^\w{43}$/), state: 'a-state' }
    const origin = tenant.issuer.slice(0, -1)
    expect(await messageFrom(app, authorizeUrl('', silent))).toEqual({
      origin,
      data: { type: 'authorization_response', response },
    })
    expect(violations).toEqual([])
  })

  test('an answer by message gets out of a frame of nobody else', async () => {
    expect(await messageFrom(other, authorizeUrl('', silent))).toBeUndefined()
    expect(violations).toEqual([expect.stringContaining(`frame-ancestors ${app.origin}`)])
  })

  test('nobody frames the login', async () => {
    expect(await messageFrom(app, authorizeUrl(''))).toBeUndefined()
    expect(violations).toEqual([expect.stringContaining("frame-ancestors 'none'")])
    expect(page.frames()[1]?.url()).toBe('chrome-error://chromewebdata/')
  })
})
