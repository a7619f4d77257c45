import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createManagedTenant, type ManagedTenant, textOf, userWith } from './support/managed-tenant.js'

const audience = 'https://api.example.com'
const reading = { resource_server_identifier: audience, permission_name: 'read:messages' }
const writing = { resource_server_identifier: audience, permission_name: 'write:messages' }
const shownReading = { ...reading, resource_server_name: 'Messages API', description: 'Read messages' }

let managed: ManagedTenant
let rob: string
let ids: Readonly<Record<'rob' | 'editor' | 'admin' | 'acme', string>>

beforeAll(async () => {
  managed = await createManagedTenant()
})

beforeEach(async () => {
  managed.reset()
  const { state } = managed.tenant
  const roleWith = (name: string) =>
    textOf(
      state.roles.list().find((role) => role.name === name),
      'id',
    )
  rob = userWith(managed.tenant, 'rob@example.com')
  ids = {
    rob: encodeURIComponent(rob),
    editor: roleWith('Editor'),
    admin: roleWith('Admin'),
    acme: textOf(state.organizations.list()[0], 'id'),
  }
})

interface RelationCase {
  readonly name: string
  readonly path: () => string
  /** The member of an answer that has the list. */
  readonly key: string
  readonly addedStatus: number
  readonly given: () => object
  readonly before: readonly object[]
  readonly after: () => readonly object[]
  /** What is not there. */
  readonly unknown: { readonly given: object; readonly status: number; readonly message: string }
}

const relations: readonly RelationCase[] = [
  {
    name: 'the roles of a user',
    path: () => `/users/${ids.rob}/roles`,
    key: 'roles',
    addedStatus: 204,
    given: () => ({ roles: [ids.editor] }),
    before: [],
    after: () => [{ id: ids.editor, name: 'Editor', description: 'Reads and writes' }],
    unknown: { given: { roles: ['rol_nobody'] }, status: 404, message: 'The role does not exist.' },
  },
  {
    name: 'the permissions of a user',
    path: () => `/users/${ids.rob}/permissions`,
    key: 'permissions',
    addedStatus: 201,
    given: () => ({ permissions: [writing] }),
    before: [shownReading],
    after: () => [shownReading, { ...writing, resource_server_name: 'Messages API', description: 'Write messages' }],
    unknown: {
      given: { permissions: [{ ...reading, permission_name: 'fly' }] },
      status: 404,
      message: 'The permission does not exist.',
    },
  },
  {
    name: 'the members of an organization',
    path: () => `/organizations/${ids.acme}/members`,
    key: 'members',
    addedStatus: 204,
    given: () => ({ members: [rob] }),
    before: [
      expect.objectContaining({ email: 'ada@example.com' }),
      expect.objectContaining({ email: 'eve@example.com' }),
    ],
    after: () => [
      expect.objectContaining({ email: 'ada@example.com' }),
      expect.objectContaining({ email: 'eve@example.com' }),
      { user_id: rob, email: 'rob@example.com', name: 'Rob Reader', picture: expect.any(String) },
    ],
    unknown: { given: { members: ['auth0|nobody'] }, status: 404, message: 'The user does not exist.' },
  },
]

describe.each(relations)('$name', ({ path, key, addedStatus, given, before, after, unknown }) => {
  test('can be read, added to, and taken from', async () => {
    const list = async () => (await managed.call('GET', path())).body
    expect(await list()).toEqual(before)
    expect((await managed.call('POST', path(), given())).status).toBe(addedStatus)
    expect(await list()).toEqual(after())
    expect((await managed.call('POST', path(), given())).status).toBe(addedStatus)
    expect(await list()).toEqual(after())
    expect((await managed.call('GET', `${path()}?include_totals=true`)).body).toEqual({
      start: 0,
      limit: 50,
      total: after().length,
      [key]: after(),
    })
    expect((await managed.call('DELETE', path(), given())).status).toBe(204)
    expect(await list()).toEqual(before)
  })

  test('take nothing that is not there', async () => {
    const reply = await managed.call('POST', path(), unknown.given)
    expect(reply).toMatchObject({ status: unknown.status, body: { message: unknown.message } })
    expect((await managed.call('GET', path())).body).toEqual(before)
  })

  test('belong to something that is there', async () => {
    const elsewhere = path().replace(/\/[^/]+\/(\w+)$/, '/nobody/$1')
    for (const [method, body] of [['GET'], ['POST', given()], ['DELETE', given()]] as const)
      expect((await managed.call(method, elsewhere, body)).status).toBe(404)
  })
})

