import Fastify from 'fastify'
import { createAuth } from 'sallyport/fastify'
import type { Tenant } from '../../src/index.js'
import { messages } from './token-world.js'

export interface Api {
  readonly url: string
  close(): Promise<void>
}

type Options = Parameters<typeof createAuth>[0]

/** A real API that trusts a tenant. */
export async function startApi({ domain }: Tenant, options: Options = {}): Promise<Api> {
  const auth0 = createAuth({ domain, audience: messages, ...options })
  const app = Fastify()
  await app.register(auth0.plugin)
  app.get('/public', async () => ({ message: 'hello' }))
  app.get('/private', { onRequest: auth0.requireAuth() }, async (request) => ({
    subject: request.auth.claims.sub,
    headers: request.headers,
  }))
  app.get('/messages', { onRequest: auth0.requireAuth({ scopes: 'read:messages' }) }, async () => ({ messages: [] }))
  app.post('/messages', { onRequest: auth0.requireAuth({ scopes: 'write:messages' }) }, async (request, reply) =>
    reply.code(201).send({ received: request.body, type: request.headers['content-type'] }),
  )
  const url = await app.listen({ port: 0, host: 'localhost' })
  return { url: url.replace('[::1]', 'localhost').replace('127.0.0.1', 'localhost'), close: () => app.close() }
}
