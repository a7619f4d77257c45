import type { IncomingMessage } from 'node:http'
import cors from '@fastify/cors'
import Fastify, { type FastifyInstance } from 'fastify'
import { type Answer, answerTo, corsHeaders, createResourceServer } from 'sallyport'
import { createAuth } from 'sallyport/fastify'
import type { Tenant } from '../../src/index.js'
import { type SmallServer, serveOn } from './doctor-network-server.js'

export const audience = 'https://api.example.com'
export const origin = 'http://localhost:5173'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
}

/** Makes something else of a right answer. */
export type Twist = (right: Reply, request: IncomingMessage, token: string | undefined) => Reply

const forBrowsers = {
  'access-control-allow-origin': origin,
  'access-control-allow-headers': corsHeaders.allowed.join(', '),
  'access-control-expose-headers': corsHeaders.exposed.join(', '),
}

/** An API that is right in every way but for its twist. */
export async function twistedApi(tenant: Tenant, twist: Twist): Promise<SmallServer> {
  const server = createResourceServer({ domain: tenant.domain, audience })

  async function rightAnswer({ method = 'GET', url = '/', headers }: IncomingMessage): Promise<Reply> {
    if (method === 'OPTIONS') return { status: 204, headers: forBrowsers, body: undefined }
    try {
      await server.authenticate({ method, url, headers })
      return { status: 200, headers: { ...forBrowsers, 'cache-control': 'no-store' }, body: { user: 'somebody' } }
    } catch (error) {
      const answer: Answer = answerTo(error, server)
      return { ...answer, headers: { ...forBrowsers, ...answer.headers } }
    }
  }

  return serveOn(async (request, response) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const { status, headers, body } = twist(await rightAnswer(request), request, token)
    const set = Object.entries(headers).filter(([, value]) => value !== undefined) as [string, string | string[]][]
    response.writeHead(status, { 'content-type': 'application/json', ...Object.fromEntries(set) })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
}

/** What the documentation shows. */
export async function cleanApi(tenant: Tenant): Promise<FastifyInstance> {
  const auth0 = createAuth({ domain: tenant.domain, audience })
  const app = Fastify()
  const [allowedHeaders, exposedHeaders] = [[...corsHeaders.allowed], [...corsHeaders.exposed]]
  await app.register(cors, { origin, allowedHeaders, exposedHeaders })
  await app.register(auth0.plugin)
  app.get('/api/public', async () => ({ message: 'hello' }))
  app.get('/api/private', { onRequest: auth0.requireAuth() }, async (request) => ({ user: request.auth.claims.sub }))
  app.get('/api/admin', { onRequest: auth0.requireAuth({ scopes: 'admin' }) }, async () => ({ ok: true }))
  return app
}
