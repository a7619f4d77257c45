import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import * as v from 'valibot'
import { managementPermissions } from './seed-entities.js'
import { type ResolvedSeed, seedSchema } from './seed-schema.js'

/** A mistake in a seed: where it is, and what would be right. */
export class SeedMistake extends Error {
  override readonly name = 'SeedMistake'
}

type Path = readonly (string | number)[]

/**
 * Reads a seed file, with comments if it has some.
 *
 * @param file Its name, for the messages.
 * @throws {SeedMistake}
 */
export function readSeed(text: string, file: string): ResolvedSeed {
  const errors: ParseError[] = []
  const tree = parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true })
  const [broken] = errors
  if (broken !== undefined || tree === undefined) {
    const what = broken === undefined ? 'is empty' : `is not JSON: ${printParseErrorCode(broken.error)}`
    throw new SeedMistake(`${file}:${positionOf(text, broken?.offset ?? 0)} ${what}.`)
  }
  const mistake = (path: Path, message: string) => {
    const node = nearest(tree, path)
    return new SeedMistake(`${file}:${positionOf(text, node.offset)} ${pathText(path)} ${message}.`)
  }
  const repeated = repeatedPath(tree)
  if (repeated !== undefined) throw mistake(repeated, 'is there twice')
  return resolveSeed(JSON.parse(JSON.stringify(plainValue(tree))), mistake)
}

/** @throws {SeedMistake} */
export function checkSeed(seed: unknown): ResolvedSeed {
  return resolveSeed(seed, (path, message) => new SeedMistake(`The seed: ${pathText(path)} ${message}.`))
}

function resolveSeed(given: unknown, mistake: (path: Path, message: string) => SeedMistake): ResolvedSeed {
  if (Array.isArray(given)) throw mistake([], 'must be a JSON object')
  const { issues, output, success } = v.safeParse(seedSchema, given, { abortEarly: true })
  if (!success) {
    const [issue] = issues
    const path = (issue.path ?? []).map(({ key }) => key as string | number)
    throw mistake(path, messageOf(issue))
  }
  checkReferences(output, mistake)
  return output
}

function messageOf({ message, type, expected, path }: v.BaseIssue<unknown>): string {
  if (type !== 'strict_object' || expected === 'Object') return message
  if (expected === 'never') return 'is not known here'
  return path === undefined ? message : 'is missing'
}

