import type { IncomingMessage } from 'node:http'
import { type CanActivate, type ExecutionContext, HttpException, type NestInterceptor } from '@nestjs/common'
import { catchError, type Observable } from 'rxjs'
import { type Auth, InvalidOptions, type ResourceServer, resolveRequirement } from '../index.js'
import { type AdapterOptions, type AppAnswer, createGuarding, hasAnswer, isPreflight } from './guarding.js'
import { requirementsOf } from './nestjs-decorators.js'
import { NodeRequest } from './node-request.js'

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

export interface NestGuard extends CanActivate, NestInterceptor {
  readonly resourceServer: ResourceServer
}

/** @throws {InvalidOptions} */
export function createNestGuard({ protect = 'everyRoute', ...options }: NestOptions): NestGuard {
  if (protect !== 'everyRoute' && protect !== 'decoratedRoutes')
    throw new InvalidOptions('protect', 'Option "protect" takes "everyRoute" or "decoratedRoutes".')
  const { resourceServer, decide, answer } = createGuarding(options)
  const ofUndecorated = protect === 'everyRoute' ? [resolveRequirement({})] : []

  function exceptionFor(error: unknown, context: ExecutionContext): AuthException {
    const answered = answer(error, context)
    setHeaders(context, answered.headers)
    return new AuthException(answered, error)
  }

  return {
    resourceServer,
    canActivate: async (context) => {
      const requirements = requirementsOf(context) ?? ofUndecorated
      if (requirements.length === 0) return true
      const request = httpRequestOf(context)
      if (isPreflight(request.method, (name) => request.headers[name]))
        throw new AuthException({ status: 204, body: {} })
      try {
        for (const requirement of requirements)
          request.auth = await decide(request.auth, () => protectedRequest(request), requirement)
      } catch (error) {
        throw exceptionFor(error, context)
      }
      setHeaders(context, request.auth?.responseHeaders ?? {})
      return true
    },
    intercept: (context, next) =>
      next.handle().pipe(
        catchError((error: unknown): Observable<never> => {
          throw hasAnswer(error) && context.getType() === 'http' ? exceptionFor(error, context) : error
        }),
      ),
  }
}

/** What the requests of Express and of Fastify have in common. */
interface PlatformRequest extends IncomingMessage {
  readonly method: string
  readonly originalUrl: string
  /** The request below that of Fastify. */
  readonly raw?: IncomingMessage
  auth?: Auth | undefined
}

function httpRequestOf(context: ExecutionContext): PlatformRequest {
  const type = context.getType<string>()
  if (type === 'http') return context.switchToHttp().getRequest()
  throw new InvalidOptions(
    'RequireAuth',
    `A handler of the kind "${type}" has no HTTP request to authenticate. Mark it with @Public(), and check the access token where its connection begins.`,
  )
}

function protectedRequest(request: PlatformRequest): NodeRequest {
  return new NodeRequest(
    request.raw?.rawHeaders === undefined ? request : request.raw,
    request.method,
    request.originalUrl,
  )
}

/** On the response of either platform, unless a handler has begun to answer. */
function setHeaders(context: ExecutionContext, headers: Readonly<Record<string, string | string[]>>): void {
  const response = context.switchToHttp().getResponse<PlatformResponse>()
  if (response.headersSent === true || response.sent === true) return
  for (const [name, value] of Object.entries(headers)) response.header(name, value)
}

interface PlatformResponse {
  readonly headersSent?: boolean
  readonly sent?: boolean
  header(name: string, value: string | string[]): unknown
}
