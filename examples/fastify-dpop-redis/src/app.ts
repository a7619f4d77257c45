import Fastify, { type FastifyInstance } from 'fastify'
import type { Redis } from 'ioredis'
import { createAuth } from 'sallyport/fastify'
import { redisReplayStore } from 'sallyport/redis'

/** An API of which several processes run: what one of them has seen, the others know through Redis. */
export async function createApp(redis: Redis, publicUrl: string): Promise<FastifyInstance> {
  const auth0 = createAuth({ dpop: { mode: 'required', replay: redisReplayStore(redis) }, publicUrl })
  const app = Fastify()
  await app.register(auth0.plugin)

  app.get('/api/private', { onRequest: auth0.requireAuth() }, async (request) => ({
    user: request.auth.claims.sub,
    servedBy: process.pid,
  }))

  return app
}
