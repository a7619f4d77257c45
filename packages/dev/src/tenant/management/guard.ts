import { type Context, Hono } from 'hono'
import {
  type Auth,
  answerTo,
  createResourceServer,
  DependencyUnavailable,
  type RefusalCode,
  RequestRefused,
  resolveRequirement,
} from 'sallyport'
import { serveDiscovery } from '../discovery.js'
import { managementAudience, type TenantContext } from '../tenant-context.js'
import { ManagementFailure } from './management-failure.js'

/** Auth0 lets a token of the Management API live for 30 days. */
const maxTokenLifetimeSeconds = 2_592_000

/** @throws {ManagementFailure} 401, 403, 503. */
export type Guard = (c: Context) => Promise<Auth>

/** Makes guards for the Management API, which is an API as any other: Sallyport decides who gets in. */
export function createGuards(context: TenantContext): (scopes: readonly string[]) => Guard {
  const { issuer, keys, clock } = context
  const audience = managementAudience(context)
  // Of its own, so that the faults and the log of the tenant are about others alone.
  const documents = new Hono()
  serveDiscovery(documents, context)
  const server = createResourceServer({
    issuer,
    audience,
    publicUrl: issuer,
    maxTokenLifetimeSeconds,
    fetch: async (input, init) => documents.fetch(new Request(input, init)),
    clock: {
      epochMilliseconds: () => clock.nowSeconds() * 1000,
      monotonicMilliseconds: () => performance.now(),
    },
  })
  let known = keys.list()

  /** A tenant knows when its own keys change, and does not have to wait until a key set gets old. */
  async function followKeys(): Promise<void> {
    const current = keys.list()
    if (current === known) return
    await server.refresh()
    known = current
  }

  return (scopes) => {
    const requirement = resolveRequirement({ anyScope: scopes })
    return async (c) => {
      c.set('audience', audience)
      const { method, url, raw } = c.req
      try {
        await followKeys()
        const auth = await server.authenticate({ method, url, headers: raw.headers }, requirement)
        if (auth === undefined) throw new RequestRefused('credentials_missing')
        for (const [name, value] of Object.entries(auth.responseHeaders)) c.header(name, value)
        c.set('client_id', auth.claims['azp'] ?? auth.claims['client_id'])
        return auth
      } catch (error) {
        throw failureFor(error, scopes, answerTo(error, server).headers)
      }
    }
  }
}

const withoutToken: readonly RefusalCode[] = ['credentials_missing', 'scheme_unsupported']

function failureFor(error: unknown, scopes: readonly string[], headers: ManagementFailure['headers']): unknown {
  if (error instanceof DependencyUnavailable)
    return new ManagementFailure(503, 'The keys of the tenant cannot be read.', undefined, headers)
  if (!(error instanceof RequestRefused)) return error
  if (error.code === 'scope_missing')
    return new ManagementFailure(
      403,
      `Insufficient scope, expected any of: ${scopes.join(',')}`,
      'insufficient_scope',
      headers,
    )
  const message = withoutToken.includes(error.code) ? 'Missing authentication' : 'Invalid token'
  return new ManagementFailure(401, message, undefined, headers)
}
