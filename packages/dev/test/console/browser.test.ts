import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import { launchChromium } from '../support/browser-chromium.js'
import { apiOf, clientOf, the } from './support/console-client.js'

let browser: Browser
let tenant: Tenant
let context: BrowserContext
let page: Page

beforeAll(async () => {
  browser = await launchChromium()
  tenant = await startTenant({ port: 0 })
})

afterAll(async () => {
  await browser.close()
  await tenant.close()
})

beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
})

afterEach(() => context.close())

const at = (path: string) => `${tenant.issuer.slice(0, -1)}${path}`

async function askForToken(changed: Readonly<Record<string, string>> = {}): Promise<void> {
  const fields = { grant_type: 'client_credentials', client_id: 'local-m2m', client_secret: 'local-m2m-secret' }
  const body = new URLSearchParams({ ...fields, audience: 'https://api.example.com', ...changed })
  await fetch(at('/oauth/token'), { method: 'POST', body })
}

test('an API is made, gets a permission and a grant, and a token for it is copied', async () => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(at('/'))
  await page.click('nav >> text=APIs')
  await page.click('text=Create API')
  await page.getByLabel('Name').fill('Orders')
  await page.getByLabel('Identifier').fill('https://orders.test')
  await page.click('button:has-text("Create API")')
  expect(await page.textContent('[role=status]')).toContain('Created.')
  await page.getByLabel('Permission', { exact: true }).fill('read:orders')
  await page.click('button:has-text("Add permission")')
  expect(await page.textContent('table')).toContain('read:orders')
  await page.goto(at('/console/applications/local-m2m/access'))
  await page.getByLabel('API', { exact: true }).selectOption('https://orders.test')
  await page.click('button:has-text("Add grant")')
  await page.goto(at(`/console/apis/${apiOf(tenant, 'https://orders.test').id}/test`))
  await page.getByLabel('Application', { exact: true }).selectOption({ label: 'Machine to machine' })
  await page.click('[aria-labelledby=as-client-title] button')
  const token = await page.textContent('#token')
  await page.click('text=Copy token')
  await page.waitForSelector('button:has-text("Copied")')
  expect(await page.textContent('#said')).toBe('Copied')
  expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(token)
  await page.waitForSelector('button:has-text("Copy token")')
  await page.click('button:has-text("Inspect")')
  expect(await page.textContent('[role=alert]')).toContain('Orders takes this token.')
  expect(page.url()).toBe(at('/console/inspector'))
})

test('an application’s secret is shown, and what it is called is copied', async () => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(at(`/console/applications/${clientOf(tenant, 'Web app').client_id}`))
  await page.click('text=Copy client ID')
  await page.waitForSelector('button:has-text("Copied")')
  expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe('local-web')
  expect(await page.content()).not.toContain('local-web-secret')
  await page.click('text=Show secret')
  expect(await page.textContent('#client-secret')).toBe('local-web-secret')
})

test('a mistake takes the focus, and is read with its field', async () => {
  await page.goto(at('/console/new-user'))
  await page.getByLabel('Email').fill('max')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=alert]')
  expect(await page.title()).toContain('Mistake:')
  const focused = page.locator(':focus')
  expect(await focused.getAttribute('name')).toBe('email')
  expect(await focused.inputValue()).toBe('max')
  expect(await focused.getAttribute('aria-invalid')).toBe('true')
  const described = (await focused.getAttribute('aria-describedby')) ?? ''
  expect(await page.textContent(`#${described}`)).toBe('This is not an email address such as ada@example.com.')
})

