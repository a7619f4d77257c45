import * as v from 'valibot'
import type { ResourceServer } from '../model.js'
import { type Filled, field, filledWith } from './form.js'

const dialects = ['access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz'] as const
const month = 2_592_000

export const apiSettings = v.object({
  name: field.text('Give it a name, such as Messages API.'),
  dialect: field.oneOf(dialects),
  rbac: field.flag(),
  users: field.oneOf(['allow_all', 'require_client_grant', 'deny_all']),
  clients: field.oneOf(['require_client_grant', 'deny_all']),
  offline: field.flag(),
  dpop: field.oneOf(['none', 'allowed', 'required']),
  lifetime: field.seconds(month),
  lifetimeForWeb: field.seconds(month),
})

export function settingsOf(api: ResourceServer): Filled {
  return filledWith({
    name: api.name,
    dialect: api.token_dialect,
    rbac: api.enforce_policies,
    users: api.subject_type_authorization.user.policy,
    clients: api.subject_type_authorization.client.policy,
    offline: api.allow_offline_access,
    dpop: dpopModeOf(api),
    lifetime: api.token_lifetime,
    lifetimeForWeb: api.token_lifetime_for_web,
  })
}

export function dpopModeOf({ proof_of_possession: wanted }: ResourceServer): 'none' | 'allowed' | 'required' {
  if (wanted?.mechanism !== 'dpop') return 'none'
  return wanted.required ? 'required' : 'allowed'
}

export function withSettings(api: ResourceServer, given: v.InferOutput<typeof apiSettings>): ResourceServer {
  const { proof_of_possession: before, ...rest } = api
  return {
    ...rest,
    name: given.name,
    token_dialect: given.dialect,
    enforce_policies: given.rbac,
    subject_type_authorization: { user: { policy: given.users }, client: { policy: given.clients } },
    allow_offline_access: given.offline,
    token_lifetime: given.lifetime,
    token_lifetime_for_web: given.lifetimeForWeb,
    ...possession(before, given.dpop),
  }
}

/** What the form does not know stays: binding to certificates, and for whom a proof is required. */
function possession(
  before: ResourceServer['proof_of_possession'],
  mode: 'none' | 'allowed' | 'required',
): Pick<ResourceServer, 'proof_of_possession'> {
  if (mode === 'none') return before?.mechanism === 'mtls' ? { proof_of_possession: before } : {}
  const { required_for = 'all_clients' } = before ?? {}
  return { proof_of_possession: { mechanism: 'dpop', required: mode === 'required', required_for } }
}
