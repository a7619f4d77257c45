import { rm } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LiveOptions } from '../../src/cli/doctor/live/exploration.js'
import { liveTokens } from '../../src/cli/doctor/live/live-tokens.js'
import { liveRules } from '../../src/cli/doctor/live/rules.js'
import { readProject } from '../../src/cli/doctor/read-project.js'
import { startTenant, type Tenant } from '../../src/index.js'
import { runCli } from '../support/cli.js'
import { audience, cleanApi, origin, type Reply, type Twist, twistedApi } from './doctor-live-api.js'
import { serveOn, silentHost } from './doctor-network-server.js'
import { type Files, findingsIn, folderWith, linesIn } from './doctor-surroundings-folder.js'

let tenant: Tenant
let clean: FastifyInstance
let address: string
const folders: string[] = []

beforeAll(async () => {
  tenant = await startTenant({ port: 0, faults: true })
  clean = await cleanApi(tenant)
  address = await clean.listen({ port: 0, host: 'localhost' })
})
afterAll(async () => {
  await clean.close()
  await tenant.close()
})
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AUTH0_')) vi.stubEnv(name, undefined)
})
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function project(domain = tenant.domain, changed: Files = {}): Promise<string> {
  const folder = await folderWith({ '.env': `AUTH0_DOMAIN=${domain}\nAUTH0_AUDIENCE=${audience}\n`, ...changed })
  folders.push(folder)
  return folder
}

async function linesAt(url: string, options?: LiveOptions, folder?: string): Promise<readonly string[]> {
  return linesIn(folder ?? (await project()), liveRules(new URL(url), options))
}

describe('doctor --url, an API that is as it should be', () => {
  it('has nothing to say, and has tried everything', async () => {
    const before = tenant.log.list().length
    expect(await linesAt(`${address}/api/private`)).toEqual([])
    expect(tenant.log.list().length).toBeGreaterThan(before)
  })

  it('leaves the tenant as it was', async () => {
    await linesAt(`${address}/api/private`)
    expect(tenant.faults.current()).toEqual([])
    expect(Math.abs(tenant.clock.nowSeconds() - Date.now() / 1000)).toBeLessThan(5)
  })

  it('says what was not seen of a route that wants more', async () => {
    expect(await linesAt(`${address}/api/admin`)).toEqual(['info live-valid-refused'])
  })

  it('names an open route', async () => {
    const findings = await findingsIn(await project(), liveRules(new URL(`${address}/api/public`)))
    expect(findings).toMatchObject([
      { code: 'live-open-route', evidence: `GET ${address}/api/public without a token: 200` },
    ])
  })

  it('says what cannot be tried without the local tenant', async () => {
    const findings = await findingsIn(
      await project('tenant.eu.auth0.com'),
      liveRules(new URL(`${address}/api/private`), { offline: true }),
    )
    expect(findings).toMatchObject([
      { code: 'live-not-tried', severity: 'info', message: expect.stringContaining('(--offline)') },
    ])
  })

  it('does not disturb somebody who works with faults', async () => {
    await tenant.faults.set({ fault: 'skew', seconds: 1 })
    const findings = await findingsIn(await project(), liveRules(new URL(`${address}/api/private`)))
    expect(findings).toMatchObject([{ code: 'live-not-tried', message: expect.stringContaining('an expired token') }])
    expect(tenant.faults.current()).toEqual([{ fault: 'skew', seconds: 1 }])
    tenant.faults.restore()
  })

  it('is part of the command, with all other rules', async () => {
    const files = {
      'src/app.ts':
        "import { createAuth } from 'sallyport/fastify'\nexport const auth0 = createAuth({ domain: process.env.AUTH0_DOMAIN, audience: process.env.AUTH0_AUDIENCE })\n",
    }
    const cwd = await project(tenant.domain, files)
    const good = await runCli(['doctor', '--url', `${address}/api/private`, '--json'], { cwd })
    expect(JSON.parse(good.stdout).data.findings).toEqual([])
    expect(good.code).toBe(0)
    const open = await runCli(['doctor', '--url', `${address}/api/public`], { cwd })
    expect(open.stdout).toContain('live-open-route')
    expect(open.code).toBe(1)
  })
})

