import { type Auth, type Requirement, type ResourceServer, resolveRequirement } from '../index.js'
import { responseOf } from './fetch-response.js'
import { type AdapterOptions, createGuarding, hasAnswer, isPreflight } from './guarding.js'

/** A handler behind a guard: what it got, the caller, and what else the server passes (a context, route parameters). */
export type ProtectedHandler<Caller, Rest extends readonly unknown[]> = (
  request: Request,
  auth: Caller,
  ...rest: Rest
) => Response | Promise<Response>

export type FetchHandler<Rest extends readonly unknown[]> = (request: Request, ...rest: Rest) => Promise<Response>

export interface FetchAuth {
  /**
   * Puts a guard before a handler.
   * @throws {InvalidOptions} when the requirement is wrong.
   */
  protect<Rest extends readonly unknown[]>(
    handler: ProtectedHandler<Auth, Rest>,
    requirement?: Requirement & { readonly optional?: false },
  ): FetchHandler<Rest>
  protect<Rest extends readonly unknown[]>(
    handler: ProtectedHandler<Auth | undefined, Rest>,
    requirement: Requirement,
  ): FetchHandler<Rest>
  readonly resourceServer: ResourceServer
}

/**
 * Creates the guard of any `(request: Request) => Response` server: Next.js route handlers, Workers, Bun, Deno.
 *
 * @throws {InvalidOptions}
 * @example
 * const auth0 = createAuth({ domain, audience })
 * export const GET = auth0.protect((request, auth) => Response.json({ user: auth.claims.sub }), { scopes: 'read:messages' })
 */
export function createAuth(options?: AdapterOptions<Request>): FetchAuth {
  const { resourceServer, decide, answer } = createGuarding(options)

  function protect<Rest extends readonly unknown[]>(
    handler: ProtectedHandler<Auth, Rest>,
    requirement?: Requirement,
  ): FetchHandler<Rest> {
    const resolved = resolveRequirement(requirement)
    return async (request, ...rest) => {
      if (isPreflight(request.method, (name) => request.headers.get(name))) return new Response(null, { status: 204 })
      let auth: Auth | undefined
      try {
        auth = await decide(undefined, () => request, resolved)
      } catch (error) {
        return responseOf(answer(error, request))
      }
      try {
        return answeredWith(await handler(request, auth as Auth, ...rest), auth)
      } catch (error) {
        if (!hasAnswer(error)) throw error
        return responseOf(answer(error, request))
      }
    }
  }

  return { protect, resourceServer }
}

/** A response that was fetched has headers that cannot be changed: a copy has. */
function answeredWith(response: Response, auth: Auth | undefined): Response {
  const headers = Object.entries(auth?.responseHeaders ?? {})
  if (headers.length === 0) return response
  const copy = new Response(response.body, response)
  for (const [name, value] of headers) copy.headers.set(name, value)
  return copy
}
