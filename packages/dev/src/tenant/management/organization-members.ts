import * as v from 'valibot'
import type { Organization, OrganizationMember, Role } from '../model.js'
import { endOfMembership } from '../references.js'
import { missing } from './management-failure.js'
import type { ManagementRequest, Operation } from './operation.js'
import { identifiers } from './payload-types.js'
import { relationOperations } from './relation-operations.js'
import { checkRoles, presentHolder, presentRole, rolesWith, usersWith } from './roles.js'

/** The members of an organization, and the roles that they have in it. */
export const organizationMembers: readonly Operation[] = [
  ...relationOperations({
    path: '/organizations/:id/members',
    list: { key: 'members', pagination: 'checkpoint' },
    scopes: {
      read: ['read:organization_members'],
      add: ['create:organization_members'],
      remove: ['delete:organization_members'],
    },
    all: (request): readonly OrganizationMember[] => organizationOf(request).members,
    present: presentMember,
    schema: v.strictObject({ members: identifiers }),
    addedStatus: 204,
    add: ({ members }, request) => {
      const organization = organizationOf(request)
      const isNew = (id: string) => !organization.members.some(({ user_id }) => user_id === id)
      const added = [...new Set(members)].filter(isNew)
      usersWith(added, request.context)
      replaceMembers(request, [...organization.members, ...added.map((user_id) => ({ user_id, roles: [] }))])
    },
    remove: ({ members }, request) => {
      const organization = organizationOf(request)
      const kept = organization.members.filter(({ user_id }) => !members.includes(user_id))
      replaceMembers(request, kept)
      endOfMembership(organization, members, request.context.state)
    },
  }),
  ...relationOperations({
    path: '/organizations/:id/members/:user_id/roles',
    list: { key: 'roles', pagination: 'offset' },
    scopes: {
      read: ['read:organization_member_roles'],
      add: ['create:organization_member_roles'],
      remove: ['delete:organization_member_roles'],
    },
    all: (request): readonly Role[] => rolesWith(memberOf(request).roles, request.context),
    present: presentRole,
    schema: v.strictObject({ roles: identifiers }),
    addedStatus: 204,
    add: ({ roles }, request) => {
      const member = memberOf(request)
      checkRoles(roles, request.context)
      replaceRoles(request, member, [...new Set([...member.roles, ...roles])])
    },
    remove: ({ roles }, request) => {
      const member = memberOf(request)
      replaceRoles(
        request,
        member,
        member.roles.filter((id) => !roles.includes(id)),
      )
    },
  }),
]

/** Roles are shown to those who ask for them by `fields`. */
function presentMember({ user_id, roles }: OrganizationMember, { context, query }: ManagementRequest): object {
  const user = context.state.users.get(user_id)
  const shown = user === undefined ? { user_id } : presentHolder(user)
  const isAskedFor = query.text('fields')?.split(',').includes('roles') === true
  if (!isAskedFor) return shown
  return { ...shown, roles: rolesWith(roles, context).map(({ id, name }) => ({ id, name })) }
}

function organizationOf({ context, param }: ManagementRequest): Organization {
  const organization = context.state.organizations.get(param('id'))
  if (organization === undefined) throw missing.organization()
  return organization
}

function memberOf(request: ManagementRequest): OrganizationMember {
  const member = organizationOf(request).members.find(({ user_id }) => user_id === request.param('user_id'))
  if (member === undefined) throw missing.member()
  return member
}

function replaceMembers(request: ManagementRequest, members: readonly OrganizationMember[]): void {
  request.context.state.organizations.put({ ...organizationOf(request), members })
}

function replaceRoles(request: ManagementRequest, member: OrganizationMember, roles: readonly string[]): void {
  const { members } = organizationOf(request)
  replaceMembers(
    request,
    members.map((one) => (one === member ? { ...one, roles } : one)),
  )
}
