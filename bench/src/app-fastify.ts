import fastifyJwt from '@fastify/jwt'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { createAuth } from 'sallyport/fastify'
import type { IssuerFacts } from './issuer.ts'

const path = '/messages'

/** The same Fastify app, without a guard and with each guard. */
export const fastifyApps = {
  'Fastify, no guard': async () => {
    const app = fastify()
    app.get(path, async () => ({ messages: [] }))
    return app
  },
  'Fastify, Sallyport': async ({ issuer, audience }: IssuerFacts) => {
    const app = fastify()
    const auth0 = createAuth({ issuer, audience })
    await app.register(auth0.plugin)
    await auth0.resourceServer.warmUp()
    app.get(path, { onRequest: auth0.requireAuth() }, async () => ({ messages: [] }))
    return app
  },
  'Fastify, @fastify/jwt': (issuer: IssuerFacts) => withFastifyJwt(issuer, false),
  'Fastify, @fastify/jwt, cached': (issuer: IssuerFacts) => withFastifyJwt(issuer, true),
}

async function withFastifyJwt(
  { issuer, audience, algorithm, publicKeyPem }: IssuerFacts,
  cache: boolean,
): Promise<FastifyInstance> {
  const app = fastify()
  await app.register(fastifyJwt, {
    secret: { public: publicKeyPem },
    verify: { algorithms: [algorithm as 'RS256'], allowedIss: issuer, allowedAud: audience, cache },
  })
  const onRequest = (request: FastifyRequest) => request.jwtVerify()
  app.get(path, { onRequest }, async () => ({ messages: [] }))
  return app
}
