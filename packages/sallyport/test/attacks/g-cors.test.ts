import cors from '@fastify/cors'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/adapters/fastify.js'
import { corsHeaders } from '../../src/index.js'
import { createTestIssuer, type DpopClient, dpopClient } from '../../src/testing/index.js'

describe('G. Browser clients of another origin', () => {
  const origin = 'https://app.test'
  let app: FastifyInstance
  let url: string
  let client: DpopClient

  beforeAll(async () => {
    const issuer = await createTestIssuer()
    const { domain, audience, fetch } = issuer
    const auth0 = createAuth({ domain, audience, fetch, dpop: { nonce: { secrets: 's'.repeat(32) } } })
    client = await dpopClient({ issuer })
    app = Fastify()
    const { allowed, exposed } = corsHeaders
    await app.register(cors, { origin, allowedHeaders: [...allowed], exposedHeaders: [...exposed] })
    await app.register(auth0.plugin)
    app.get('/guarded', { onRequest: auth0.requireAuth() }, async ({ auth }) => auth.scheme)
    url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/guarded`
  })
  afterAll(() => app.close())

  /** The fields that a script of the other origin may read. */
  async function readable(headers: Record<string, string>): Promise<[number, ...string[]]> {
    const response = await fetch(url, { headers: { origin, ...headers } })
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    const exposed = (response.headers.get('access-control-expose-headers') ?? '').toLowerCase().split(/, */)
    return [response.status, ...exposed.filter((name) => response.headers.has(name)).sort()]
  }

  it('G29 lets a script of another origin read the challenge and the nonce of a refusal', async () => {
    expect(await readable({})).toEqual([400, 'www-authenticate'])
    expect(await readable(await client.headers({ url }))).toEqual([401, 'dpop-nonce', 'www-authenticate'])
  })

  it('G29 lets a preflight ask for the two headers of a DPoP request', async () => {
    const headers = {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization, dpop',
    }
    const response = await fetch(url, { method: 'OPTIONS', headers })
    const allowed = (response.headers.get('access-control-allow-headers') ?? '').toLowerCase().split(/, */)
    expect([response.status, allowed]).toEqual([204, ['authorization', 'dpop']])
  })
})
