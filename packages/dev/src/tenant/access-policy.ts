import { type Parameters, wordsOf } from './form.js'
import type { Client, ClientGrant, Organization, ResourceServer, User, UserPermission } from './model.js'
import { failure } from './oauth-error.js'
import { managementAudience, type TenantContext } from './tenant-context.js'

/** Scopes that belong to OpenID Connect and not to an API. */
const openIdScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']

/** What a request is for: the tenant's default API where it does not say. */
export function audienceOf(parameters: Parameters, { state }: TenantContext): string | undefined {
  return parameters['audience'] ?? parameters['resource'] ?? (state.settings.get().default_audience || undefined)
}

/** @throws {OAuthFailure} when there is no such API. */
export function apiOf(audience: string, context: TenantContext): ResourceServer {
  const management = managementAudience(context)
  // Auth0's clients know no tenant that is spoken to over http.
  const wanted = audience === management.replace(/^http:/, 'https:') ? management : audience
  const api = context.state.resourceServers.list().find(({ identifier }) => identifier === wanted)
  if (api === undefined) throw failure.unknownApi(audience)
  return api
}

/** @param wanted Its name or its id: a request may have either. */
export function organizationNamed(wanted: string | undefined, { state }: TenantContext): Organization | undefined {
  return state.organizations.list().find(({ id, name }) => id === wanted || name === wanted)
}

/** How tokens name the organization that they are for. */
export function organizationClaims(organization: Organization | undefined, { state }: TenantContext): object {
  if (organization === undefined) return {}
  const { id, name } = organization
  const isNamed = state.settings.get().allow_organization_name_in_authentication_api === true
  return { org_id: id, ...(isNamed ? { org_name: name } : {}) }
}

export function isMemberOf({ members }: Organization, { user_id }: User): boolean {
  return members.some((member) => member.user_id === user_id)
}

/**
 * What a client may do by itself: all that its grant says, whatever it asks for.
 *
 * @throws {OAuthFailure} without a client grant.
 */
export function scopesOfClient(
  client: Client,
  api: ResourceServer,
  scope: string | undefined,
  context: TenantContext,
): readonly string[] {
  const grant = grantOf(client, api, 'client', context)
  if (grant === undefined || api.subject_type_authorization.client.policy === 'deny_all')
    throw failure.noClientGrant(api.identifier)
  const granted = grantedScopes(grant, api)
  const asked = wordsOf(scope)
  return context.strictClientScope && asked.length > 0 ? granted.filter((one) => asked.includes(one)) : granted
}

export interface UserRequest {
  readonly client: Client
  readonly user: User
  readonly api: ResourceServer | undefined
  readonly scopes: readonly string[]
  readonly organization?: Organization | undefined
}

/**
 * What a client may do for a user: what it asks for, as far as the API knows it, the user may, and a client grant says.
 *
 * @throws {OAuthFailure} when the API is closed to this client's users.
 */
export function scopesOfUser(request: UserRequest, context: TenantContext): readonly string[] {
  const { client, api, scopes } = request
  const openId = scopes.filter(
    (scope) => openIdScopes.includes(scope) && (scope !== 'offline_access' || mayRefresh(request)),
  )
  if (api === undefined) return openId
  const known = scopes.filter((scope) => api.scopes.some(({ value }) => value === scope))
  const grant = grantOf(client, api, 'user', context)
  const { policy } = api.subject_type_authorization.user
  const needsGrant = policy === 'require_client_grant' || !client.is_first_party
  if (policy === 'deny_all' || (needsGrant && grant === undefined)) throw failure.noClientGrant(api.identifier)
  const granted = grant === undefined ? known : known.filter((scope) => grantedScopes(grant, api).includes(scope))
  if (!api.enforce_policies) return [...openId, ...granted]
  const own = permissionsOfUser(request, context)
  return [...openId, ...granted.filter((scope) => own.includes(scope))]
}

function mayRefresh({ client, api }: UserRequest): boolean {
  return client.grant_types.includes('refresh_token') && (api === undefined || api.allow_offline_access)
}

/** By the user's own permissions, roles, and the roles as a member of the organization that the token is for. */
export function permissionsOfUser(
  { user, api, organization }: Omit<UserRequest, 'client' | 'scopes'>,
  { state }: TenantContext,
): readonly string[] {
  const member = organization?.members.find(({ user_id }) => user_id === user.user_id)
  const roles = [...user.roles, ...(member?.roles ?? [])].flatMap((id) => state.roles.get(id) ?? [])
  const all: readonly UserPermission[] = [...user.permissions, ...roles.flatMap(({ permissions }) => permissions)]
  const ofApi = all.filter(({ resource_server_identifier }) => resource_server_identifier === api?.identifier)
  return [...new Set(ofApi.map(({ permission_name }) => permission_name))]
}

export function grantOf(
  { client_id }: Client,
  { identifier }: ResourceServer,
  subject: ClientGrant['subject_type'],
  { state }: TenantContext,
): ClientGrant | undefined {
  return state.clientGrants
    .list()
    .find((grant) => grant.client_id === client_id && grant.audience === identifier && grant.subject_type === subject)
}

function grantedScopes(grant: ClientGrant, api: ResourceServer): readonly string[] {
  const known = api.scopes.map(({ value }) => value)
  return grant.allow_all_scopes === true ? known : grant.scope.filter((scope) => known.includes(scope))
}
