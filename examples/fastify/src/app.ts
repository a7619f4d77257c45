import Fastify, { type FastifyInstance } from 'fastify'
import { createAuth } from 'sallyport/fastify'

export type AppOptions = Parameters<typeof createAuth>[0]

/** The smallest real API: a public, a private, two scoped routes, and one that wants a permission. */
export async function createApp(options?: AppOptions): Promise<FastifyInstance> {
  const auth0 = createAuth(options)
  const app = Fastify()
  await app.register(auth0.plugin)

  app.get('/api/public', async () => ({ message: 'hello' }))

  app.get('/api/private', { onRequest: auth0.requireAuth() }, async (request) => ({
    user: request.auth.claims.sub,
  }))

  app.get('/api/messages', { onRequest: auth0.requireAuth({ scopes: 'read:messages' }) }, async () => ({
    messages: ['Your token may read this.'],
  }))

  app.post('/api/data', { onRequest: auth0.requireAuth({ scopes: ['read:data', 'write:data'] }) }, async () => ({
    created: true,
  }))

  app.delete('/api/data', { onRequest: auth0.requireAuth({ permissions: 'delete:data' }) }, async () => ({
    deleted: true,
  }))

  return app
}
