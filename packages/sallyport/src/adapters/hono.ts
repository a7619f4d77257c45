import type { IncomingMessage } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import {
  type Auth,
  type ProtectedRequest,
  type Requirement,
  type ResourceServer,
  resolveRequirement,
} from '../index.js'
import { responseOf } from './fetch-response.js'
import { type AdapterOptions, createGuarding, hasAnswer, isPreflight } from './guarding.js'
import { NodeRequest } from './node-request.js'

/** What a guard leaves in the context: `c.var.auth`. Behind an `optional` guard there may be no caller. */
export interface AuthVariables<Caller = Auth> {
  readonly Variables: { auth: Caller }
}

export interface HonoAuth {
  /** @throws {InvalidOptions} when the requirement is wrong. */
  requireAuth(requirement?: Requirement & { readonly optional?: false }): MiddlewareHandler<AuthVariables>
  requireAuth(requirement: Requirement): MiddlewareHandler<AuthVariables<Auth | undefined>>
  readonly resourceServer: ResourceServer
}

/**
 * Creates the guard of a Hono app, on any runtime.
 *
 * @throws {InvalidOptions}
 * @example
 * const auth0 = createAuth({ domain, audience })
 * app.get('/messages', auth0.requireAuth({ scopes: 'read:messages' }), (c) => c.json({ user: c.var.auth.claims.sub }))
 */
export function createAuth(options?: AdapterOptions<Context>): HonoAuth {
  const { resourceServer, decide, answer } = createGuarding(options)

  function requireAuth(requirement?: Requirement): MiddlewareHandler<AuthVariables> {
    const resolved = resolveRequirement(requirement)
    return async (c, next) => {
      const { raw } = c.req
      if (isPreflight(raw.method, (name) => raw.headers.get(name))) return c.body(null, 204)
      let auth: Auth | undefined
      try {
        auth = await decide(c.get('auth'), () => protectedRequest(c), resolved)
      } catch (error) {
        return responseOf(answer(error, c))
      }
      c.set('auth', auth as Auth)
      await next()
      // Hono has made an answer of its own of what the handler threw.
      if (hasAnswer(c.error)) c.res = responseOf(answer(c.error, c))
      for (const [name, value] of Object.entries(auth?.responseHeaders ?? {})) c.header(name, value)
      return undefined
    }
  }

  // Whether there may be no caller is for the types alone.
  return { requireAuth: requireAuth as HonoAuth['requireAuth'], resourceServer }
}

/** On Node the request as it arrived, with its connection; elsewhere what the runtime made of it. */
function protectedRequest({ env, req }: Context): ProtectedRequest {
  const { incoming } = Object(env) as { incoming?: IncomingMessage }
  return incoming?.rawHeaders === undefined || incoming.url === undefined
    ? req.raw
    : new NodeRequest(incoming, req.raw.method, incoming.url)
}
