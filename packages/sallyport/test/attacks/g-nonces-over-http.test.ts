import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/adapters/fastify.js'
import {
  createTestClock,
  createTestIssuer,
  type DpopClient,
  dpopClient,
  type TestClock,
  type TestIssuer,
} from '../../src/testing/index.js'
import { period, secret } from '../support/nonce-bench.js'

/** An answer with every field line that it has. */
interface Answer {
  readonly status: number
  lines(name: string): readonly string[]
}

describe('G. Nonces over a real server', () => {
  let app: FastifyInstance
  let origin: string
  let clock: TestClock
  let issuer: TestIssuer
  let client: DpopClient
  let token: string
  let handled: string[]
  beforeAll(async () => {
    clock = createTestClock()
    issuer = await createTestIssuer({ clock, algorithm: 'ES256' })
    const { audience, fetch } = issuer
    const auth0 = createAuth({
      issuer: issuer.issuer,
      audience,
      fetch,
      clock,
      algorithms: ['ES256'],
      errorProfile: 'rfc',
      dpop: { nonce: { secrets: secret } },
    })
    client = await dpopClient({ issuer, clock })
    token = await client.token({ exp: clock.nowSeconds() + 86_400 })
    app = Fastify({ forceCloseConnections: true })
    await app.register(auth0.plugin)
    const onRequest = auth0.requireAuth()
    app.get('/plain', { onRequest }, async () => note('/plain'))
    app.get('/own-header', { onRequest }, async (_, reply) => reply.header('x-own', '1').send(note('/own-header')))
    app.get('/refusing', { onRequest }, async ({ auth }) => auth.require({ scopes: 'admin' }))
    app.get('/failing', { onRequest }, async () => Promise.reject(new Error('from the handler')))
    app.get('/admin', { onRequest: auth0.requireAuth({ scopes: 'admin' }) }, async () => note('/admin'))
    await app.listen({ port: 0, host: '127.0.0.1' })
    origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  })
  afterAll(() => app.close())
  beforeEach(() => {
    handled = []
    clock.advance(period - (clock.nowSeconds() % period))
  })

  const note = (path: string) => {
    handled.push(path)
    return { path }
  }

  async function get(path: string, nonce?: string): Promise<Answer> {
    const url = `${origin}${path}`
    const headers = await client.headers({ url, token, nonce })
    return new Promise((resolve, reject) => {
      const sent = request(url, { headers, agent: false }, (response) => {
        const { rawHeaders, statusCode = 0 } = response
        const lines = (name: string) =>
          rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)
        response.resume().once('end', () => resolve({ status: statusCode, lines }))
      })
      sent.once('error', reject).end()
    })
  }

  async function newestNonce(): Promise<string> {
    return (await get('/plain')).lines('dpop-nonce')[0] ?? expect.unreachable()
  }

  function expectNonce(answer: Answer, status: number, nonces: readonly string[]): void {
    expect(answer.status).toBe(status)
    expect(answer.lines('dpop-nonce')).toEqual(nonces)
    expect(answer.lines('cache-control')).toEqual(nonces.length > 0 || status === 403 ? ['no-store'] : [])
  }

  it('G24 asks for a nonce with one line of each kind, and runs no handler', async () => {
    const answer = await get('/plain')
    expectNonce(answer, 401, [await newestNonce()])
    expect(answer.lines('www-authenticate')).toEqual([
      'Bearer realm="api"',
      expect.stringMatching(/^DPoP algs="ES256 EdDSA", error="use_dpop_nonce", error_description="[^"]+"$/),
    ])
    expect(handled).toEqual([])
  })

  it('G26 sends no nonce with an answer to the newest one', async () => {
    const nonce = await newestNonce()
    for (const path of ['/plain', '/own-header']) expectNonce(await get(path, nonce), 200, [])
    expect(handled).toEqual(['/plain', '/own-header'])
  })
  it.each([
    ['/plain', 200],
    ['/own-header', 200],
    ['/refusing', 403],
    ['/failing', 500],
  ])(
    'G26 sends the newest nonce once, and for no cache, with the answer of %s to an older one',
    async (path, status) => {
      const older = await newestNonce()
      clock.advance(period)
      const newer = await newestNonce()
      expect(newer).not.toBe(older)
      expectNonce(await get(path, older), status, [newer])
      expect((await get(path, newer)).lines('dpop-nonce')).toEqual([])
    },
  )
  it('G26 sends no nonce where the route refuses the caller', async () => {
    const older = await newestNonce()
    clock.advance(period)
    expectNonce(await get('/admin', older), 403, [])
    expectNonce(await get('/admin', await newestNonce()), 403, [])
    expect(handled).toEqual([])
  })

  it('G25 asks a client for a nonce once, and renews it on the way without a refusal', async () => {
    const statuses: number[] = []
    const counting: typeof fetch = async (...sent) => {
      const response = await fetch(...sent)
      statuses.push(response.status)
      return response
    }
    const browser = await dpopClient({ issuer, clock, fetch: counting })
    const visit = async () => (await browser.fetch(`${origin}/plain?visit=1`)).json()
    for (let minute = 0; minute < 8; minute += 1) {
      expect(await visit()).toEqual({ path: '/plain' })
      expect(await visit()).toEqual({ path: '/plain' })
      clock.advance(period)
    }
    expect(statuses).toEqual([401, ...new Array<number>(16).fill(200)])
    clock.advance(5 * period)
    expect(await visit()).toEqual({ path: '/plain' })
    expect(statuses.slice(17)).toEqual([401, 200])
    const forgetful = await dpopClient({ issuer, clock, fetch: counting })
    expect(await (await forgetful.fetch(`${origin}/plain`)).json()).toEqual({ path: '/plain' })
    expect(statuses.slice(19)).toEqual([401, 200])
  })
})
