import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express'
import { type Auth, type Requirement, type ResourceServer, resolveRequirement } from '../index.js'
import { type AdapterOptions, createGuarding, hasAnswer, isPreflight, isPromise } from './guarding.js'
import { NodeRequest } from './node-request.js'
import { sendAnswer } from './node-response.js'

declare global {
  namespace Express {
    interface Request {
      /** The caller, behind a `requireAuth` guard. Behind an `optional` one ask `authOf(request)`: there may be none. */
      auth: Auth
    }
  }
}

/** A `RequestHandler` that leaves it to the path of its route what `request.params` has. */
export type ExpressGuard = <Parameters>(request: Request<Parameters>, response: Response, next: NextFunction) => void

export interface ExpressAuth {
  /** @throws {InvalidOptions} when the requirement is wrong. */
  requireAuth(requirement?: Requirement): ExpressGuard
  /** The caller, or `undefined` where a guard is optional or there is none. */
  authOf(request: Request): Auth | undefined
  /** Answers what `request.auth.require()` throws in a handler. Use it behind the routes. */
  readonly errorHandler: ErrorRequestHandler
  readonly resourceServer: ResourceServer
}

/**
 * Creates the guard of an Express app, version 4 or 5.
 *
 * @throws {InvalidOptions}
 * @example
 * const auth0 = createAuth({ domain: process.env.AUTH0_DOMAIN, audience: process.env.AUTH0_AUDIENCE })
 * app.get('/messages', auth0.requireAuth({ scopes: 'read:messages' }), handler)
 */
export function createAuth(options?: AdapterOptions<Request>): ExpressAuth {
  const { resourceServer, decide, answer } = createGuarding(options)
  const refuse = (error: unknown, request: Request, response: Response) => sendAnswer(response, answer(error, request))

  function requireAuth(requirement?: Requirement): ExpressGuard {
    const resolved = resolveRequirement(requirement)
    return (given, response, next) => {
      const request = given as Request
      if (isPreflight(request.method, (name) => request.headers[name])) return void response.status(204).end()
      const admit = (auth: Auth | undefined) => {
        request.auth = auth as Auth
        response.set(auth?.responseHeaders ?? {})
        next()
      }
      const protectedRequest = () => new NodeRequest(request, request.method, request.originalUrl)
      let auth: Auth | undefined | Promise<Auth | undefined>
      try {
        auth = decide(request.auth, protectedRequest, resolved)
      } catch (error) {
        return refuse(error, request, response)
      }
      if (isPromise(auth)) auth.then(admit, (error) => refuse(error, request, response))
      else admit(auth)
    }
  }

  return {
    requireAuth,
    authOf: (request) => request.auth,
    errorHandler: (error, request, response, next) => {
      if (hasAnswer(error)) refuse(error, request, response)
      else next(error)
    },
    resourceServer,
  }
}
