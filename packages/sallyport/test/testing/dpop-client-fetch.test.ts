import Fastify, { type FastifyInstance } from 'fastify'
import { decodeJwt } from 'jose'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/adapters/fastify.js'
import type { DpopOptions, ProofAlgorithmName, SallyportEvent } from '../../src/index.js'
import {
  createTestClock,
  createTestIssuer,
  type DpopClient,
  dpopClient,
  type TestClock,
  type TestIssuer,
} from '../../src/testing/index.js'

const apps: FastifyInstance[] = []

let issuer: TestIssuer
beforeAll(async () => {
  issuer = await createTestIssuer({ algorithm: 'ES256' })
})
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()))
})

interface Arrival {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
  readonly dpop: string | undefined
  readonly color: unknown
}

interface Api {
  readonly url: string
  readonly arrivals: readonly Arrival[]
  readonly events: readonly SallyportEvent[]
}

/** A real API: `/` gives what it was sent, `/moved` redirects to it, or to where `to` says. */
async function openApi(dpop: DpopOptions = {}, clock: TestClock = createTestClock()): Promise<Api> {
  const arrivals: Arrival[] = []
  const events: SallyportEvent[] = []
  const auth0 = createAuth({
    ...{ issuer: issuer.issuer, audience: issuer.audience, fetch: issuer.fetch, algorithms: ['ES256'] },
    ...{ errorProfile: 'rfc', dpop: { mode: 'required', ...dpop }, clock },
    onEvent: (event) => events.push(event),
  })
  const app = Fastify({ forceCloseConnections: true })
  apps.push(app)
  app.addHook('onRequest', async ({ method, url, headers: { authorization, dpop: proof, color } }) => {
    arrivals.push({ method, url, authorization, dpop: typeof proof === 'string' ? proof : undefined, color })
  })
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body)
  app.all('/', { onRequest: auth0.requireAuth() }, async ({ auth, body, method }) => ({
    ...{ sub: auth.claims.sub, scopes: auth.scopes, body: body ?? null, method },
  }))
  app.get<{ Querystring: { to?: string } }>('/moved', async ({ query }, reply) => reply.redirect(query.to ?? '/', 307))
  return { url: `${await app.listen({ host: '127.0.0.1', port: 0 })}/`, arrivals, events }
}

