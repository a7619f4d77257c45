import { createTenant, type Tenant, type TenantOptions } from '../../../src/index.js'
import { newClient } from '../../../src/tenant/new-entities.js'
import { type Collection, entitiesOf, type TenantEntities, type TenantState } from '../../../src/tenant/state.js'
import { managementAudience } from '../../../src/tenant/tenant-context.js'

type Json = Readonly<Record<string, unknown>>

interface Reply {
  readonly status: number
  readonly headers: Headers
  /** What the answer has, parsed; `undefined` where it has no body. */
  readonly body: unknown
}

/** A tenant, and a caller of its Management API. */
export interface ManagedTenant {
  readonly tenant: Tenant
  readonly audience: string
  /** @param path Below `/api/v2`. */
  call(method: string, path: string, body?: unknown, token?: string): Promise<Reply>
  /** The members of the answer of a call that has to succeed. */
  ask(method: string, path: string, body?: unknown): Promise<Json>
  /** Puts all entities back as they were in the beginning. */
  reset(): void
  /** Of a client with these scopes alone, by default with all. */
  tokenFor(scopes?: readonly string[]): Promise<string>
}

export const operator = { id: 'operator', secret: 'a-secret-of-the-tests' } as const

export async function createManagedTenant(options: TenantOptions = {}): Promise<ManagedTenant> {
  return manage(await createTenant('https://tenant.test/', options))
}

/** Gives a client all rights over the tenant, which no seed can. */
export async function manage(tenant: Tenant): Promise<ManagedTenant> {
  const audience = managementAudience(tenant)
  const tokens = new Map<string, Promise<string>>()

  async function newToken(scopes: readonly string[] | undefined): Promise<string> {
    const client_id = scopes === undefined ? operator.id : `operator-${scopes.join('-')}`
    const client = newClient({ name: client_id, app_type: 'non_interactive' })
    tenant.state.clients.put({ ...client, client_id, client_secret: operator.secret })
    tenant.state.clientGrants.put({
      id: `cgr_${client_id}`,
      client_id,
      audience,
      subject_type: 'client',
      scope: scopes ?? [],
      ...(scopes === undefined ? { allow_all_scopes: true } : {}),
    })
    const response = await tenant.fetch(`${tenant.issuer}oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id,
        client_secret: operator.secret,
        audience,
      }),
    })
    const { access_token } = (await response.json()) as { access_token?: string }
    if (access_token === undefined) throw new Error(`No token for ${scopes}: ${response.status}`)
    return access_token
  }

  const tokenFor = (scopes?: readonly string[]) => {
    const key = scopes?.join(' ') ?? 'all'
    const token = tokens.get(key) ?? newToken(scopes)
    tokens.set(key, token)
    return token
  }

  async function call(method: string, path: string, body?: unknown, token?: string): Promise<Reply> {
    const headers = { authorization: `Bearer ${token ?? (await tokenFor())}` }
    const response = await tenant.fetch(`${tenant.issuer}api/v2${path}`, {
      method,
      ...(body === undefined
        ? { headers }
        : {
            body: typeof body === 'string' ? body : JSON.stringify(body),
            headers: { ...headers, 'content-type': 'application/json' },
          }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }

  await tokenFor()
  const first = entitiesOf(tenant.state)
  return {
    tenant,
    audience,
    tokenFor,
    call,
    reset: () => restore(tenant.state, first),
    ask: async (method, path, body) => {
      const reply = await call(method, path, body)
      if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
      return (reply.body ?? {}) as Json
    },
  }
}

function restore(state: TenantState, entities: TenantEntities): void {
  const put = <Entity>(collection: Collection<Entity>, kept: readonly Entity[], idOf: (entity: Entity) => string) => {
    for (const entity of collection.list()) collection.delete(idOf(entity))
    for (const entity of kept) collection.put(entity)
  }
  put(state.resourceServers, entities.resource_servers, ({ id }) => id)
  put(state.clients, entities.clients, ({ client_id }) => client_id)
  put(state.clientGrants, entities.client_grants, ({ id }) => id)
  put(state.users, entities.users, ({ user_id }) => user_id)
  put(state.roles, entities.roles, ({ id }) => id)
  put(state.organizations, entities.organizations, ({ id }) => id)
  put(state.connections, entities.connections, ({ id }) => id)
  put(state.refreshTokens, entities.refresh_tokens, ({ id }) => id)
  state.settings.set(entities.settings)
}

/** A member of an answer that has to be text. */
export function textOf(value: unknown, member: string): string {
  const text = (Object(value) as Json)[member]
  if (typeof text !== 'string') throw new Error(`No ${member} in ${JSON.stringify(value)}`)
  return text
}

export function userWith(tenant: Tenant, email: string): string {
  return textOf(
    tenant.state.users.list().find((user) => user.email === email),
    'user_id',
  )
}
