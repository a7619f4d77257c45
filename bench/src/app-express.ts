import type { Server } from 'node:http'
import type express from 'express'
import type { RequestHandler } from 'express'
import { expressjwt } from 'express-jwt'
import { auth } from 'express-oauth2-jwt-bearer'
import { expressJwtSecret } from 'jwks-rsa'
import passport from 'passport'
import { Strategy } from 'passport-jwt'
import { createAuth } from 'sallyport/express'
import { type Apps, noGuard, serve } from './http-app.ts'
import type { IssuerFacts } from './issuer.ts'
import { acceptPayload, passportOptions } from './passport-options.ts'

/** The same app on Express 4 and 5. */
export function createExpressApps(framework: typeof express): Apps {
  const start = (...guards: readonly RequestHandler[]): Promise<Server> => {
    const app = framework()
    app.get('/messages', ...guards, (_request, response) => void response.json({ messages: [] }))
    return serve(app)
  }
  return {
    [noGuard]: () => start(),
    Sallyport: ({ issuer, audience }) => start(createAuth({ issuer, audience }).requireAuth()),
    'express-oauth2-jwt-bearer': ({ issuer, audience, algorithm, jwksUri }) =>
      start(auth({ issuer, audience, jwksUri, tokenSigningAlg: algorithm })),
    'express-jwt': (issuer) => start(withExpressJwt(issuer)),
    'passport-jwt': (issuer) => {
      passport.use(new Strategy(passportOptions(issuer), acceptPayload))
      return start(passport.authenticate('jwt', { session: false }))
    },
  }
}

function withExpressJwt({ issuer, audience, algorithm, jwksUri }: IssuerFacts): RequestHandler {
  const secret = expressJwtSecret({ jwksUri, cache: true, rateLimit: true, jwksRequestsPerMinute: 5 })
  return expressjwt({ secret, issuer, audience, algorithms: [algorithm as 'RS256'] })
}