describe('doctor --url, an API that is wrong in one way', () => {
  const admitted: Reply = { status: 200, headers: { 'access-control-allow-origin': origin }, body: { ok: true } }
  const isRefusal = ({ status }: Reply) => status === 400 || status === 401
  const isPreflight = (method: string | undefined) => method === 'OPTIONS'
  const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}')
  const headerOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
  const isJwt = (token: string | undefined): token is string => token?.split('.').length === 3
  const isFresh = (token: string) => claimsOf(token).exp > Date.now() / 1000

  const withHeaders =
    (headers: Reply['headers'], when: (right: Reply, method: string) => boolean): Twist =>
    (right, request) =>
      when(right, request.method ?? '') ? { ...right, headers: { ...right.headers, ...headers } } : right
  const refusedAs =
    (status: number, headers: Reply['headers'] = {}): Twist =>
    (right) =>
      isRefusal(right) ? { ...right, status, headers: { ...right.headers, ...headers } } : right

  interface Case {
    readonly does: string
    readonly twist: Twist
    readonly finds: readonly string[]
    readonly says?: string
  }

  const cases: readonly Case[] = [
    { does: 'is right', twist: (right) => right, finds: [] },
    {
      does: 'lets in who has no token',
      twist: (right, { method, headers }) =>
        !isPreflight(method) && headers.authorization === undefined ? admitted : right,
      finds: ['error live-open-route'],
      says: 'a bad token is refused',
    },
    {
      does: 'lets in who has any header',
      twist: (right, _, token) => (token === undefined ? right : admitted),
      finds: ['error live-garbage-accepted'],
    },
    {
      does: 'decodes tokens only',
      twist: (right, _, token) =>
        isJwt(token) && claimsOf(token).aud === audience && isFresh(token) && headerOf(token).alg !== 'none'
          ? admitted
          : right,
      finds: ['error live-forged-accepted'],
      says: 'a token with a wrong signature',
    },
    {
      does: 'lets in unsigned tokens',
      twist: (right, _, token) => (isJwt(token) && headerOf(token).alg === 'none' ? admitted : right),
      finds: ['error live-forged-accepted'],
      says: 'an unsigned token',
    },
    {
      does: 'does not look at the audience',
      twist: (right, _, token) => (isJwt(token) && String(claimsOf(token).aud).endsWith('/api/v2/') ? admitted : right),
      finds: ['error live-audience-unchecked'],
    },
    {
      does: 'does not look at the time',
      twist: (right, _, token) => (isJwt(token) && !isFresh(token) ? admitted : right),
      finds: ['error live-expired-accepted'],
    },
    {
      does: 'takes a token from the URL',
      twist: (right, { url = '' }) => (url.includes('access_token=') ? admitted : right),
      finds: ['warning live-query-token-accepted'],
    },
    {
      does: 'refuses good tokens',
      twist: (right) =>
        right.status !== 200
          ? right
          : {
              ...right,
              status: 401,
              headers: {
                ...right.headers,
                'www-authenticate': 'Bearer error="invalid_token", error_description="No."',
              },
            },
      finds: ['error live-valid-refused'],
      says: 'It says "No."',
    },
    {
      does: 'fails with good tokens',
      twist: (right) => (right.status === 200 ? { ...right, status: 500 } : right),
      finds: ['error live-valid-refused'],
      says: 'the answer is 500',
    },
    ...([403, 404, 418, 500, 503] as const).map((status) => ({
      does: `refuses with ${status}`,
      twist: refusedAs(status),
      finds: ['warning live-refusal-status'],
    })),
    {
      does: 'sends people to a login',
      twist: refusedAs(302, { location: '/login' }),
      finds: ['warning live-refusal-status'],
      says: 'web app',
    },
    {
      does: 'has no challenge',
      twist: withHeaders({ 'www-authenticate': undefined }, isRefusal),
      finds: ['warning live-challenge-missing'],
    },
    {
      does: 'has a challenge for something else',
      twist: withHeaders({ 'www-authenticate': 'Basic realm="api"' }, isRefusal),
      finds: ['warning live-challenge-missing'],
    },
    {
      does: 'repeats the token',
      twist: (right, _, token) =>
        token && isRefusal(right) ? { ...right, body: { error: `bad token ${token}` } } : right,
      finds: ['warning live-error-body'],
      says: 'repeats the token',
    },
    {
      does: 'shows where it failed',
      twist: (right) =>
        isRefusal(right) ? { ...right, body: { stack: 'Error: no\n    at check (/app/src/auth.js:3:7)' } } : right,
      finds: ['warning live-error-body'],
      says: 'stack trace',
    },
    {
      does: 'refuses with a page',
      twist: (right) =>
        isRefusal(right)
          ? { ...right, headers: { ...right.headers, 'content-type': 'text/html' }, body: '<h1>No</h1>' }
          : right,
      finds: ['info live-error-body'],
    },
    {
      does: 'lets caches keep its answers',
      twist: withHeaders({ 'cache-control': 'public, max-age=60' }, ({ status }) => status === 200),
      finds: ['error live-shared-cache'],
      says: 'may keep the answer',
    },
    {
      does: 'lets caches keep its refusals',
      twist: withHeaders({ 'cache-control': 's-maxage=60' }, isRefusal),
      finds: ['error live-shared-cache'],
      says: 'may keep the refusal',
    },
    ...([400, 401, 403, 302] as const).map((status) => ({
      does: `answers a preflight with ${status}`,
      twist: ((right, { method }) => (isPreflight(method) ? { ...right, status } : right)) satisfies Twist,
      finds: ['error live-preflight-refused'],
    })),
    {
      does: 'knows no CORS',
      twist: withHeaders({ 'access-control-allow-origin': undefined }, () => true),
      finds: ['info live-cors-headers'],
      says: 'names no allowed origin',
    },
    {
      does: 'allows every origin with credentials',
      twist: (right, { headers }) => ({
        ...right,
        headers: {
          ...right.headers,
          'access-control-allow-origin': headers.origin,
          'access-control-allow-credentials': 'true',
        },
      }),
      finds: ['error live-cors-headers'],
      says: 'Every origin is allowed',
    },
    {
      does: 'has a star with credentials',
      twist: withHeaders(
        { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' },
        () => true,
      ),
      finds: ['warning live-cors-headers'],
      says: 'is * with credentials',
    },
    {
      does: 'does not allow the header',
      twist: withHeaders({ 'access-control-allow-headers': '*' }, () => true),
      finds: ['error live-cors-headers'],
      says: 'does not allow the header Authorization',
    },
    {
      does: 'has CORS behind the guard',
      twist: withHeaders({ 'access-control-allow-origin': undefined }, isRefusal),
      finds: ['warning live-cors-headers'],
      says: 'network error',
    },
    {
      does: 'does not expose the challenge',
      twist: withHeaders({ 'access-control-expose-headers': 'Retry-After' }, isRefusal),
      finds: ['info live-cors-headers'],
      says: 'does not expose',
    },
  ]

  it.each(cases)('names one that $does', async ({ twist, finds, says }) => {
    const api = await twistedApi(tenant, twist)
    const folder = await project()
    const rules = liveRules(new URL(`http://${api.host}/api/private`))
    const findings = await findingsIn(folder, rules)
    await api.close()
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual(finds)
    if (says !== undefined) expect(findings[0]?.message).toContain(says)
    expect(JSON.stringify(findings)).not.toMatch(/eyJ/)
  })

  it('asks from the origin that the sources allow', async () => {
    const asked = new Set<string | undefined>()
    const api = await twistedApi(tenant, (right, { headers }) => {
      asked.add(headers.origin)
      return right
    })
    const files = {
      'src/app.ts': "const origins = ['https://shop.example.com/']\nawait app.register(cors, { origin: origins })\n",
    }
    await linesAt(`http://${api.host}/`, {}, await project(tenant.domain, files))
    await api.close()
    expect([...asked]).toContain('https://shop.example.com')
  })

  it('sends GET and OPTIONS only', async () => {
    const seen = new Set<string | undefined>()
    const api = await twistedApi(tenant, (right, { method }) => {
      seen.add(method)
      return right
    })
    expect(await linesAt(`http://${api.host}/`)).toEqual([])
    await api.close()
    expect([...seen].sort()).toEqual(['GET', 'OPTIONS'])
  })

  it('says once that nobody answers', async () => {
    expect(await linesAt(`http://${await silentHost()}/`)).toEqual(['error live-unreachable'])
    const mute = await serveOn((request) => request.socket.destroy())
    expect(await linesAt(`http://${mute.host}/`)).toEqual(['error live-unreachable'])
    await mute.close()
  })

  it('reads the beginning of an answer that has no end', async () => {
    const api = await serveOn((_, response) => void response.writeHead(200).write('x'.repeat(20_000)))
    expect(await linesAt(`http://${api.host}/`)).toContain('error live-open-route')
    await api.close()
  })

  it.each([
    ['http://api.example.com/', 'over http'],
    ['https://api.example.com/', undefined],
  ])('decides whether to send genuine tokens to %s', async (url, obstacle) => {
    const withoutToken = { asked: 'GET', status: 401, headers: new Headers(), body: '' }
    const { project: own } = await readProject(await project())
    const { valid, foreign, expired, notTried } = await liveTokens(new URL(url), own, { withoutToken, offline: false })
    const isGiven = [valid, foreign, expired].map((token) => token !== undefined)
    expect(isGiven).toEqual(obstacle === undefined ? [true, true, true] : [false, false, false])
    if (obstacle !== undefined) expect(notTried[0]).toContain(obstacle)
  })
})
