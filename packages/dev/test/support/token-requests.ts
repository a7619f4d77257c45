import type { Tenant } from '../../src/index.js'
import { secret } from './protocol-seed.js'

export type Fields = Readonly<Record<string, string>>

export interface TokenAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

/** Sends a form to an endpoint that answers in JSON. A field that is empty is left out. */
export async function ask(tenant: Tenant, path: string, fields: Fields, headers: Fields = {}): Promise<TokenAnswer> {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
  const response = await tenant.fetch(new URL(path, tenant.issuer), {
    method: 'POST',
    body: new URLSearchParams(given),
    headers,
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
}

export function askForToken(tenant: Tenant, fields: Fields, headers: Fields = {}): Promise<TokenAnswer> {
  return ask(tenant, 'oauth/token', fields, headers)
}

/** What the machine of the seed sends. */
export function machineRequest(audience: string, changed: Fields = {}): Fields {
  return { grant_type: 'client_credentials', client_id: 'machine', client_secret: secret, audience, ...changed }
}

/** A member of an answer that has to be text. */
export function textOf({ body }: Pick<TokenAnswer, 'body'>, member: string): string {
  const value = body[member]
  if (typeof value !== 'string') throw new Error(`No ${member} in ${JSON.stringify(body)}`)
  return value
}

export function userId(tenant: Tenant, email: string): string {
  const user = tenant.state.users.list().find((one) => one.email === email)
  if (user === undefined) throw new Error(`No user ${email}`)
  return user.user_id
}

/** Replaces some members of an application, and gives a function that puts them back. */
export function changeClient(
  { state }: Tenant,
  clientId: string,
  changed: Partial<NonNullable<ReturnType<Tenant['state']['clients']['get']>>>,
): () => void {
  const client = state.clients.get(clientId)
  if (client === undefined) throw new Error(`No application ${clientId}`)
  state.clients.put({ ...client, ...changed })
  return () => void state.clients.put(client)
}
