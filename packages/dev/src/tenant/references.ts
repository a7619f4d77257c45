import type { Client, Organization, ResourceServer, Role, User, UserPermission } from './model.js'
import type { TenantState } from './state.js'

/** Removes an entity and all that refers to it. */
export const remove = {
  resourceServer: ({ id, identifier }: ResourceServer, state: TenantState): void => {
    state.resourceServers.delete(id)
    state.clientGrants.deleteWhere(({ audience }) => audience === identifier)
    state.refreshTokens.deleteWhere(({ audience }) => audience === identifier)
    keepPermissions(state, (permission) => permission.resource_server_identifier !== identifier)
    state.clients.changeWhere(
      (client) => client.resource_server_identifier === identifier,
      ({ resource_server_identifier: _, ...client }) => client,
    )
    const settings = state.settings.get()
    if (settings.default_audience === identifier) state.settings.set({ ...settings, default_audience: '' })
  },
  client: ({ client_id }: Client, state: TenantState): void => {
    state.clients.delete(client_id)
    state.clientGrants.deleteWhere((grant) => grant.client_id === client_id)
    state.refreshTokens.deleteWhere((token) => token.client_id === client_id)
    state.connections.changeWhere(
      ({ enabled_clients }) => enabled_clients.includes(client_id),
      (connection) => ({
        ...connection,
        enabled_clients: connection.enabled_clients.filter((id) => id !== client_id),
      }),
    )
  },
  user: ({ user_id }: User, state: TenantState): void => {
    state.users.delete(user_id)
    state.refreshTokens.deleteWhere((token) => token.user_id === user_id)
    state.organizations.changeWhere(
      ({ members }) => members.some((member) => member.user_id === user_id),
      (organization) => ({
        ...organization,
        members: organization.members.filter((member) => member.user_id !== user_id),
      }),
    )
  },
  role: ({ id }: Role, state: TenantState): void => {
    state.roles.delete(id)
    state.users.changeWhere(
      ({ roles }) => roles.includes(id),
      (user) => ({ ...user, roles: user.roles.filter((role) => role !== id) }),
    )
    state.organizations.changeWhere(
      ({ members }) => members.some(({ roles }) => roles.includes(id)),
      (organization) => ({
        ...organization,
        members: organization.members.map((member) => ({
          ...member,
          roles: member.roles.filter((role) => role !== id),
        })),
      }),
    )
  },
  organization: ({ id }: Organization, state: TenantState): void => {
    state.organizations.delete(id)
    state.refreshTokens.deleteWhere(({ organization_id }) => organization_id === id)
  },
} as const

/** Takes away what an API has no longer, from grants, roles and users. */
export function forgetScopes({ identifier, scopes }: ResourceServer, state: TenantState): void {
  const known = scopes.map(({ value }) => value)
  state.clientGrants.changeWhere(
    ({ audience, scope }) => audience === identifier && !scope.every((one) => known.includes(one)),
    (grant) => ({ ...grant, scope: grant.scope.filter((one) => known.includes(one)) }),
  )
  keepPermissions(
    state,
    (permission) => permission.resource_server_identifier !== identifier || known.includes(permission.permission_name),
  )
}

/** The tokens that a member has for an organization go with the membership. */
export function endOfMembership({ id }: Organization, users: readonly string[], state: TenantState): void {
  state.refreshTokens.deleteWhere(({ organization_id, user_id }) => organization_id === id && users.includes(user_id))
}

function keepPermissions(state: TenantState, isKept: (permission: UserPermission) => boolean): void {
  const isChanged = ({ permissions }: User | Role) => !permissions.every(isKept)
  state.roles.changeWhere(isChanged, (role) => ({ ...role, permissions: role.permissions.filter(isKept) }))
  state.users.changeWhere(isChanged, (user) => ({ ...user, permissions: user.permissions.filter(isKept) }))
}
