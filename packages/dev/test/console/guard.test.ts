import { request } from 'node:http'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import { serveConsole } from '../../src/tenant/console/console.js'
import type { TenantContext } from '../../src/tenant/tenant-context.js'

let tenant: Tenant
let port: string

beforeAll(async () => {
  tenant = await startTenant({ port: 0 })
  port = new URL(tenant.issuer).port
})

afterAll(() => tenant.close())

/** With headers that `fetch` does not let anybody set. */
function send(method: string, path: string, headers: Readonly<Record<string, string>>) {
  return new Promise<{ readonly status: number; readonly body: string; readonly headers: NodeJS.Dict<unknown> }>(
    (resolve, reject) => {
      const sent = request(`${tenant.issuer.slice(0, -1)}${path}`, { method, headers }, (response) => {
        let body = ''
        response.on('data', (chunk) => {
          body += String(chunk)
          if (response.headers['content-type'] === 'text/event-stream') response.destroy()
        })
        response.on('close', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
      })
      sent.on('error', reject)
      sent.end(method === 'POST' ? 'name=Foreign&identifier=https%3A%2F%2Fforeign.test' : undefined)
    },
  )
}

const own = () => `http://localhost:${port}`

describe('a form', () => {
  test.each<readonly [name: string, headers: () => Readonly<Record<string, string>>, status: number]>([
    ['of the console itself', () => ({ origin: own(), 'sec-fetch-site': 'same-origin' }), 303],
    ['of a browser that says nothing but its origin', () => ({ origin: own() }), 303],
    ['that a person sends again', () => ({ origin: own(), 'sec-fetch-site': 'none' }), 303],
    ['of another site', () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }), 403],
    ['of another origin, in an old browser', () => ({ origin: 'https://evil.example' }), 403],
    ['of another port of this machine', () => ({ origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' }), 403],
    ['of another name for this machine', () => ({ origin: `http://127.0.0.1:${port}` }), 403],
    ['of a sandboxed frame', () => ({ origin: 'null', 'sec-fetch-site': 'cross-site' }), 403],
    ['of a sandboxed frame, in an old browser', () => ({ origin: 'null' }), 403],
    [
      'of its own origin that says it is of another site',
      () => ({ origin: own(), 'sec-fetch-site': 'cross-site' }),
      403,
    ],
    ['that says nothing of where it comes from', () => ({}), 403],
  ])('%s gets its due', async (_, headers, status) => {
    const before = tenant.state.resourceServers.list()
    const answer = await send('POST', '/console/new-api', { host: `localhost:${port}`, ...headers() })
    expect(answer.status).toBe(status)
    const made = tenant.state.resourceServers.list().filter((api) => !before.includes(api))
    expect(made.map(({ name }) => name)).toEqual(status === 303 ? ['Foreign'] : [])
    for (const { id } of made) tenant.state.resourceServers.delete(id)
  })
})

/** Every route, as the console has it: a new one is in the table by itself. */
const routes = () => {
  const app = new Hono()
  const { issuer, state, keys, clock, log, faults } = tenant
  const context: TenantContext = {
    ...{ issuer, state, keys, clock, log, faults },
    ...{ servesFaults: false, strictClientScope: false, exchange: { profiles: {} } },
  }
  serveConsole(app, context)
  return app.routes.filter(({ method }) => method !== 'ALL')
}

test('refuses another site at every route, and changes nothing', async () => {
  const everything = () =>
    JSON.stringify(Object.values(tenant.state).map((kept) => ('list' in kept ? kept.list() : kept.get())))
  const before = everything()
  const ids: Readonly<Record<string, string>> = {
    apis: tenant.state.resourceServers.list()[1]?.id ?? '',
    applications: 'local-m2m',
    users: tenant.state.users.list()[0]?.user_id ?? '',
    roles: tenant.state.roles.list()[0]?.id ?? '',
    grant: tenant.state.clientGrants.list()[0]?.id ?? '',
  }
  const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
  expect(routes().length).toBeGreaterThan(40)
  for (const { method, path } of routes()) {
    const kind = path.split('/')[2] ?? ''
    const filled = path
      .replace(':id', encodeURIComponent(ids[kind] ?? ''))
      .replace(':grant', encodeURIComponent(ids['grant'] ?? ''))
    expect([method, path, (await send(method, filled, headers)).status]).toEqual([method, path, 403])
  }
  expect(everything()).toBe(before)
})

describe('reading', () => {
  const fetching = { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' }
  test.each<readonly [name: string, headers: Readonly<Record<string, string>>, status: number]>([
    [
      'a person who types the address',
      { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      200,
    ],
    [
      'a link of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      200,
    ],
    ['the console itself', { ...fetching, 'sec-fetch-site': 'same-origin' }, 200],
    ['a script of another site', { ...fetching, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['a script of another port', { ...fetching, 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' }, 403],
    [
      'an image of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      403,
    ],
    [
      'a frame of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      403,
    ],
  ])(
    '%s gets its due',
    async (_, headers, status) => {
      for (const path of ['/', '/console/applications/local-m2m', '/console/log/stream?show=all']) {
        const answer = await send('GET', path, headers)
        expect([path, answer.status]).toEqual([path, status])
        expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      }
    },
    30_000,
  )

  test.each(['/', '/console/apis', '/console/apis/none'])('%s keeps scripts, frames and caches out', async (path) => {
    const { headers } = await send('GET', path, {})
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
  })
})

test('leaves what is not of the console alone', async () => {
  const cross = { origin: 'https://app.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }
  expect((await send('GET', '/.well-known/openid-configuration', cross)).status).toBe(200)
  expect((await send('POST', '/oauth/token', cross)).status).toBe(400)
  expect((await send('GET', '/nothing', cross)).status).toBe(404)
  expect((await send('GET', '/consolex', cross)).status).toBe(404)
})