describe('roles', () => {
  test('have permissions', async () => {
    const { call } = managed
    const { id } = (await call('POST', '/roles', { name: 'Reader' })).body as { id: string }
    const path = `/roles/${id}/permissions`
    expect((await call('POST', path, { permissions: [reading, reading] })).status).toBe(201)
    expect((await call('GET', path)).body).toEqual([shownReading])
    expect((await call('DELETE', path, { permissions: [reading] })).status).toBe(204)
    expect((await call('GET', path)).body).toEqual([])
    const unknown = { ...reading, resource_server_identifier: 'https://nowhere.test' }
    expect(await call('POST', path, { permissions: [unknown] })).toMatchObject({
      status: 404,
      body: { errorCode: 'inexistent_resource_server' },
    })
  })

  test('have users, in checkpoints too', async () => {
    const { call } = managed
    const path = `/roles/${ids.admin}/users`
    expect(await call('POST', path, { users: [rob] })).toMatchObject({ status: 200, body: {} })
    const first = await call('GET', `${path}?take=1`)
    expect(first.body).toEqual({
      users: [expect.objectContaining({ email: 'ada@example.com' })],
      next: expect.any(String),
    })
    const second = await call('GET', `${path}?take=1&from=${textOf(first.body, 'next')}`)
    expect(second.body).toEqual({
      users: [{ user_id: rob, email: 'rob@example.com', name: 'Rob Reader', picture: expect.any(String) }],
    })
    expect(await call('POST', path, { users: ['auth0|nobody'] })).toMatchObject({ status: 404 })
    expect(await call('GET', '/roles/nobody/users')).toMatchObject({ status: 404 })
  })
})

describe('organizations', () => {
  test('are found by name', async () => {
    expect(await managed.call('GET', '/organizations/name/acme')).toMatchObject({ status: 200, body: { id: ids.acme } })
    expect(await managed.call('GET', '/organizations/name/other')).toMatchObject({
      status: 404,
      body: { message: 'No organization found by that id or name' },
    })
  })

  test('give their members roles', async () => {
    const { call, tenant } = managed
    const ada = encodeURIComponent(userWith(tenant, 'ada@example.com'))
    const path = `/organizations/${ids.acme}/members/${ada}/roles`
    expect((await call('GET', path)).body).toEqual([])
    expect((await call('POST', path, { roles: [ids.editor, ids.admin] })).status).toBe(204)
    expect((await call('DELETE', path, { roles: [ids.admin] })).status).toBe(204)
    expect((await call('GET', path)).body).toEqual([
      { id: ids.editor, name: 'Editor', description: 'Reads and writes' },
    ])
    const members = `/organizations/${ids.acme}/members?fields=user_id,roles`
    expect((await call('GET', members)).body).toContainEqual({
      user_id: decodeURIComponent(ada),
      roles: [{ id: ids.editor, name: 'Editor' }],
    })
    expect(await call('GET', `/organizations/${ids.acme}/members/${ids.rob}/roles`)).toMatchObject({ status: 404 })
    expect(await call('POST', path, { roles: ['rol_nobody'] })).toMatchObject({ status: 404 })
  })

  test('are listed for a user', async () => {
    const ada = encodeURIComponent(userWith(managed.tenant, 'ada@example.com'))
    const { body } = await managed.call('GET', `/users/${ada}/organizations?include_totals=true`)
    const organizations = [{ id: ids.acme, name: 'acme', display_name: 'Acme', metadata: {} }]
    expect(body).toEqual({ start: 0, limit: 50, total: 1, organizations })
    expect((await managed.call('GET', `/users/${ids.rob}/organizations`)).body).toEqual([])
  })
})
