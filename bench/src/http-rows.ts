import { noGuard } from './http-app.ts'
import type { FrameworkName } from './http-server.ts'

/** One app, and the tokens that it is sent. */
export interface Row extends Guarded {
  readonly framework: FrameworkName
}

interface Guarded {
  readonly guard: string
  readonly tokens: 'known' | 'new'
}

/** How many are sent in turn. Sallyport remembers 10,000, so each new one is forgotten when it comes back. */
export const differentTokens = { known: 100, new: 12_000 }

const onExpress = [...knownAndNew('Sallyport'), ...onlyNew('express-oauth2-jwt-bearer', 'express-jwt', 'passport-jwt')]
const onNest = [...knownAndNew('Sallyport'), ...onlyNew('passport-jwt')]

const guards: Readonly<Record<FrameworkName, readonly Guarded[]>> = {
  'Fastify 5': [...knownAndNew('Sallyport'), ...onlyNew('@fastify/jwt'), ...knownAndNew('@fastify/jwt, cached')],
  'Express 5': onExpress,
  'Express 4': onExpress,
  Hono: [...knownAndNew('Sallyport'), ...onlyNew('hono/jwk, keys', 'hono/jwk, jwks_uri')],
  fetch: knownAndNew('Sallyport'),
  'Nest on Express': onNest,
  'Nest on Fastify': onNest,
}

/** Every framework's app without a guard, then with each. */
export const rows: readonly Row[] = Object.entries(guards).flatMap(([framework, guarded]) =>
  [...onlyNew(noGuard), ...guarded].map((one) => ({ ...one, framework: framework as FrameworkName })),
)

function knownAndNew(guard: string): readonly Guarded[] {
  return [
    { guard, tokens: 'known' },
    { guard, tokens: 'new' },
  ]
}

/** For those that remember no token. */
function onlyNew(...names: readonly string[]): readonly Guarded[] {
  return names.map((guard) => ({ guard, tokens: 'new' }))
}
