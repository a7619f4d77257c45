import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import { launchChromium } from '../support/browser-chromium.js'
import { type ConsolePageCase, emptyPages, everyPage } from './support/every-page.js'

let browser: Browser
let page: Page
let complaints: string[] = []

beforeAll(async () => {
  browser = await launchChromium()
  page = await browser.newPage()
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text())
  })
})

afterAll(() => browser.close())

const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [1280, 360].map((width) => ({ colorScheme, width })),
)

/** What is wrong, and what cannot be told. */
async function violations(): Promise<readonly string[]> {
  // One page and one frame: the other mode opens a tab for each result.
  const { violations: broken, incomplete } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return [...broken, ...incomplete].flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
}

async function check({ issuer }: Tenant, { name, path, act }: ConsolePageCase): Promise<void> {
  // A login does not carry over to the next page.
  await page.context().clearCookies()
  complaints = []
  await page.goto(`${issuer.slice(0, -1)}${path}`)
  await act?.(page)
  await page.waitForLoadState('load')
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
    const seen = { name, colorScheme, width, overflow: Math.max(overflow, 0), found: await violations() }
    expect(seen).toEqual({ name, colorScheme, width, overflow: 0, found: [] })
  }
  expect(complaints).toEqual([])
  expect(await page.textContent('footer')).toContain('for development')
  expect(await page.title()).toMatch(/^.+ · Sallyport$/)
  expect(await page.locator('h1').count()).toBe(1)
}

test('every page has no violation, fits, and says that it is for development', async () => {
  await using tenant = await startTenant({ port: 0 })
  for (const client_secret of ['local-m2m-secret', 'wrong'])
    for (const audience of ['https://api.example.com', 'https://unknown.example'])
      await fetch(`${tenant.issuer}oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: 'local-m2m',
          client_secret,
          audience,
        }),
      })
  const pages = everyPage(tenant)
  expect(pages.length).toBeGreaterThan(35)
  for (const one of pages) await check(tenant, one)
}, 240_000)

test('so has every page of a tenant without anything', async () => {
  await using tenant = await startTenant({ port: 0, seed: {} })
  for (const one of emptyPages) await check(tenant, one)
}, 60_000)

test('the checks can fail', async () => {
  await page.goto('about:blank')
  await page.setContent(
    '<!doctype html><html><body style="min-width:2000px"><img src="x"><p style="color:#999;background:#fff">Pale',
  )
  expect((await violations()).map((line) => line.split(':')[0])).toEqual(
    expect.arrayContaining(['color-contrast', 'html-has-lang', 'image-alt']),
  )
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeGreaterThan(0)
})
