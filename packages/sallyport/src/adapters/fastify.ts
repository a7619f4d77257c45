import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawServerBase,
  RouteGenericInterface,
  RouteOptions,
} from 'fastify'
import { type Auth, InvalidOptions, type Requirement, type ResourceServer, resolveRequirement } from '../index.js'
import { keepPreflightsOut, passPreflight } from './fastify-preflight.js'
import { type AdapterOptions, createGuarding, hasAnswer, isPreflight, isPromise } from './guarding.js'
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
export function createAuth(options?: AdapterOptions<FastifyRequest>): FastifyAuth {
  const { resourceServer, decide, answer } = createGuarding(options)

  function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // A handler or an earlier hook may have begun to answer by itself.
    if (reply.sent || reply.raw.headersSent) return
    const { status, headers, body } = answer(error, request)
    // In spite of what a hook or a response schema of the app would make of it.
    reply.code(status).headers(headers).type('application/json; charset=utf-8').serializer(JSON.stringify).send(body)
  }

  function requireAuth(requirement?: Requirement): FastifyGuard {
    const resolved = resolveRequirement(requirement)
    const guard = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      if (typeof done !== 'function')
        throw new InvalidOptions('requireAuth', 'A guard is no preParsing hook. Use onRequest.')
      if (isPreflight(request.method, (name) => request.headers[name])) return passPreflight(request, reply, done)
      const admit = (auth: Auth | undefined) => {
        request.auth = auth as Auth
        if (auth !== undefined) reply.headers(auth.responseHeaders)
        done()
      }
      const protectedRequest = () => new NodeRequest(request.raw, request.method, request.originalUrl)
      let auth: Auth | undefined | Promise<Auth | undefined>
      try {
        auth = decide(request.auth, protectedRequest, resolved)
      } catch (error) {
        return refuse(error, request, reply)
      }
      if (isPromise(auth)) auth.then(admit, (error) => refuse(error, request, reply))
      else admit(auth)
    }
    // What it uses of a request is the same with every kind of server.
    return guard as FastifyGuard
  }

  const plugin = async (app: FastifyInstance) => {
    if (!app.hasRequestDecorator('auth')) app.decorateRequest('auth')
    app.addHook('onRoute', (route) => {
      answerOwnErrors(route, refuse)
      if ([route.method].flat().includes('OPTIONS')) keepPreflightsOut(route)
    })
  }
  // The two marks by which Fastify knows a plugin that works on the app it is registered with.
  const marks = { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'sallyport' }
  return { requireAuth, authOf: (request) => request.auth, plugin: Object.assign(plugin, marks), resourceServer }
}

type Refuse = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void

/** On the route, so that the app's own error handler stays in its place and sees every other error. */
function answerOwnErrors(route: RouteOptions, refuse: Refuse): void {
  const { errorHandler } = route
  route.errorHandler = function (error, request, reply) {
    if (hasAnswer(error)) return refuse(error, request, reply)
    if (errorHandler === undefined) throw error
    return errorHandler.call(this, error, request, reply)
  }
}
