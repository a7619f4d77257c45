import * as v from 'valibot'
import { newId } from '../identifiers.js'
import type { Organization } from '../model.js'
import { remove } from '../references.js'
import type { TenantContext } from '../tenant-context.js'
import { entityOperations } from './entity-operations.js'
import { selectFields } from './fields.js'
import { conflict, missing } from './management-failure.js'
import type { Operation } from './operation.js'
import { onlyInAuth0, plainObject, stringsByName, text } from './payload-types.js'

const name = v.pipe(
  v.string(),
  v.maxLength(50, 'String is too long'),
  v.regex(/^(?!org_)[a-z0-9][a-z0-9_-]*$/, 'String does not match pattern: lower-case letters, digits, - and _'),
)

const changeable = {
  display_name: v.exactOptional(text),
  metadata: v.exactOptional(stringsByName),
  branding: v.exactOptional(plainObject),
  ...onlyInAuth0('enabled_connections', 'token_quota'),
}

export const organizations: readonly Operation[] = [
  {
    method: 'GET',
    path: '/organizations/name/:name',
    scopes: ['read:organizations'],
    answer: ({ context, param, query }) => {
      const organization = organizationNamed(param('name'), context)
      if (organization === undefined) throw missing.organization()
      return selectFields(query)(presentOrganization(organization))
    },
  },
  ...entityOperations({
    path: '/organizations',
    scope: 'organizations',
    list: {
      key: 'organizations',
      pagination: 'checkpoint',
      isSortable: true,
      notHere: ['include_client_association_for'],
    },
    isGoneDeleted: false,
    all: ({ context }) => context.state.organizations.list(),
    find: (id, { state }) => state.organizations.get(id),
    missing: missing.organization,
    present: presentOrganization,
    create: {
      schema: v.strictObject({ ...changeable, name }),
      status: 201,
      make: (given, { context }) => {
        checkName(given.name, context)
        return context.state.organizations.put({
          id: newId.organization(),
          display_name: given.name,
          metadata: {},
          ...given,
          members: [],
        })
      },
    },
    update: {
      schema: () => v.strictObject({ ...changeable, name: v.exactOptional(name) }),
      change: (organization, given, { context }) => {
        if (given.name !== undefined && given.name !== organization.name) checkName(given.name, context)
        return context.state.organizations.put({ ...organization, ...given })
      },
    },
    remove: (organization, { state }) => remove.organization(organization, state),
  }),
]

/** Its members have an address of their own. */
export function presentOrganization({ members: _, ...organization }: Organization): object {
  return organization
}

function organizationNamed(wanted: string, { state }: TenantContext): Organization | undefined {
  return state.organizations.list().find((organization) => organization.name === wanted)
}

function checkName(wanted: string, context: TenantContext): void {
  if (organizationNamed(wanted, context) !== undefined) throw conflict('An organization with this name already exists.')
}
