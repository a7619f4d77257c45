import { managementPermissions } from './seed-entities.js'
import type { ResolvedSeed } from './seed-schema.js'

export type SeedPath = readonly (string | number)[]

/** A name that names nothing, or two things. */
export interface BrokenReference {
  readonly path: SeedPath
  readonly message: string
}

interface Known {
  readonly apis: ReadonlyMap<string, Names>
  readonly roles: Names
  readonly users: Names
  readonly connections: Names
}

type Names = ReadonlySet<string>
type User = ResolvedSeed['users'][number]
type Member = ResolvedSeed['organizations'][number]['members'][number]
type Application = ResolvedSeed['applications'][number]
type Grant = Application['grants'][number]

/** @returns First the names that are there twice: what refers to one of them may mean the other. */
export function brokenReferences(seed: ResolvedSeed): readonly BrokenReference[] {
  const known: Known = {
    apis: new Map(seed.apis.map(({ identifier, permissions }) => [identifier, new Set(Object.keys(permissions))])),
    roles: new Set(seed.roles.map(({ name }) => name)),
    users: new Set(seed.users.map(({ email }) => email.toLowerCase())),
    connections: new Set(seed.connections.map(({ name }) => name)),
  }
  const { defaultAudience } = seed.settings
  return [
    ...repeatedNames(seed),
    ...(defaultAudience === '' ? [] : inApi(defaultAudience, ['settings', 'defaultAudience'], known)),
    ...seed.roles.flatMap(({ permissions }, index) =>
      inPermissions(permissions, ['roles', index, 'permissions'], known),
    ),
    ...seed.users.flatMap((user, index) => inUser(user, ['users', index], known)),
    ...seed.organizations.flatMap(({ members }, index) =>
      members.flatMap((member, at) => inMember(member, ['organizations', index, 'members', at], known)),
    ),
    ...seed.applications.flatMap((application, index) => inApplication(application, ['applications', index], known)),
  ]
}

function repeatedNames(seed: ResolvedSeed): readonly BrokenReference[] {
  const names: readonly (readonly [list: string, member: string, values: readonly (string | undefined)[]])[] = [
    ['apis', 'identifier', seed.apis.map(({ identifier }) => identifier)],
    ['applications', 'clientId', seed.applications.map(({ clientId }) => clientId)],
    ['roles', 'name', seed.roles.map(({ name }) => name)],
    ['users', 'email', seed.users.map(({ email }) => email.toLowerCase())],
    ['organizations', 'name', seed.organizations.map(({ name }) => name)],
    ['connections', 'name', seed.connections.map(({ name }) => name)],
  ]
  return names.flatMap(([list, member, values]) =>
    values.flatMap((value, index) =>
      value !== undefined && values.indexOf(value) < index
        ? [{ path: [list, index, member], message: 'is there twice' }]
        : [],
    ),
  )
}

function inUser({ permissions, roles, identities }: User, path: SeedPath, known: Known): readonly BrokenReference[] {
  const message = 'names a connection that is not in "connections"'
  return [
    ...inPermissions(permissions, [...path, 'permissions'], known),
    ...inRoleNames(roles, [...path, 'roles'], known),
    ...Object.keys(identities).flatMap((name) =>
      known.connections.has(name) ? [] : [{ path: [...path, 'identities', name], message }],
    ),
  ]
}

function inMember({ user, roles }: Member, path: SeedPath, known: Known): readonly BrokenReference[] {
  const message = 'names a user that is not in "users"'
  return [
    ...(known.users.has(user.toLowerCase()) ? [] : [{ path: [...path, 'user'], message }]),
    ...inRoleNames(roles, [...path, 'roles'], known),
  ]
}

function inApplication({ type, api, grants }: Application, path: SeedPath, known: Known): readonly BrokenReference[] {
  const isMissing = type === 'api' && api === undefined
  return [
    ...(api === undefined ? [] : inApi(api, [...path, 'api'], known)),
    ...(isMissing ? [{ path: [...path, 'api'], message: 'is missing' }] : []),
    ...grants.flatMap((grant, index) => inGrant(grant, [...path, 'grants', index], known)),
  ]
}

const ofManagement: Names = new Set(managementPermissions)

function inGrant({ api, permissions }: Grant, path: SeedPath, known: Known): readonly BrokenReference[] {
  const own = api === 'management' ? ofManagement : known.apis.get(api)
  if (own === undefined) return inApi(api, [...path, 'api'], known)
  return permissions === 'all' ? [] : inPermissionNames(permissions, [...path, 'permissions'], { api, own })
}

function inPermissions(
  byApi: Readonly<Record<string, readonly string[]>>,
  path: SeedPath,
  known: Known,
): readonly BrokenReference[] {
  return Object.entries(byApi).flatMap(([api, names]) => {
    const own = known.apis.get(api)
    if (own === undefined) return inApi(api, [...path, api], known)
    return inPermissionNames(names, [...path, api], { api, own })
  })
}

function inPermissionNames(
  names: readonly string[],
  path: SeedPath,
  { api, own }: { readonly api: string; readonly own: Names },
): readonly BrokenReference[] {
  const message = `names a permission that "${api}" does not have`
  return names.flatMap((name, index) => (own.has(name) ? [] : [{ path: [...path, index], message }]))
}

function inRoleNames(names: readonly string[], path: SeedPath, { roles }: Known): readonly BrokenReference[] {
  const message = 'names a role that is not in "roles"'
  return names.flatMap((name, index) => (roles.has(name) ? [] : [{ path: [...path, index], message }]))
}

function inApi(identifier: string, path: SeedPath, { apis }: Known): readonly BrokenReference[] {
  return apis.has(identifier) ? [] : [{ path, message: 'names an API that is not in "apis"' }]
}