describe('the fetch of a DPoP client', () => {
  let client: DpopClient
  beforeAll(async () => {
    client = await dpopClient({ issuer, claims: { sub: 'own', scope: 'read write' } })
  })

  const nonce = (text: string): DpopOptions => ({ nonce: { secrets: text.repeat(32) } })

  it('is admitted with a token of its own, the same each time, and a proof that never is', async () => {
    const { url, arrivals } = await openApi()
    for (let times = 0; times < 3; times += 1) {
      expect(await (await client.fetch(url)).json()).toMatchObject({ sub: 'own', scopes: ['read', 'write'] })
    }
    expect(new Set(arrivals.map(({ authorization }) => authorization)).size).toBe(1)
    expect(new Set(arrivals.map(({ dpop }) => dpop)).size).toBe(3)
  })

  const algorithms: readonly ProofAlgorithmName[] = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'RS256']
  it.each(algorithms)('is admitted with a key for %s where that is allowed, and nowhere else', async (algorithm) => {
    const holder = await dpopClient({ issuer, algorithm })
    expect((await holder.fetch((await openApi({ algorithms: [algorithm] })).url)).status).toBe(200)
    const others = await openApi({ algorithms: algorithms.filter((one) => one !== algorithm) })
    expect((await holder.fetch(others.url)).status).toBe(401)
    expect(others.events.at(-1)).toMatchObject({ code: 'proof_algorithm_refused' })
  })

  it.each<[string, (url: string) => Parameters<typeof fetch>]>([
    ['a string', (url) => [url, { method: 'PUT', headers: { color: 'red' } }]],
    ['a URL', (url) => [new URL(url), { method: 'PUT', headers: [['Color', 'red']] }]],
    ['a Request', (url) => [new Request(url, { method: 'PUT', headers: { color: 'red' } })]],
    ['a Request and more', (url) => [new Request(url), { method: 'PUT', headers: new Headers({ color: 'red' }) }]],
    ['query and fragment', (url) => [`${url}?a=b#c`, { method: 'put', headers: { color: 'red' } }]],
  ])('takes %s, and keeps method and headers', async (_, parameters) => {
    const { url, arrivals } = await openApi(nonce('s'))
    expect((await client.fetch(...parameters(url))).status).toBe(200)
    expect(arrivals).toMatchObject([
      { method: 'PUT', color: 'red' },
      { method: 'PUT', color: 'red' },
    ])
  })

  it('refuses a relative URL as every fetch does', async () => {
    await expect(client.fetch('/resource')).rejects.toThrow(TypeError)
  })

  it('asks again with the nonce it gets, once per origin', async () => {
    const [one, two] = [await openApi(nonce('1')), await openApi(nonce('2'))]
    for (const { url } of [one, two, one, two, one]) expect((await client.fetch(url)).status).toBe(200)
    for (const { arrivals, events } of [one, two]) {
      expect(events.filter(({ type }) => type === 'request.refused')).toMatchObject([{ code: 'nonce_wanted' }])
      const [first, ...others] = arrivals.map(({ dpop = '' }) => decodeJwt(dpop)['nonce'])
      expect(first).toBe(undefined)
      expect(new Set(others).size).toBe(1)
    }
    expect([one.arrivals.length, two.arrivals.length]).toEqual([4, 3])
  })

  it('uses the newer nonce that a success brings', async () => {
    const clock = createTestClock()
    const { url, arrivals } = await openApi(nonce('s'), clock)
    expect((await client.fetch(url)).headers.get('dpop-nonce')).toBe(null)
    clock.advance(60)
    const newer = (await client.fetch(url)).headers.get('dpop-nonce')
    expect(newer).toMatch(/^[\w-]{43}$/)
    expect((await client.fetch(url)).headers.get('dpop-nonce')).toBe(null)
    expect(decodeJwt(arrivals.at(-1)?.dpop ?? '')['nonce']).toBe(newer)
    expect(arrivals).toHaveLength(4)
  })

  it.each<[string, number, Readonly<Record<string, string>>, number]>([
    ['once', 401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n' }, 2],
    ['not without a nonce', 401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"' }, 1],
    ['not for another error', 401, { 'www-authenticate': 'DPoP error="invalid_token"', 'dpop-nonce': 'n' }, 1],
    ['not for another status', 400, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n' }, 1],
    ['not without a challenge', 401, { 'dpop-nonce': 'n' }, 1],
    ['not after a success', 200, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n' }, 1],
  ])('asks again %s', async (_, status, headers, expected) => {
    const app = Fastify({ forceCloseConnections: true })
    apps.push(app)
    let arrivals = 0
    app.get('/', async (_request, reply) => {
      arrivals += 1
      return reply.code(status).headers(headers).send('no')
    })
    const response = await client.fetch(await app.listen({ host: '127.0.0.1', port: 0 }))
    expect([response.status, await response.text(), arrivals]).toEqual([status, 'no', expected])
  })

  it.each<[string, () => RequestInit & { readonly duplex?: 'half' }]>([
    ['a string', () => ({ body: 'content' })],
    ['bytes', () => ({ body: Buffer.from('content') })],
    ['a Blob', () => ({ body: new Blob(['content']) })],
    ['a stream', () => ({ body: new Blob(['con', 'tent']).stream(), duplex: 'half' })],
    ['a large string', () => ({ body: 'content'.repeat(100_000) })],
  ])('sends a body that is %s again with the nonce', async (_, init) => {
    const { url, arrivals } = await openApi(nonce('s'))
    const headers = { 'content-type': 'text/x-test' }
    const response = await client.fetch(new Request(url, { ...init(), method: 'POST', headers }))
    const { body, method } = (await response.json()) as { readonly body: string; readonly method: string }
    expect([method, body.replace(/^(?:content)*$/, 'content')]).toEqual(['POST', 'content'])
    expect(arrivals).toHaveLength(2)
  })

  it.each<[string, (token: string) => RequestInit]>([
    ['an object', (token) => ({ headers: { authorization: `DPoP ${token}` } })],
    ['a list', (token) => ({ headers: [['Authorization', `dpop   ${token}`]] })],
    ['Headers', (token) => ({ headers: new Headers({ authorization: `DPOP ${token}` }) })],
  ])('uses the token in an authorization header that is given in %s', async (_, init) => {
    const { url, arrivals } = await openApi(nonce('s'))
    const token = await client.token({ sub: 'given' })
    expect(await (await client.fetch(url, init(token))).json()).toMatchObject({ sub: 'given' })
    expect(await (await client.fetch(new Request(url, init(token)))).json()).toMatchObject({ sub: 'given' })
    expect(await (await client.fetch(url)).json()).toMatchObject({ sub: 'own' })
    expect(new Set(arrivals.slice(0, 3).map(({ authorization }) => authorization))).toEqual(new Set([`DPoP ${token}`]))
  })

  it('makes its own proof whatever proof it is given', async () => {
    const { url } = await openApi()
    const headers = { dpop: await client.proof({ url: 'https://elsewhere.test/' }) }
    expect((await client.fetch(url, { headers })).status).toBe(200)
  })

  it('proves the URL it was asked for, so that a redirect has to be followed by hand', async () => {
    const { url, events } = await openApi()
    expect((await client.fetch(`${url}moved`)).status).toBe(401)
    expect(events.at(-1)).toMatchObject({ code: 'proof_uri_mismatch', expectedUri: url, receivedUri: `${url}moved` })
    const moved = await client.fetch(`${url}moved`, { redirect: 'manual' })
    expect(moved.status).toBe(307)
    const target = new URL(moved.headers.get('location') ?? '', url)
    expect((await client.fetch(target)).status).toBe(200)
  })

  it('sends no token to another origin that it is redirected to', async () => {
    const [one, two] = [await openApi(), await openApi()]
    const to = encodeURIComponent(two.url)
    expect((await client.fetch(`${one.url}moved?to=${to}`)).status).toBe(401)
    expect(two.arrivals).toMatchObject([{ authorization: undefined }])
  })

  it('sends with the fetch it is given', async () => {
    const { url } = await openApi(nonce('s'))
    const sent: string[] = []
    const counting = await dpopClient({
      issuer,
      fetch: async (input, init) => {
        const request = new Request(input, init)
        sent.push(`${request.method} ${request.url}`)
        return fetch(request)
      },
    })
    expect((await counting.fetch(url, { method: 'DELETE' })).status).toBe(200)
    expect(sent).toEqual([`DELETE ${url}`, `DELETE ${url}`])
  })

  it('stops when it is told to', async () => {
    const { url, arrivals } = await openApi()
    await expect(client.fetch(url, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    expect(arrivals).toEqual([])
  })

  it('may be used many times at once', async () => {
    const { url } = await openApi(nonce('s'))
    const newcomer = await dpopClient({ issuer })
    const responses = await Promise.all(Array.from({ length: 20 }, () => newcomer.fetch(url)))
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
  })
})
