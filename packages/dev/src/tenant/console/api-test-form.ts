import * as v from 'valibot'
import type { Client, ResourceServer, User } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { dpopModeOf } from './api-settings-form.js'
import { type Filled, field, filledWith, type Typed } from './form.js'
import { found } from './found.js'

/** Who can get a token for an API. */
export interface TestCandidates {
  /** For themselves: those with a secret and a grant. */
  readonly machines: readonly Client[]
  /** For a user who logs in. */
  readonly logins: readonly Client[]
  readonly users: readonly User[]
}

export function candidatesOf({ identifier }: ResourceServer, { state }: TenantContext): TestCandidates {
  const clients = state.clients.list()
  const grants = state.clientGrants.list().filter(({ audience }) => audience === identifier)
  const hasGrant = ({ client_id }: Client) =>
    grants.some((grant) => grant.client_id === client_id && grant.subject_type === 'client')
  const isMachine = ({ grant_types, token_endpoint_auth_method }: Client) =>
    grant_types.includes('client_credentials') && token_endpoint_auth_method !== 'none'
  return {
    machines: clients.filter((client) => isMachine(client) && hasGrant(client)),
    logins: clients.filter(({ grant_types }) => grant_types.includes('authorization_code')),
    users: state.users.list(),
  }
}

const defaultUrl = 'http://localhost:3000/'

export function freshTestForm(api: ResourceServer, { machines, logins, users }: TestCandidates): Filled {
  const mode = dpopModeOf(api) === 'required' ? 'dpop' : 'bearer'
  return filledWith({
    client: machines[0]?.client_id ?? '',
    login: logins[0]?.client_id ?? '',
    user: users[0]?.user_id ?? '',
    permissions: api.scopes.map(({ value }) => value),
    mode,
    url: defaultUrl,
  })
}

/** What was typed into one of the two forms, and the other one as it was. */
export function keptTestForm({ typed: fresh }: Filled, typed: Typed): Filled {
  const permissions = typed['as']?.[0] === 'user' ? (typed['permissions'] ?? []) : (fresh['permissions'] ?? [])
  return { typed: { ...fresh, ...typed, permissions }, problems: {} }
}

export const testForm = v.object({
  as: field.oneOf(['client', 'user']),
  client: field.optionalText(),
  login: field.optionalText(),
  user: field.optionalText(),
  permissions: field.many(),
  mode: field.oneOf(['bearer', 'dpop']),
  url: v.pipe(
    field.text('Say where your API is, such as http://localhost:3000/messages.'),
    v.check(
      (text) => /^https?:\/\/\S+$/.test(text) && URL.canParse(text),
      'This is not a URL such as http://localhost:3000/messages.',
    ),
    v.transform((text) => new URL(text).href),
  ),
})

/** @throws {PageFailure} */
export function askedFor(given: v.InferOutput<typeof testForm>, api: ResourceServer, { state }: TenantContext) {
  const isProven = given.mode === 'dpop'
  if (given.as === 'client') return { client: found(state.clients.get(given.client), 'application'), api, isProven }
  const client = found(state.clients.get(given.login), 'application')
  const user = found(state.users.get(given.user), 'user')
  return { client, api, isProven, user: { user, scopes: given.permissions } }
}
