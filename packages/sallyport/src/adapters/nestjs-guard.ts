import { type CanActivate, type ExecutionContext, HttpException } from '@nestjs/common'
import { type Auth, InvalidOptions, mapFaults, type ResourceServer, resolveRequirement } from '../index.js'
import { type AdapterOptions, type AppAnswer, createGuarding, hasAnswer, isPreflight } from './guarding.js'
import { callers, checkHttp, requirementsOf } from './nestjs-decorators.js'
import { type PlatformRequest, type PlatformResponse, prepare, protectedRequest } from './nestjs-platform.js'

export interface NestOptions extends AdapterOptions<ExecutionContext> {
  /** Default `everyRoute`: all but those with `@Public()`. `decoratedRoutes`: only those with `@RequireAuth()`. */
  readonly protect?: 'everyRoute' | 'decoratedRoutes'
}

/** An answer of Sallyport as Nest's exception filters take it. The challenges are set already; `cause` says why. */
export class AuthException extends HttpException {
  constructor({ status, body }: Pick<AppAnswer, 'status' | 'body'>, cause?: unknown) {
    super(Object(body), status, { cause })
    if (hasAnswer(cause)) this.message = cause.message
  }
}

export interface NestGuard extends CanActivate {
  readonly resourceServer: ResourceServer
}

/** @throws {InvalidOptions} */
export function createNestGuard({ protect = 'everyRoute', ...options }: NestOptions = {}): NestGuard {
  if (protect !== 'everyRoute' && protect !== 'decoratedRoutes')
    throw new InvalidOptions('protect', 'Option "protect" takes "everyRoute" or "decoratedRoutes".')
  const { resourceServer, decide, answer } = createGuarding(options)
  const ofUndecorated = protect === 'everyRoute' ? [resolveRequirement({})] : []

  function exceptionFor(error: unknown, context: ExecutionContext): AuthException {
    const answered = answer(error, context)
    prepare(context.switchToHttp().getResponse(), answered.headers)
    return new AuthException(answered, error)
  }

  function admit(auth: Auth, request: PlatformRequest, context: ExecutionContext): void {
    const response = context.switchToHttp().getResponse<PlatformResponse>()
    for (const [name, value] of Object.entries(auth.responseHeaders)) response.header(name, value)
    // A filter of the app may take every error that Nest does not know for a bug.
    const caller = mapFaults(auth, (error) => (hasAnswer(error) ? exceptionFor(error, context) : error))
    request.auth = caller
    callers.set(request, caller)
  }

  return {
    resourceServer,
    canActivate: async (context) => {
      const requirements = requirementsOf(context) ?? ofUndecorated
      if (requirements.length === 0) return true
      checkHttp(context)
      const request = context.switchToHttp().getRequest<PlatformRequest>()
      if (isPreflight(request.method, (name) => request.headers[name]))
        throw new AuthException({ status: 204, body: {} })
      let auth: Auth | undefined
      try {
        for (const requirement of requirements) auth = await decide(auth, () => protectedRequest(request), requirement)
      } catch (error) {
        throw exceptionFor(error, context)
      }
      if (auth !== undefined) admit(auth, request, context)
      return true
    },
  }
}
