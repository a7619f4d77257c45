import * as v from 'valibot'
import { newId } from '../identifiers.js'
import type { Role, User, UserPermission } from '../model.js'
import { remove } from '../references.js'
import type { TenantContext } from '../tenant-context.js'
import { entityOperations } from './entity-operations.js'
import { answerList, type ListRules, listQueryRules } from './listing.js'
import { conflict, missing } from './management-failure.js'
import type { ManagementRequest, Operation } from './operation.js'
import { identifiers, looseText, text } from './payload-types.js'
import { permissionsSchema, presentPermission, withoutPermissions, withPermissions } from './permissions.js'
import { relationOperations } from './relation-operations.js'

const holderList: ListRules<User> = { key: 'users', pagination: 'checkpoint' }
const usersSchema = v.strictObject({ users: identifiers })

export const roles: readonly Operation[] = [
  ...entityOperations({
    path: '/roles',
    scope: 'roles',
    list: {
      key: 'roles',
      pagination: 'offset',
      filters: { name_filter: ({ name }: Role, wanted) => name.toLowerCase().includes(wanted.toLowerCase()) },
      notHere: ['type', 'owner_id'],
    },
    isGoneDeleted: false,
    all: ({ context }) => context.state.roles.list(),
    find: (id, { state }) => state.roles.get(id),
    missing: missing.role,
    present: presentRole,
    create: {
      schema: v.strictObject({ name: text, description: v.exactOptional(looseText) }),
      status: 200,
      make: ({ name, description = '' }, { context }) => {
        checkName(name, context)
        return context.state.roles.put({ id: newId.role(), name, description, permissions: [] })
      },
    },
    update: {
      schema: () => v.strictObject({ name: v.exactOptional(text), description: v.exactOptional(looseText) }),
      change: (role, given, { context }) => {
        if (given.name !== undefined && given.name !== role.name) checkName(given.name, context)
        return context.state.roles.put({ ...role, ...given })
      },
    },
    remove: (role, { state }) => remove.role(role, state),
  }),
  ...relationOperations({
    path: '/roles/:id/permissions',
    list: { key: 'permissions', pagination: 'offset' },
    scopes: { read: ['read:roles'], add: ['update:roles'], remove: ['update:roles'] },
    all: (request): readonly UserPermission[] => roleOf(request).permissions,
    present: (permission, { context }) => presentPermission(permission, context),
    schema: permissionsSchema,
    addedStatus: 201,
    add: (given, request) => {
      const role = roleOf(request)
      const permissions = withPermissions(role.permissions, given.permissions, request.context)
      request.context.state.roles.put({ ...role, permissions })
    },
    remove: (given, request) => {
      const role = roleOf(request)
      const permissions = withoutPermissions(role.permissions, given.permissions)
      request.context.state.roles.put({ ...role, permissions })
    },
  }),
  {
    method: 'GET',
    path: '/roles/:id/users',
    scopes: ['read:roles', 'read:role_members'],
    query: listQueryRules(holderList),
    answer: (request) => {
      const { id } = roleOf(request)
      const holders = request.context.state.users.list().filter((user) => user.roles.includes(id))
      return answerList(holders, request.query, holderList, presentHolder)
    },
  },
  {
    method: 'POST',
    path: '/roles/:id/users',
    scopes: ['update:roles', 'create:role_members'],
    answer: (request) => {
      const { state } = request.context
      const { users } = request.body(usersSchema)
      const { id } = roleOf(request)
      for (const user of usersWith(users, request.context))
        state.users.put({ ...user, roles: [...new Set([...user.roles, id])] })
      return {}
    },
  },
]

export function presentRole({ id, name, description }: Role): object {
  return { id, name, description }
}

/** Roles by their ids; those that are gone are left out. */
export function rolesWith(ids: readonly string[], { state }: TenantContext): readonly Role[] {
  return ids.flatMap((id) => state.roles.get(id) ?? [])
}

/** @throws {ManagementFailure} 404 */
export function checkRoles(ids: readonly string[], { state }: TenantContext): void {
  if (!ids.every((id) => state.roles.get(id) !== undefined)) throw missing.role()
}

/** What others see of a user who has a role, or is a member. */
export function presentHolder({ user_id, email, name, picture }: User): object {
  return { user_id, email, name, picture }
}

/** @throws {ManagementFailure} 404 */
export function usersWith(ids: readonly string[], { state }: TenantContext): readonly User[] {
  return ids.map((id) => {
    const user = state.users.get(id)
    if (user === undefined) throw missing.user()
    return user
  })
}

function roleOf({ context, param }: ManagementRequest): Role {
  const role = context.state.roles.get(param('id'))
  if (role === undefined) throw missing.role()
  return role
}

function checkName(name: string, { state }: TenantContext): void {
  if (state.roles.list().some((role) => role.name === name)) throw conflict('A role with this name already exists.')
}
