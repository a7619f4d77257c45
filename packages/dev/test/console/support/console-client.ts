import { createTenant, type Tenant, type TenantOptions } from '../../../src/index.js'
import type { Collection } from '../../../src/tenant/state.js'

export type Fields = Readonly<Record<string, string | readonly string[]>>

interface ConsoleAnswer {
  readonly status: number
  readonly html: string
  /** Where a form leads, without `?done=`. */
  readonly path: string | undefined
}

/** The console of a tenant as a browser without scripts uses it. */
export interface ConsoleClient {
  readonly tenant: Tenant
  get(path: string): Promise<ConsoleAnswer>
  submit(path: string, fields?: Fields): Promise<ConsoleAnswer>
  /** Puts everything back as it was in the beginning: a key of its own for each test takes long. */
  reset(): void
}

const issuer = 'https://tenant.test/'

export async function openConsole(options?: TenantOptions): Promise<ConsoleClient> {
  const tenant = await createTenant(issuer, options)
  const reset = keep(tenant)
  const url = (path: string) => new URL(path, issuer)
  return {
    tenant,
    reset,
    get: async (path) => read(await tenant.fetch(url(path))),
    submit: async (path, fields = {}) => {
      const headers = { origin: 'https://tenant.test', 'sec-fetch-site': 'same-origin' }
      return read(await tenant.fetch(url(path), { method: 'POST', headers, body: bodyOf(fields), redirect: 'manual' }))
    },
  }
}

function keep({ state }: Tenant): () => void {
  const restored = [
    keepOne(state.resourceServers, ({ id }) => id),
    keepOne(state.clients, ({ client_id }) => client_id),
    keepOne(state.clientGrants, ({ id }) => id),
    keepOne(state.users, ({ user_id }) => user_id),
    keepOne(state.roles, ({ id }) => id),
    keepOne(state.organizations, ({ id }) => id),
  ]
  return () => {
    for (const restore of restored) restore()
  }
}

function keepOne<Entity>(collection: Collection<Entity>, idOf: (entity: Entity) => string): () => void {
  const kept = collection.list()
  return () => {
    for (const entity of collection.list()) collection.delete(idOf(entity))
    for (const entity of kept) collection.put(entity)
  }
}

export function bodyOf(fields: Fields): URLSearchParams {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
  return new URLSearchParams(pairs)
}

async function read(response: Response): Promise<ConsoleAnswer> {
  const path = response.headers.get('location')?.split('?')[0]
  return { status: response.status, html: await response.text(), path }
}

/** What a page says, without its markup. */
export function wordsIn(html: string): string {
  const body = html.replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ')
  const plain = body.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'")
  return plain.replaceAll('&amp;', '&').replace(/\s+/g, ' ').trim()
}

/** The entity that a test is about. @throws {Error} where there is none. */
export function the<Entity>(entity: Entity | undefined): Entity {
  if (entity === undefined) throw new Error('The tenant has no such entity.')
  return entity
}

export const audience = 'https://api.example.com'

export function apiOf({ state }: Tenant, identifier: string = audience) {
  return the(state.resourceServers.list().find((api) => api.identifier === identifier))
}

export function clientOf({ state }: Tenant, name: string) {
  return the(state.clients.list().find((client) => client.name === name))
}

export function userOf({ state }: Tenant, email: string) {
  return the(state.users.list().find((user) => user.email === email))
}

export function roleOf({ state }: Tenant, name: string) {
  return the(state.roles.list().find((role) => role.name === name))
}
