import {
  type Answer,
  type Auth,
  answerTo,
  createResourceServer,
  DependencyUnavailable,
  InvalidOptions,
  type ProtectedRequest,
  RequestRefused,
  type ResolvedRequirement,
  type ResourceServer,
  type ResourceServerOptions,
} from '../index.js'

/** Options of every adapter's `createAuth`. */
export interface AdapterOptions<Request> extends ResourceServerOptions {
  /**
   * Gives another body for an answer that is not your handler's; status and headers stay. `undefined` keeps the body. What
   * it throws is dropped, and the body stays.
   */
  readonly onRefusal?: (answer: Answer, request: Request) => unknown
}

/** An answer whose body may be the app's own. */
export interface AppAnswer extends Omit<Answer, 'body'> {
  readonly body: unknown
}

/** What every adapter does besides speaking its framework's language. */
export interface Guarding<Request> {
  readonly resourceServer: ResourceServer
  /**
   * Decides about a request once: a second guard on it only checks what it demands, as a proof is good once.
   * @param known The caller that an earlier guard has left on the request.
   */
  decide(
    known: Auth | undefined,
    request: () => ProtectedRequest,
    requirement: ResolvedRequirement,
  ): Auth | undefined | Promise<Auth | undefined>
  answer(error: unknown, request: Request): AppAnswer
}

/** @throws {InvalidOptions} */
export function createGuarding<Request>(given: AdapterOptions<Request> = {}): Guarding<Request> {
  const { onRefusal, ...options } = given
  if (onRefusal !== undefined && typeof onRefusal !== 'function')
    throw new InvalidOptions('onRefusal', 'Option "onRefusal" takes a function that gives a body.')
  const resourceServer = createResourceServer(options)
  const callers = new WeakSet<Auth>()
  const remember = (auth: Auth | undefined) => {
    if (auth !== undefined) callers.add(auth)
    return auth
  }

  return {
    resourceServer,
    decide: (known, request, requirement) => {
      if (known !== undefined && callers.has(known)) {
        known.require(requirement)
        return known
      }
      const auth = resourceServer.authenticate(request(), requirement)
      return isPromise(auth) ? auth.then(remember) : remember(auth)
    },
    answer: (error, request) => {
      const answer = answerTo(error, resourceServer)
      const body = onRefusal && bodyOf(() => onRefusal(answer, request))
      return body === undefined ? answer : { ...answer, body }
    },
  }
}

function bodyOf(give: () => unknown): unknown {
  try {
    return give()
  } catch {
    return undefined
  }
}

export function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return value instanceof Object && 'then' in value
}

/** What a handler may throw that has an answer of its own. */
export function hasAnswer(error: unknown): error is RequestRefused | DependencyUnavailable {
  return error instanceof RequestRefused || error instanceof DependencyUnavailable
}

/** What a browser sends before a cross-origin request. It has no credentials by specification (Fetch, section 4.8). */
export function isPreflight(method: string, header: (name: string) => unknown): boolean {
  return (
    method === 'OPTIONS' &&
    isPresent(header('origin')) &&
    isPresent(header('access-control-request-method')) &&
    !isPresent(header('authorization'))
  )
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}
