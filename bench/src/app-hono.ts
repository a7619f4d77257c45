import type { Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { jwk } from 'hono/jwk'
import { createAuth } from 'sallyport/hono'
import { type Apps, noGuard, serve } from './http-app.ts'
import type { IssuerFacts } from './issuer.ts'

type JwkOptions = Parameters<typeof jwk>[0]

export const honoApps: Apps = {
  [noGuard]: () => start(),
  Sallyport: ({ issuer, audience }) => start(createAuth({ issuer, audience }).requireAuth()),
  'hono/jwk, jwks_uri': (issuer) => start(jwk({ ...jwkOptions(issuer), jwks_uri: issuer.jwksUri })),
  'hono/jwk, keys': async (issuer) => {
    const response = await fetch(issuer.jwksUri)
    const { keys } = (await response.json()) as { readonly keys: NonNullable<JwkOptions['keys']> }
    return start(jwk({ ...jwkOptions(issuer), keys }))
  },
}

function start(...guards: readonly MiddlewareHandler[]): Promise<Server> {
  const app = new Hono()
  app.on('GET', ['/messages'], ...guards, (c: Context) => c.json({ messages: [] }))
  return serve(getRequestListener(app.fetch))
}

function jwkOptions({ issuer, audience, algorithm }: IssuerFacts): JwkOptions {
  return { alg: [algorithm as 'RS256'], verification: { iss: issuer, aud: audience } }
}
