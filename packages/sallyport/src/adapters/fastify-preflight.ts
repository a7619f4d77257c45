import type { FastifyReply, FastifyRequest, preParsingHookHandler, RouteOptions } from 'fastify'

const passedPreflights = new WeakSet<FastifyRequest>()
const pastTheEnd = new WeakSet<FastifyRequest>()
const keepsPreflightsOut = Symbol('keeps preflights out')

/**
 * Behind this, a preflight may go on to the `onRequest` hooks of a CORS plugin. The first thing after them ends it: no
 * validation, no later hook and no handler sees it.
 */
export function keepPreflightsOut(route: RouteOptions): void {
  route.config = { ...route.config, [keepsPreflightsOut]: true }
  const end: preParsingHookHandler = (request, reply, payload, done) => {
    if (passedPreflights.has(request)) return void reply.code(204).send()
    if (request.method === 'OPTIONS') pastTheEnd.add(request)
    done(null, payload)
  }
  route.preParsing = [end, ...[route.preParsing ?? []].flat()]
}

/** A preflight is never refused, and never reaches a handler: a guard in a later hook ends it itself. */
export function passPreflight(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (!(keepsPreflightsOut in request.routeOptions.config) || pastTheEnd.has(request))
    return void reply.code(204).send()
  passedPreflights.add(request)
  done()
}
