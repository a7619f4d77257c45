import * as v from 'valibot'
import type { Organization, Role, User, UserPermission } from '../model.js'
import { answerList, type ListRules, listQueryRules } from './listing.js'
import { entriesOf, logList, presentLog } from './logs.js'
import { missing } from './management-failure.js'
import type { ManagementRequest, Operation } from './operation.js'
import { presentOrganization } from './organizations.js'
import { identifiers } from './payload-types.js'
import { permissionsSchema, presentPermission, withoutPermissions, withPermissions } from './permissions.js'
import { relationOperations } from './relation-operations.js'
import { checkRoles, presentRole, rolesWith } from './roles.js'

const organizationList: ListRules<Organization> = {
  key: 'organizations',
  pagination: 'offset',
}

/** What belongs to a user. */
export const userRelations: readonly Operation[] = [
  ...relationOperations({
    path: '/users/:id/roles',
    list: { key: 'roles', pagination: 'offset' },
    scopes: {
      read: ['read:users', 'read:role_members'],
      add: ['update:users', 'create:role_members'],
      remove: ['update:users', 'delete:role_members'],
    },
    all: (request): readonly Role[] => rolesWith(userOf(request).roles, request.context),
    present: presentRole,
    schema: v.strictObject({ roles: identifiers }),
    addedStatus: 204,
    add: ({ roles }, request) => {
      const user = userOf(request)
      checkRoles(roles, request.context)
      request.context.state.users.put({ ...user, roles: [...new Set([...user.roles, ...roles])] })
    },
    remove: ({ roles }, request) => {
      const user = userOf(request)
      request.context.state.users.put({ ...user, roles: user.roles.filter((id) => !roles.includes(id)) })
    },
  }),
  ...relationOperations({
    path: '/users/:id/permissions',
    list: { key: 'permissions', pagination: 'offset' },
    scopes: { read: ['read:users'], add: ['update:users'], remove: ['update:users'] },
    all: (request): readonly UserPermission[] => userOf(request).permissions,
    present: (permission, { context }) => presentPermission(permission, context),
    schema: permissionsSchema,
    addedStatus: 201,
    add: (given, request) => {
      const user = userOf(request)
      const permissions = withPermissions(user.permissions, given.permissions, request.context)
      request.context.state.users.put({ ...user, permissions })
    },
    remove: (given, request) => {
      const user = userOf(request)
      const permissions = withoutPermissions(user.permissions, given.permissions)
      request.context.state.users.put({ ...user, permissions })
    },
  }),
  {
    method: 'GET',
    path: '/users/:id/organizations',
    scopes: ['read:users', 'read:organizations'],
    query: listQueryRules(organizationList),
    answer: (request) => {
      const { user_id } = userOf(request)
      const all = request.context.state.organizations.list()
      const own = all.filter(({ members }) => members.some((member) => member.user_id === user_id))
      return answerList(own, request.query, organizationList, presentOrganization)
    },
  },
  {
    method: 'GET',
    path: '/users/:id/logs',
    scopes: ['read:logs'],
    query: listQueryRules(logList),
    answer: (request) => {
      const { user_id } = userOf(request)
      const own = entriesOf(request.context).filter((entry) => entry.user_id === user_id)
      return answerList(own, request.query, logList, presentLog)
    },
  },
]

function userOf({ context, param }: ManagementRequest): User {
  const user = context.state.users.get(param('id'))
  if (user === undefined) throw missing.user()
  return user
}
