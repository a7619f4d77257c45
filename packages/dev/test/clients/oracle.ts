import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { vi } from 'vitest'
import { startTenant } from '../../src/index.js'
import { type BrowserByFetch, createBrowserByFetch, type PageByFetch } from '../support/browser-by-fetch.js'

type Outcome = 'accepted' | 'refused'

/** An authorization server, as clients and a person meet it. */
export interface Party {
  readonly tokenEndpoint: string
  token(parameters: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Outcome>
  /** Asks for a code as a person who is logged in. `undefined`: there is none. */
  code(parameters: Readonly<Record<string, string>>): Promise<string | undefined>
  device(parameters: Readonly<Record<string, string>>): Promise<StartedDevice>
  decide(device: StartedDevice, decision: 'accept' | 'decline'): Promise<void>
}

export interface StartedDevice {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
}

/** The tenant, and an implementation that others trust, with the same clients. */
export interface Parties {
  readonly tenant: Party
  readonly oracle: Party
  close(): Promise<void>
}

/** Whom both know: from the tenant's default seed. */
export const machine = { client_id: 'local-m2m', client_secret: 'local-m2m-secret' }
export const web = { client_id: 'local-web', client_secret: 'local-web-secret' }
export const native = { client_id: 'local-native' }
export const callbacks = { web: 'http://localhost:3000/callback', native: 'http://127.0.0.1:8484/callback' }
export const audience = 'https://api.example.com'
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

export async function startParties(): Promise<Parties> {
  const tenant = await startTenant({ port: 0 })
  const oracle = await startOracle()
  return {
    tenant: await meet(tenant.issuer, {
      accept: ['Log in as ada@example.com', 'Confirm as ada@example.com'],
      decline: ['Cancel'],
    }),
    oracle: await meet(oracle.issuer, { accept: ['Sign-in', 'Continue'], decline: ['Abort', 'Continue'] }),
    close: async () => {
      await tenant.close()
      await oracle.close()
    },
  }
}

/** What each of the two makes of the same. */
export async function both<Result>({ tenant, oracle }: Parties, work: (party: Party) => Promise<Result>) {
  return { tenant: await work(tenant), oracle: await work(oracle) }
}

async function startOracle() {
  keepReminders()
  // @ts-expect-error It has no types.
  const { default: Provider } = await import('oidc-provider')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const machineMetadata = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }
  const provider = new Provider(issuer, {
    clients: [
      { ...machine, ...machineMetadata, token_endpoint_auth_method: 'client_secret_post' },
      { ...web, redirect_uris: [callbacks.web], token_endpoint_auth_method: 'client_secret_post' },
      {
        ...native,
        redirect_uris: [callbacks.native],
        grant_types: ['authorization_code', deviceGrant],
        application_type: 'native',
        token_endpoint_auth_method: 'none',
      },
    ],
    features: { clientCredentials: { enabled: true }, deviceFlow: { enabled: true } },
    cookies: { keys: ['for this test alone'] },
  })
  server.on('request', provider.callback())
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { issuer, close }
}

/** It reminds of its defaults on the console, from the import on; everything else still gets there. */
function keepReminders(): void {
  const { info, warn } = console
  for (const [level, print] of Object.entries({ info, warn }))
    vi.spyOn(console, level as 'info' | 'warn').mockImplementation((...given) => {
      if (!String(given[0]).startsWith('oidc-provider ')) print(...given)
    })
}

type Buttons = Readonly<Record<'accept' | 'decline', readonly string[]>>

async function meet(issuer: string, buttons: Buttons): Promise<Party> {
  const discovery = new URL('/.well-known/openid-configuration', issuer)
  const metadata = (await (await fetch(discovery)).json()) as Readonly<Record<string, string>>
  const { authorization_endpoint = '', token_endpoint = '', device_authorization_endpoint = '' } = metadata
  const browser = createBrowserByFetch(discovery.origin)

  return {
    tokenEndpoint: token_endpoint,
    token: async (parameters, headers = {}) => {
      const { status } = await fetch(token_endpoint, {
        method: 'POST',
        headers,
        body: new URLSearchParams(parameters),
      })
      if (status >= 500) throw new Error(`${token_endpoint} answered ${status}.`)
      return status === 200 ? 'accepted' : 'refused'
    },
    code: async (parameters) => {
      const query = new URLSearchParams({ response_type: 'code', scope: 'openid', ...parameters })
      const page = await browser.visit(`${authorization_endpoint}?${query}`)
      const { url } = await pressAll(browser, page, buttons.accept)
      return url.searchParams.get('code') ?? undefined
    },
    device: async (parameters) => {
      const response = await fetch(device_authorization_endpoint, {
        method: 'POST',
        body: new URLSearchParams({ scope: 'openid', ...parameters }),
      })
      return (await response.json()) as StartedDevice
    },
    decide: async ({ verification_uri, user_code }, decision) => {
      await pressAll(browser, await browser.visit(verification_uri), buttons[decision], { user_code })
    },
  }
}

const maxPages = 8
/** What a page says of a code that it does not know, or knows no more. */
const complaint = /role="alert"|class="red"/

/** Goes from page to page, while there is a button to press. */
async function pressAll(
  browser: BrowserByFetch,
  first: PageByFetch,
  buttons: readonly string[],
  fields: Readonly<Record<string, string>> = {},
): Promise<PageByFetch> {
  let page = first
  for (let pages = 0; pages < maxPages; pages += 1) {
    const button = buttons.find((text) => new RegExp(`<button[^>]*>[^<]*${text}`).test(page.html))
    if (button === undefined || complaint.test(page.html)) return page
    page = await browser.press(page, button, { login: 'ada', password: 'any', ...fields })
  }
  throw new Error(`There is no end to the pages after ${first.url.pathname}.`)
}
