import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawServerBase,
  RouteGenericInterface,
  RouteOptions,
} from 'fastify'
import {
  type Auth,
  answerTo,
  createResourceServer,
  DependencyUnavailable,
  InvalidOptions,
  RequestRefused,
  type Requirement,
  type ResolvedRequirement,
  type ResourceServer,
  type ResourceServerOptions,
  resolveRequirement,
} from '../index.js'
import { isPreflight, keepPreflightsOut, passPreflight } from './fastify-preflight.js'
import { NodeRequest } from './node-request.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller, on routes with a `requireAuth` guard. On an `optional` route ask `authOf(request)`: there may be none. */
    auth: Auth
  }
}

/**
 * A guard for `onRequest`, which comes before the body is read; `preValidation` and `preHandler` take it too. It fits any
 * server that Fastify can have: HTTP, HTTPS, HTTP/2.
 */
export type FastifyGuard = <Server extends RawServerBase>(
  request: FastifyRequest<RouteGenericInterface, Server>,
  reply: FastifyReply<RouteGenericInterface, Server>,
  done: () => void,
) => void

export interface FastifyAuth {
  /** @throws {InvalidOptions} when the requirement is wrong. */
  requireAuth(requirement?: Requirement): FastifyGuard
  /** The caller, or `undefined` where a guard is optional or there is none. */
  authOf(request: FastifyRequest): Auth | undefined
  /** Decorates requests, and answers what `request.auth.require()` throws in a handler. Register it before the routes. */
  readonly plugin: (app: FastifyInstance) => Promise<void>
  readonly resourceServer: ResourceServer
}

/**
 * Creates the guard of a Fastify 5 app.
 *
 * @throws {InvalidOptions}
 * @example
 * const auth0 = createAuth({ domain: process.env.AUTH0_DOMAIN, audience: process.env.AUTH0_AUDIENCE })
 * app.get('/messages', { onRequest: auth0.requireAuth({ scopes: 'read:messages' }) }, handler)
 */
export function createAuth(options?: ResourceServerOptions): FastifyAuth {
  const resourceServer = createResourceServer(options)
  const callers = new WeakSet<Auth>()

  function decide(
    request: FastifyRequest,
    requirement: ResolvedRequirement,
  ): Auth | undefined | Promise<Auth | undefined> {
    const { auth, method, originalUrl, raw } = request
    // A hook of the app and the guard of a route may look at one request: its proof is good once.
    const isKnown = auth !== undefined && callers.has(auth)
    if (!isKnown) return resourceServer.authenticate(new NodeRequest(raw, method, originalUrl), requirement)
    auth.require(requirement)
    return auth
  }

  function refuse(error: unknown, reply: FastifyReply): void {
    // A handler or an earlier hook may have begun to answer by itself.
    if (reply.sent || reply.raw.headersSent) return
    const { status, headers, body } = answerTo(error, resourceServer)
    // In spite of what a hook or a response schema of the app would make of it.
    reply.code(status).headers(headers).type('application/json; charset=utf-8').serializer(JSON.stringify).send(body)
  }

  function requireAuth(requirement?: Requirement): FastifyGuard {
    const resolved = resolveRequirement(requirement)
    const guard = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      if (typeof done !== 'function')
        throw new InvalidOptions('requireAuth', 'A guard is no preParsing hook. Use onRequest.')
      if (isPreflight(request)) return passPreflight(request, reply, done)
      const admit = (auth: Auth | undefined) => {
        request.auth = auth as Auth
        if (auth !== undefined) {
          callers.add(auth)
          for (const [name, value] of Object.entries(auth.responseHeaders)) reply.header(name, value)
        }
        done()
      }
      let auth: Auth | undefined | Promise<Auth | undefined>
      try {
        auth = decide(request, resolved)
      } catch (error) {
        return refuse(error, reply)
      }
      if (isPromise(auth)) auth.then(admit, (error) => refuse(error, reply))
      else admit(auth)
    }
    // What it uses of a request is the same with every kind of server.
    return guard as FastifyGuard
  }

  return {
    requireAuth,
    authOf: (request) => request.auth,
    plugin: createPlugin(refuse),
    resourceServer,
  }
}

function createPlugin(refuse: (error: unknown, reply: FastifyReply) => void): FastifyAuth['plugin'] {
  const plugin = async (app: FastifyInstance) => {
    if (!app.hasRequestDecorator('auth')) app.decorateRequest('auth')
    app.addHook('onRoute', (route) => {
      answerOwnErrors(route, refuse)
      if ([route.method].flat().includes('OPTIONS')) keepPreflightsOut(route)
    })
  }
  // The two marks by which Fastify knows a plugin that works on the app it is registered with.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'sallyport',
  })
}

/** On the route, so that the app's own error handler stays in its place and sees every other error. */
function answerOwnErrors(route: RouteOptions, refuse: (error: unknown, reply: FastifyReply) => void): void {
  const { errorHandler } = route
  route.errorHandler = function (error, request, reply) {
    if (error instanceof RequestRefused || error instanceof DependencyUnavailable) return refuse(error, reply)
    if (errorHandler === undefined) throw error
    return errorHandler.call(this, error, request, reply)
  }
}

function isPromise(value: Auth | undefined | Promise<Auth | undefined>): value is Promise<Auth | undefined> {
  return value !== undefined && 'then' in value
}
