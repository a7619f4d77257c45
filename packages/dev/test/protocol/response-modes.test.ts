import { createContext, runInContext } from 'node:vm'
import { afterAll, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { actionOf, createBrowser, hiddenFields, unescaped } from '../support/browser.js'
import { authorizePath, logIn } from '../support/login.js'
import { callback, protocolSeed } from '../support/protocol-seed.js'
import { changeClient } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

const browser = createBrowser(tenant)
await logIn(tenant, { browser })

/** What an application, or whoever sends a user here, may put into `state`. */
const states = [
  'plain',
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '"><img src=x onerror=alert(1)>',
  `'"\`\${alert(1)}\\`,
  '\u2028\u2029\n\r\t\0',
  '&amp;&lt;%3Cb%3E%0d%0aset-cookie:%20a=b',
  '\r\nset-cookie: a=b',
  '../..//evil.test?a=b&code=other#error=x',
  'ünï✓\u{1F600}',
  '__proto__',
  'x'.repeat(2000),
]

const code = expect.stringMatching(/^\w{43}$/)

test.each(states)('gives a state back in the query: %j', async (state) => {
  const response = await browser.get(authorizePath({ state }))
  expect(response.status).toBe(302)
  const url = new URL(response.headers.get('location') ?? '')
  expect(url.origin + url.pathname).toBe(callback)
  expect(Object.fromEntries(url.searchParams)).toEqual({ code, state })
  expect(url.hash).toBe('')
  expect(response.headers.getSetCookie()).toEqual([])
})

test.each(states)('gives a state back in the fragment: %j', async (state) => {
  const response = await browser.get(authorizePath({ state, response_mode: 'fragment' }))
  const url = new URL(response.headers.get('location') ?? '')
  expect(url.origin + url.pathname + url.search).toBe(callback)
  expect(Object.fromEntries(new URLSearchParams(url.hash.slice(1)))).toEqual({ code, state })
})

test.each(states)('gives a state back in a form: %j', async (state) => {
  const response = await browser.get(authorizePath({ state, response_mode: 'form_post' }))
  expect(response.headers.get('cache-control')).toBe('no-store')
  const html = await response.text()
  expect(actionOf(html)).toBe(callback)
  expect(hiddenFields(html)).toEqual({ code, state })
  expect(html.match(/<(?!\/|!doctype)[a-z]+/gi)).toEqual([
    '<html',
    '<title',
    '<body',
    '<form',
    '<input',
    '<input',
    '<noscript',
    '<button',
    '<script',
  ])
})

interface Message {
  readonly message: unknown
  readonly origin: string
}

/** Runs the script of a page, as a browser would. */
function messagesOf(html: string, hasOpener: boolean): readonly Message[] {
  expect(html.match(/<\/?script/gi)).toEqual(['<script', '</script'])
  expect(html).not.toContain('<!--')
  const [, body = '', script = ''] = /<body ([^>]*)><script>([\s\S]*)<\/script>/.exec(html) ?? []
  const dataset = Object.fromEntries(
    [...body.matchAll(/data-(\w+)="([^"]*)"/g)].map(([, name, value = '']) => [name, unescaped(value)]),
  )
  const posted: Message[] = []
  const receiver = {
    postMessage: (message: unknown, origin: string) => void posted.push({ message: structuredClone(message), origin }),
  }
  const alert = () => posted.push({ message: 'ALERT', origin: '' })
  const window = hasOpener ? { opener: receiver, parent: {} } : { opener: null, parent: receiver }
  runInContext(script, createContext({ window, alert, document: { body: { dataset } } }))
  return posted
}

test.each(states)('gives a state back in a message: %j', async (state) => {
  const response = await browser.get(authorizePath({ state, response_mode: 'web_message', prompt: 'none' }))
  expect(response.status).toBe(200)
  const html = await response.text()
  const message = { type: 'authorization_response', response: { code, state } }
  expect(messagesOf(html, false)).toEqual([{ message, origin: 'https://app.test' }])
  expect(messagesOf(html, true)).toEqual([{ message, origin: 'https://app.test' }])
})

test.each([
  ['query', (html: string, location: URL | undefined) => location?.searchParams.get('error') ?? html],
  ['fragment', (_: string, location: URL | undefined) => new URLSearchParams(location?.hash.slice(1)).get('error')],
  ['form_post', (html: string) => hiddenFields(html)['error']],
  [
    'web_message',
    (html: string) =>
      (messagesOf(html, false)[0]?.message as { response: { error: string } } | undefined)?.response.error,
  ],
] as const)('gives an error in the %s', async (response_mode, read) => {
  const audience = '</script>"><script>alert(1)</script>'
  const response = await browser.get(authorizePath({ response_mode, audience }))
  const location = response.headers.get('location')
  expect(read(await response.text(), location === null ? undefined : new URL(location))).toBe('access_denied')
})

test.each([
  ['no origin', []],
  ['another origin', ['https://other.test']],
  ['the address itself', [callback]],
  ['the origin with a slash', ['https://app.test/']],
  ['another port', ['https://app.test:8443']],
  ['another scheme', ['http://app.test']],
  ['the origin of a subdomain', ['https://www.app.test']],
])('posts to nobody where the web origins of an application are %s', async (_, web_origins) => {
  const restore = changeClient(tenant, 'page', { web_origins })
  const fields = { response_mode: 'web_message', prompt: 'none' }
  const refused = [authorizePath(fields), authorizePath({ ...fields, audience: 'https://no.test' })]
  const responses = await Promise.all(refused.map((path) => browser.get(path)))
  const elsewhere = await browser.get(authorizePath({ response_mode: 'fragment' }))
  restore()
  expect(elsewhere.status).toBe(302)
  for (const response of responses) {
    expect(response.status).toBe(403)
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    const html = await response.text()
    expect(html).toContain('Web origin mismatch')
    expect(html).toContain('list of Allowed Web Origins')
    expect(html).not.toContain('<script')
  }
})

test('posts nothing to the address of an app, which has no origin', async () => {
  const redirect_uri = 'com.example.app:/callback'
  const restore = changeClient(tenant, 'page', { callbacks: [redirect_uri], web_origins: [redirect_uri] })
  const response = await browser.get(authorizePath({ redirect_uri, response_mode: 'web_message' }))
  restore()
  expect(response.status).toBe(403)
})

test('keeps the query that a registered address has', async () => {
  const redirect_uri = `${callback}?kept=1&code=not-this`
  const restore = changeClient(tenant, 'page', { callbacks: [redirect_uri] })
  const response = await browser.get(authorizePath({ redirect_uri }))
  restore()
  const query = new URL(response.headers.get('location') ?? '').searchParams
  expect(query.get('kept')).toBe('1')
  expect(query.getAll('code')).toEqual([code])
})

test('goes to an address of an app', async () => {
  const redirect_uri = 'com.example.app:/callback'
  const restore = changeClient(tenant, 'page', { callbacks: [redirect_uri] })
  const response = await browser.get(authorizePath({ redirect_uri, state: '' }))
  restore()
  expect(response.headers.get('location')).toMatch(/^com\.example\.app:\/callback\?code=\w{43}$/)
})