test('the keyboard gets to the content at once, and sees where it is', async () => {
  await page.goto(at('/console/roles'))
  await page.keyboard.press('Tab')
  expect(await page.textContent(':focus')).toContain('Skip to the content')
  expect(await page.locator(':focus').isVisible()).toBe(true)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  expect((await page.textContent(':focus'))?.trim()).toBe('Create role')
  expect(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
  expect(await page.locator('nav[aria-label=Console] [aria-current=page]').allTextContents()).toEqual(['Roles'])
})

describe('the log', () => {
  test('grows while it is looked at, can pause, and goes on without a gap', async () => {
    await page.goto(at('/console/log'))
    const rows = page.locator('tbody tr')
    const before = await rows.count()
    await askForToken({ client_secret: 'wrong' })
    await expect.poll(() => rows.count()).toBe(before + 1)
    expect(await rows.first().textContent()).toContain('Unauthorized')
    await page.click('text=Pause')
    await askForToken()
    await askForToken({ audience: 'https://lost.test' })
    expect(await rows.count()).toBe(before + 1)
    await page.click('text=Go on')
    await expect.poll(() => rows.count()).toBe(before + 3)
    expect(await rows.first().textContent()).toContain('https://lost.test')
  })

  test('begins with the first request where there was none', async () => {
    const fresh = await startTenant({ port: 0 })
    await page.goto(`${fresh.issuer}console/log`)
    expect(await page.locator('#log').isVisible()).toBe(false)
    await fetch(`${fresh.issuer}.well-known/jwks.json`)
    await page.waitForSelector('#log')
    expect(await page.locator('#log-empty').isVisible()).toBe(false)
    await fresh.close()
  })

  test('is a list without scripts', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false })
    const quiet = await plain.newPage()
    await askForToken()
    await quiet.goto(at('/console/log'))
    expect(await quiet.locator('tbody tr').first().textContent()).toContain('Machine to machine')
    // What would do nothing is not there.
    expect(await quiet.locator('#pause').isVisible()).toBe(false)
    await quiet.goto(at('/'))
    expect(await quiet.locator('[data-copy]').first().isVisible()).toBe(false)
    await plain.close()
  })
})

describe('a foreign page', () => {
  let foreign: string
  let html = ''
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html))

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    foreign = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })

  afterAll(() => new Promise((resolve) => server.close(resolve)))

  test('cannot send a form', async () => {
    html = `<form method="post" action="${at('/console/new-api')}"><input name="name" value="Evil"><input name="identifier" value="https://evil.test"></form>`
    await page.goto(foreign)
    const [answer] = await Promise.all([
      page.waitForResponse(at('/console/new-api')),
      page.evaluate('document.forms[0].submit()'),
    ])
    expect(answer.status()).toBe(403)
    expect(tenant.state.resourceServers.list().map(({ name }) => name)).not.toContain('Evil')
  })

  test('cannot read, be it by a script, a frame or a stream', async () => {
    html = `<iframe src="${at('/console/applications/local-m2m')}"></iframe>`
    const refused = page.waitForResponse(at('/console/applications/local-m2m'))
    await page.goto(foreign)
    expect((await refused).status()).toBe(403)
    const read = `fetch(${JSON.stringify(at('/console/apis'))}, { credentials: 'include' }).then((answer) => answer.text(), () => 'unreadable')`
    expect(await page.evaluate<string>(read)).toBe('unreadable')
    const blind = `fetch(${JSON.stringify(at('/console/apis'))}, { mode: 'no-cors' }).then((answer) => answer.type, () => 'blocked')`
    expect(await page.evaluate<string>(blind)).toBe('blocked')
    const stream = `new Promise((resolve) => { const source = new EventSource(${JSON.stringify(at('/console/log/stream?show=all'))}); source.onerror = () => resolve('error'); source.onopen = () => resolve('open') })`
    expect(await page.evaluate<string>(stream)).toBe('error')
  })

  test('can link to the console', async () => {
    html = `<a href="${at('/console/apis')}">There</a>`
    await page.goto(foreign)
    await page.click('text=There')
    await page.waitForURL(at('/console/apis'))
    expect(await page.textContent('h1')).toBe('APIs')
    await page.click('nav >> text=Users')
    expect(the(await page.textContent('h1'))).toBe('Users')
  })
})
