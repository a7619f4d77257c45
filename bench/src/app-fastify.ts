import type { Server } from 'node:http'
import fastifyJwt from '@fastify/jwt'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { createAuth } from 'sallyport/fastify'
import { type Apps, noGuard } from './http-app.ts'
import type { IssuerFacts } from './issuer.ts'

const path = '/messages'

export const fastifyApps: Apps = {
  [noGuard]: () => {
    const app = fastify()
    app.get(path, async () => ({ messages: [] }))
    return listen(app)
  },
  Sallyport: async ({ issuer, audience }) => {
    const app = fastify()
    const auth0 = createAuth({ issuer, audience })
    await app.register(auth0.plugin)
    app.get(path, { onRequest: auth0.requireAuth() }, async () => ({ messages: [] }))
    return listen(app)
  },
  '@fastify/jwt': (issuer) => withFastifyJwt(issuer, false),
  '@fastify/jwt, cached': (issuer) => withFastifyJwt(issuer, true),
}

async function withFastifyJwt(
  { issuer, audience, algorithm, publicKeyPem }: IssuerFacts,
  cache: boolean,
): Promise<Server> {
  const app = fastify()
  await app.register(fastifyJwt, {
    secret: { public: publicKeyPem },
    verify: { algorithms: [algorithm as 'RS256'], allowedIss: issuer, allowedAud: audience, cache },
  })
  const onRequest = (request: FastifyRequest) => request.jwtVerify()
  app.get(path, { onRequest }, async () => ({ messages: [] }))
  return listen(app)
}

async function listen(app: FastifyInstance): Promise<Server> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}
