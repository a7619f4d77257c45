import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'

const passedPreflights = new WeakSet<FastifyRequest>()
const keepsPreflightsOut = Symbol('keeps preflights out')

/** Behind this, a preflight may go on to the hooks of a CORS plugin: the handler will not see it. */
export function keepPreflightsOut(route: RouteOptions): void {
  const { handler } = route
  route.config = { ...route.config, [keepsPreflightsOut]: true }
  route.handler = function (request, reply) {
    return passedPreflights.has(request) ? reply.code(204).send() : handler.call(this, request, reply)
  }
}

/** What a browser sends before a cross-origin request. It has no credentials by specification (Fetch, section 4.8). */
export function isPreflight({ method, headers }: FastifyRequest): boolean {
  const { origin, authorization, 'access-control-request-method': requestedMethod } = headers
  return method === 'OPTIONS' && origin !== undefined && requestedMethod !== undefined && authorization === undefined
}

/** A preflight is never refused, and never reaches a handler. */
export function passPreflight(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (!(keepsPreflightsOut in request.routeOptions.config)) return void reply.code(204).send()
  passedPreflights.add(request)
  done()
}