/** What names something has to name something that is there. */
function checkReferences(seed: ResolvedSeed, mistake: (path: Path, message: string) => SeedMistake): void {
  const apis = new Map(seed.apis.map((api) => [api.identifier, api]))
  const roles = new Set(seed.roles.map(({ name }) => name))
  const users = new Set(seed.users.map(({ email }) => email.toLowerCase()))
  const connections = new Set(seed.connections.map(({ name }) => name))

  function checkApi(identifier: string, permissions: readonly string[], at: { api: Path; permissions: Path }): void {
    const api = apis.get(identifier)
    if (api === undefined) throw mistake(at.api, 'names an API that is not in "apis"')
    const index = permissions.findIndex((permission) => !Object.hasOwn(api.permissions, permission))
    if (index >= 0) throw mistake([...at.permissions, index], `names a permission that "${identifier}" does not have`)
  }
  function checkPermissions(byApi: Readonly<Record<string, readonly string[]>>, path: Path): void {
    for (const [identifier, permissions] of Object.entries(byApi))
      checkApi(identifier, permissions, { api: [...path, identifier], permissions: [...path, identifier] })
  }
  function checkRoles(names: readonly string[], path: Path): void {
    names.forEach((name, index) => {
      if (!roles.has(name)) throw mistake([...path, index], 'names a role that is not in "roles"')
    })
  }

  const names: readonly [list: string, member: string, values: readonly (string | undefined)[]][] = [
    ['apis', 'identifier', seed.apis.map(({ identifier }) => identifier)],
    ['applications', 'clientId', seed.applications.map(({ clientId }) => clientId)],
    ['roles', 'name', seed.roles.map(({ name }) => name)],
    ['users', 'email', seed.users.map(({ email }) => email.toLowerCase())],
    ['organizations', 'name', seed.organizations.map(({ name }) => name)],
    ['connections', 'name', seed.connections.map(({ name }) => name)],
  ]
  for (const [list, member, values] of names) {
    const index = values.findIndex((value, at) => value !== undefined && values.indexOf(value) < at)
    if (index >= 0) throw mistake([list, index, member], 'is there twice')
  }
  const { defaultAudience } = seed.settings
  if (defaultAudience !== '' && !apis.has(defaultAudience))
    throw mistake(['settings', 'defaultAudience'], 'names an API that is not in "apis"')
  seed.roles.forEach(({ permissions }, index) => {
    checkPermissions(permissions, ['roles', index, 'permissions'])
  })
  seed.users.forEach((user, index) => {
    checkPermissions(user.permissions, ['users', index, 'permissions'])
    checkRoles(user.roles, ['users', index, 'roles'])
    const unknown = Object.keys(user.identities).find((name) => !connections.has(name))
    if (unknown !== undefined)
      throw mistake(['users', index, 'identities', unknown], 'names a connection that is not in "connections"')
  })
  seed.organizations.forEach(({ members }, index) => {
    members.forEach((member, at) => {
      const path = ['organizations', index, 'members', at]
      if (!users.has(member.user.toLowerCase())) throw mistake([...path, 'user'], 'names a user that is not in "users"')
      checkRoles(member.roles, [...path, 'roles'])
    })
  })
  seed.applications.forEach((application, index) => {
    const path = ['applications', index]
    if (application.api !== undefined && !apis.has(application.api))
      throw mistake([...path, 'api'], 'names an API that is not in "apis"')
    if (application.type === 'api' && application.api === undefined) throw mistake([...path, 'api'], 'is missing')
    application.grants.forEach((grant, at) => {
      const inGrant = [...path, 'grants', at]
      const permissions = grant.permissions === 'all' ? [] : grant.permissions
      const unmanaged = permissions.findIndex((permission) => !managementPermissions.includes(permission))
      if (grant.api !== 'management')
        checkApi(grant.api, permissions, { api: [...inGrant, 'api'], permissions: [...inGrant, 'permissions'] })
      else if (unmanaged >= 0)
        throw mistake([...inGrant, 'permissions', unmanaged], 'names a permission that "management" does not have')
    })
  })
}

function nearest(tree: Node, path: Path): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(tree, [...path.slice(0, length)])
    if (node !== undefined) return node.parent?.type === 'property' ? node.parent : node
  }
  return tree
}

function positionOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}

function pathText(path: Path): string {
  return path.length === 0
    ? 'it'
    : path.map((key, index) => (isName(key) ? `${index > 0 ? '.' : ''}${key}` : `[${JSON.stringify(key)}]`)).join('')
}

function isName(key: string | number): boolean {
  return typeof key === 'string' && /^[\w$]+$/.test(key)
}

/** Where an object of a file has a member twice: all but one of them would have no effect. */
function repeatedPath({ type, children = [] }: Node): Path | undefined {
  const names = new Set<unknown>()
  for (const [index, child] of children.entries()) {
    const [name, value] = type === 'object' ? (child.children ?? []) : [undefined, child]
    const key = name === undefined ? index : String(name.value)
    if (names.has(key)) return [key]
    names.add(key)
    const below = value === undefined ? undefined : repeatedPath(value)
    if (below !== undefined) return [key, ...below]
  }
  return undefined
}

function plainValue(node: Node): unknown {
  if (node.type === 'object')
    return Object.fromEntries(
      (node.children ?? []).map(({ children = [] }) => [children[0]?.value, children[1] && plainValue(children[1])]),
    )
  if (node.type === 'array') return (node.children ?? []).map(plainValue)
  return node.value
}
