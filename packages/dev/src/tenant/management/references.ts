import type { Client, Organization, ResourceServer, Role, User, UserPermission } from '../model.js'
import type { Collection, RefreshToken, TenantState } from '../state.js'

/** Removes an entity and all that refers to it. */
export const remove = {
  resourceServer: ({ id, identifier }: ResourceServer, state: TenantState): void => {
    state.resourceServers.delete(id)
    deleteWhere(
      state.clientGrants,
      ({ audience }) => audience === identifier,
      (grant) => grant.id,
    )
    deleteWhere(
      state.refreshTokens,
      ({ audience }) => audience === identifier,
      (token) => token.id,
    )
    keepPermissions(state, (permission) => permission.resource_server_identifier !== identifier)
    changeWhere(
      state.clients,
      (client) => client.resource_server_identifier === identifier,
      ({ resource_server_identifier: _, ...client }) => client,
    )
    const settings = state.settings.get()
    if (settings.default_audience === identifier) state.settings.set({ ...settings, default_audience: '' })
  },
  client: ({ client_id }: Client, state: TenantState): void => {
    state.clients.delete(client_id)
    deleteWhere(
      state.clientGrants,
      (grant) => grant.client_id === client_id,
      ({ id }) => id,
    )
    deleteWhere(
      state.refreshTokens,
      (token) => token.client_id === client_id,
      ({ id }) => id,
    )
    changeWhere(
      state.connections,
      ({ enabled_clients }) => enabled_clients.includes(client_id),
      (connection) => ({
        ...connection,
        enabled_clients: connection.enabled_clients.filter((id) => id !== client_id),
      }),
    )
  },
  user: ({ user_id }: User, state: TenantState): void => {
    state.users.delete(user_id)
    deleteWhere(
      state.refreshTokens,
      (token) => token.user_id === user_id,
      ({ id }) => id,
    )
    changeWhere(
      state.organizations,
      ({ members }) => members.some((member) => member.user_id === user_id),
      (organization) => ({
        ...organization,
        members: organization.members.filter((member) => member.user_id !== user_id),
      }),
    )
  },
  role: ({ id }: Role, state: TenantState): void => {
    state.roles.delete(id)
    changeWhere(
      state.users,
      ({ roles }) => roles.includes(id),
      (user) => ({ ...user, roles: user.roles.filter((role) => role !== id) }),
    )
    changeWhere(
      state.organizations,
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
    deleteWhere(
      state.refreshTokens,
      ({ organization_id }) => organization_id === id,
      (token) => token.id,
    )
  },
} as const

/** Takes away what an API has no longer, from grants, roles and users. */
export function forgetScopes({ identifier, scopes }: ResourceServer, state: TenantState): void {
  const known = scopes.map(({ value }) => value)
  changeWhere(
    state.clientGrants,
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
  const isOfMember = ({ organization_id, user_id }: RefreshToken) => organization_id === id && users.includes(user_id)
  deleteWhere(state.refreshTokens, isOfMember, (token) => token.id)
}

function keepPermissions(state: TenantState, isKept: (permission: UserPermission) => boolean): void {
  const isChanged = ({ permissions }: User | Role) => !permissions.every(isKept)
  changeWhere(state.roles, isChanged, (role) => ({ ...role, permissions: role.permissions.filter(isKept) }))
  changeWhere(state.users, isChanged, (user) => ({ ...user, permissions: user.permissions.filter(isKept) }))
}

function changeWhere<Entity>(
  collection: Collection<Entity>,
  isChanged: (entity: Entity) => boolean,
  change: (entity: Entity) => Entity,
): void {
  for (const entity of collection.list().filter(isChanged)) collection.put(change(entity))
}

function deleteWhere<Entity>(
  collection: Collection<Entity>,
  isDeleted: (entity: Entity) => boolean,
  idOf: (entity: Entity) => string,
): void {
  for (const entity of collection.list().filter(isDeleted)) collection.delete(idOf(entity))
}
