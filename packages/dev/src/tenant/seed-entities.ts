import { newId, randomText } from './identifiers.js'
import type { Client, ClientGrant, ResourceServer, Role, User, UserPermission } from './model.js'
import { newClient, newResourceServer, newUser } from './new-entities.js'
import { hashPassword } from './passwords.js'
import type { ResolvedSeed } from './seed-schema.js'
import type { TenantEntities } from './state.js'
import { managementAudience } from './tenant-context.js'

/** Makes the entities that a checked seed describes, and the API that every tenant has. */
export function entitiesOfSeed(seed: ResolvedSeed, issuer: string): TenantEntities {
  const roles = seed.roles.map(
    ({ name, description, permissions }): Role => ({
      id: newId.role(),
      name,
      description,
      permissions: userPermissions(permissions),
    }),
  )
  const roleIds = (names: readonly string[]) =>
    names.flatMap((name) => roles.filter((role) => role.name === name).map(({ id }) => id))
  const users = seed.users.map(
    ({ email, password, name, roles: names, permissions, identities }): User => ({
      ...newUser({ email: email.toLowerCase(), ...(name === undefined ? {} : { name }) }, hashPassword(password)),
      roles: roleIds(names),
      permissions: userPermissions(permissions),
      ...(Object.keys(identities).length === 0 ? {} : { identities: identitiesOf(identities) }),
    }),
  )
  const clients = seed.applications.map(clientOf)
  return {
    resource_servers: [managementApi(issuer), ...seed.apis.map(resourceServerOf)],
    clients,
    client_grants: seed.applications.flatMap((application, index) => grantsOf(application, clients[index], issuer)),
    users,
    roles,
    organizations: seed.organizations.map(({ name, displayName, members }) => ({
      id: newId.organization(),
      name,
      display_name: displayName ?? name,
      metadata: {},
      members: members.map(({ user, roles: names }) => ({
        user_id: users.find(({ email }) => email === user.toLowerCase())?.user_id ?? '',
        roles: roleIds(names),
      })),
    })),
    connections: [
      { id: newId.connection(), name: 'Username-Password-Authentication', strategy: 'auth0', enabled_clients: [] },
      ...seed.connections.map(({ name, strategy, accessToken }) => ({
        id: newId.connection(),
        name,
        strategy,
        enabled_clients: [],
        ...(accessToken === undefined ? {} : { access_token: accessToken }),
      })),
    ],
    refresh_tokens: [],
    settings: {
      friendly_name: seed.settings.name,
      default_audience: seed.settings.defaultAudience,
      support_email: '',
      session_lifetime: 168,
      show_consent: seed.settings.showConsent,
      ...(seed.settings.organizationNames ? { allow_organization_name_in_authentication_api: true } : {}),
    },
  }
}

function userPermissions(byApi: Readonly<Record<string, readonly string[]>>): readonly UserPermission[] {
  return Object.entries(byApi).flatMap(([resource_server_identifier, names]) =>
    names.map((permission_name) => ({ resource_server_identifier, permission_name })),
  )
}

function identitiesOf(byConnection: Readonly<Record<string, string>>): User['identities'] {
  return Object.entries(byConnection).map(([connection, user_id]) => ({
    connection,
    provider: connection,
    user_id,
    isSocial: true,
  }))
}

function resourceServerOf(api: ResolvedSeed['apis'][number]): ResourceServer {
  return {
    ...newResourceServer({ name: api.name, identifier: api.identifier }),
    scopes: Object.entries(api.permissions).map(([value, description]) => ({ value, description })),
    token_dialect: api.tokenDialect,
    enforce_policies: api.rbac,
    token_lifetime: api.tokenLifetimeSeconds,
    token_lifetime_for_web: Math.min(api.tokenLifetimeSeconds, 7200),
    allow_offline_access: api.offlineAccess,
    signing_alg: api.signingAlg,
    ...(api.signingAlg === 'HS256' ? { signing_secret: randomText(32) } : {}),
    subject_type_authorization: { user: { policy: api.users }, client: { policy: 'require_client_grant' } },
    ...(api.dpop === undefined
      ? {}
      : { proof_of_possession: { mechanism: 'dpop', required: api.dpop === 'required', required_for: 'all_clients' } }),
  }
}

const appTypes = {
  m2m: 'non_interactive',
  spa: 'spa',
  web: 'regular_web',
  native: 'native',
  api: 'resource_server',
} as const

function clientOf(application: ResolvedSeed['applications'][number]): Client {
  const { name, type, clientId, clientSecret, callbacks, logoutUrls, webOrigins, dpopRequired, api } = application
  const { publicKeys, tokenExchange } = application
  const exchanges = [...(api === undefined ? [] : ['on_behalf_of_token_exchange']), ...tokenExchange]
  return {
    ...newClient({ name, app_type: appTypes[type] }),
    client_id: clientId ?? newId.client(),
    client_secret: clientSecret ?? randomText(64),
    callbacks,
    allowed_logout_urls: logoutUrls,
    web_origins: webOrigins,
    require_proof_of_possession: dpopRequired,
    ...(api === undefined ? {} : { resource_server_identifier: api }),
    ...(exchanges.length === 0 ? {} : { token_exchange: { allow_any_profile_of_type: [...new Set(exchanges)] } }),
    ...(publicKeys === undefined ? {} : { jwks: { keys: publicKeys } }),
  }
}

function grantsOf(
  application: ResolvedSeed['applications'][number],
  client: Client | undefined,
  issuer: string,
): readonly ClientGrant[] {
  return application.grants.map((grant) => ({
    id: newId.clientGrant(),
    client_id: client?.client_id ?? '',
    audience: grant.api === 'management' ? managementAudience({ issuer }) : grant.api,
    scope: grant.permissions === 'all' ? [] : grant.permissions,
    subject_type: grant.for,
    ...(grant.permissions === 'all' ? { allow_all_scopes: true } : {}),
  }))
}

const managed = [
  'resource_servers',
  'clients',
  'client_keys',
  'client_grants',
  'users',
  'roles',
  'role_members',
  'organizations',
  'organization_members',
  'organization_member_roles',
  'connections',
  'tenant_settings',
  'signing_keys',
  'logs',
]

export const managementPermissions: readonly string[] = managed.flatMap((collection) =>
  ['read', 'create', 'update', 'delete'].map((verb) => `${verb}:${collection}`),
)

/** The Management API, as an API of the tenant. */
function managementApi(issuer: string): ResourceServer {
  return {
    ...newResourceServer({ name: 'Auth0 Management API', identifier: managementAudience({ issuer }) }),
    is_system: true,
    subject_type_authorization: {
      user: { policy: 'require_client_grant' },
      client: { policy: 'require_client_grant' },
    },
    scopes: managementPermissions.map((value) => ({ value })),
  }
}
