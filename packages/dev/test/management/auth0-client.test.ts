import { Management, ManagementClient, ManagementError } from 'auth0'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTenant, startTenant, type Tenant } from '../../src/index.js'
import { manage, operator, textOf, userWith } from './support/managed-tenant.js'

let tenant: Tenant
let client: ManagementClient

beforeAll(async () => {
  tenant = await createTenant('https://tenant.test/')
  await manage(tenant)
  const { id: clientId, secret: clientSecret } = operator
  client = new ManagementClient({ domain: tenant.domain, clientId, clientSecret, fetch: tenant.fetch })
})

async function all<Item>(page: PromiseLike<AsyncIterable<Item>>): Promise<readonly Item[]> {
  const items: Item[] = []
  for await (const item of await page) items.push(item)
  return items
}

describe('each collection: create, list, get, update, delete', () => {
  test('resource servers', async () => {
    const identifier = 'https://orders.test/v1'
    const { id } = await client.resourceServers.create({
      identifier,
      name: 'Orders',
      scopes: [{ value: 'read:orders' }],
    })
    expect(await all(client.resourceServers.list())).toContainEqual(expect.objectContaining({ id, identifier }))
    expect(await all(client.resourceServers.list({ identifiers: [identifier] }))).toHaveLength(1)
    expect(await client.resourceServers.get(identifier)).toMatchObject({ id, name: 'Orders' })
    const dpop = { mechanism: 'dpop', required: true } as const
    expect(await client.resourceServers.update(id ?? '', { proof_of_possession: dpop })).toMatchObject({
      proof_of_possession: dpop,
    })
    await client.resourceServers.delete(id ?? '')
    await client.resourceServers.delete(id ?? '')
    expect(await all(client.resourceServers.list({ identifiers: [identifier] }))).toEqual([])
  })

  test('clients', async () => {
    const created = await client.clients.create({ name: 'Shop', app_type: 'non_interactive' })
    const id = textOf(created, 'client_id')
    const { client_secret: before } = await client.clients.get(id)
    expect(await all(client.clients.list({ app_type: 'non_interactive', fields: 'client_id' }))).toContainEqual({
      client_id: id,
    })
    expect(await client.clients.update(id, { description: 'Sells' })).toMatchObject({
      name: 'Shop',
      description: 'Sells',
    })
    const { client_secret: after } = await client.clients.rotateSecret(id)
    expect(after).not.toBe(before)
    await client.clients.delete(id)
    await expect(client.clients.get(id)).rejects.toThrow(Management.NotFoundError)
  })

  test('client grants', async () => {
    const given = { client_id: 'local-web', audience: 'https://api.example.com', scope: ['read:data'] }
    const { id } = await client.clientGrants.create(given)
    expect(await all(client.clientGrants.list({ client_id: 'local-web' }))).toEqual([
      { id, ...given, subject_type: 'client' },
    ])
    expect(await client.clientGrants.get(id ?? '')).toMatchObject(given)
    expect(await client.clientGrants.update(id ?? '', { scope: [] })).toMatchObject({ scope: [] })
    await client.clientGrants.delete(id ?? '')
    expect(await all(client.clientGrants.list({ client_id: 'local-web' }))).toEqual([])
  })

  test('users, with their roles, permissions and organizations', async () => {
    const email = 'new@example.com'
    const connection = 'Username-Password-Authentication'
    const { user_id: id = '' } = await client.users.create({ email, connection, password: 'Pa55-word' })
    expect(await client.users.listUsersByEmail({ email })).toMatchObject([{ user_id: id }])
    expect(await all(client.users.list({ q: `email:"${email}"` }))).toHaveLength(1)
    expect(await client.users.update(id, { app_metadata: { plan: 'gold' } })).toMatchObject({
      app_metadata: { plan: 'gold' },
    })
    const [role] = await all(client.roles.list({ name_filter: 'Editor' }))
    const roles = [textOf(role, 'id')]
    await client.users.roles.assign(id, { roles })
    expect(await all(client.users.roles.list(id))).toMatchObject([{ name: 'Editor' }])
    await client.users.roles.delete(id, { roles })
    expect(await all(client.users.roles.list(id))).toEqual([])
    const permissions = [{ resource_server_identifier: 'https://api.example.com', permission_name: 'read:data' }]
    await client.users.permissions.create(id, { permissions })
    expect(await all(client.users.permissions.list(id))).toMatchObject(permissions)
    await client.users.permissions.delete(id, { permissions })
    expect(await all(client.users.permissions.list(id))).toEqual([])
    expect(await all(client.users.organizations.list(id))).toEqual([])
    expect(await all(client.users.logs.list(id))).toEqual([])
    await client.users.delete(id)
    await expect(client.users.get(id)).rejects.toThrow(Management.NotFoundError)
  })

  test('roles, with their permissions and users', async () => {
    const { id = '' } = await client.roles.create({ name: 'Auditor' })
    expect(await client.roles.update(id, { description: 'Looks' })).toEqual({
      id,
      name: 'Auditor',
      description: 'Looks',
    })
    const permissions = [{ resource_server_identifier: 'https://api.example.com', permission_name: 'read:data' }]
    await client.roles.permissions.add(id, { permissions })
    expect(await all(client.roles.permissions.list(id))).toMatchObject(permissions)
    await client.roles.permissions.delete(id, { permissions })
    const user_id = userWith(tenant, 'rob@example.com')
    await client.roles.users.assign(id, { users: [user_id] })
    expect(await all(client.roles.users.list(id))).toMatchObject([{ user_id }])
    await client.roles.delete(id)
    await expect(client.roles.get(id)).rejects.toThrow(Management.NotFoundError)
  })

  test('organizations, with their members', async () => {
    const { id = '' } = await client.organizations.create({ name: 'umbrella', display_name: 'Umbrella' })
    expect(await client.organizations.getByName('umbrella')).toMatchObject({ id })
    expect(await client.organizations.update(id, { metadata: { a: 'b' } })).toMatchObject({ metadata: { a: 'b' } })
    const user_id = userWith(tenant, 'rob@example.com')
    await client.organizations.members.create(id, { members: [user_id] })
    const [role] = await all(client.roles.list({ name_filter: 'Admin' }))
    const roles = [textOf(role, 'id')]
    await client.organizations.members.roles.assign(id, user_id, { roles })
    expect(await all(client.organizations.members.roles.list(id, user_id))).toMatchObject([{ name: 'Admin' }])
    await client.organizations.members.roles.delete(id, user_id, { roles })
    expect(await all(client.organizations.members.list(id, { fields: 'user_id,roles' }))).toEqual([
      { user_id, roles: [] },
    ])
    await client.organizations.members.delete(id, { members: [user_id] })
    expect(await all(client.organizations.members.list(id))).toEqual([])
    await client.organizations.delete(id)
    await expect(client.organizations.get(id)).rejects.toThrow(Management.NotFoundError)
  })

  test('connections, settings, signing keys and logs', async () => {
    const [connection] = await all(client.connections.list({ strategy: ['auth0'] }))
    expect(await client.connections.get(textOf(connection, 'id'))).toMatchObject({ strategy: 'auth0' })
    await client.tenants.settings.update({ friendly_name: 'Mine' })
    expect(await client.tenants.settings.get({ fields: 'friendly_name' })).toEqual({ friendly_name: 'Mine' })
    const [current, next] = await client.keys.signing.list()
    expect(await client.keys.signing.rotate()).toMatchObject({ kid: next?.kid })
    expect(await client.keys.signing.get(current?.kid ?? '')).toMatchObject({ previous: true })
    const [log] = await all(client.logs.list({ per_page: 1, sort: 'date:-1' }))
    expect(await client.logs.get(textOf(log, 'log_id'))).toMatchObject({ log_id: textOf(log, 'log_id') })
  })
})

describe('pages', () => {
  beforeAll(async () => {
    for (let number = 0; number < 7; number += 1) await client.roles.create({ name: `Role ${number}` })
    for (let number = 0; number < 7; number += 1) await client.organizations.create({ name: `org-${number}` })
  })

  test.each([1, 3, 50])('of %d by offset', async (per_page) => {
    const names = (await all(client.roles.list({ per_page }))).map(({ name }) => name)
    expect(names).toEqual(['Editor', 'Admin', ...Array.from({ length: 7 }, (_, number) => `Role ${number}`)])
  })

  test('of the default size end, too', async () => {
    expect(await all(client.roles.list())).toHaveLength(9)
  })

  test.each([1, 3, 50])('of %d by checkpoint', async (take) => {
    const names = (await all(client.organizations.list({ take }))).map(({ name }) => name)
    expect(names).toEqual(['acme', ...Array.from({ length: 7 }, (_, number) => `org-${number}`)])
  })
})

describe('errors', () => {
  const cases: readonly (readonly [string, () => PromiseLike<unknown>, new (...given: never[]) => Error, object])[] = [
    [
      'BadRequestError',
      () => client.organizations.create({ name: 'No Good' }),
      Management.BadRequestError,
      { statusCode: 400, body: { errorCode: 'invalid_body' } },
    ],
    [
      'NotFoundError',
      () => client.users.get('auth0|nobody'),
      Management.NotFoundError,
      { statusCode: 404, body: { errorCode: 'inexistent_user' } },
    ],
    [
      'ConflictError',
      () => client.resourceServers.create({ identifier: 'https://api.example.com' }),
      Management.ConflictError,
      { statusCode: 409, body: { error: 'Conflict' } },
    ],
    [
      'ForbiddenError',
      async () => {
        const token = await (await manage(tenant)).tokenFor(['read:roles'])
        return new ManagementClient({ domain: tenant.domain, token, fetch: tenant.fetch }).clients.get('local-spa')
      },
      Management.ForbiddenError,
      { statusCode: 403, body: { message: 'Insufficient scope, expected any of: read:clients,read:client_keys' } },
    ],
    [
      'UnauthorizedError',
      () => new ManagementClient({ domain: tenant.domain, token: 'x', fetch: tenant.fetch }).clients.get('local-spa'),
      Management.UnauthorizedError,
      { statusCode: 401, body: { message: 'Invalid token' } },
    ],
    [
      'ManagementError for what is not here',
      () => client.actions.list({}, { maxRetries: 0 }),
      ManagementError,
      { statusCode: 501, body: { errorCode: 'not_implemented' } },
    ],
  ]

  test.each(cases)('%s', async (_, call, type, members) => {
    const error = await Promise.resolve(call()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject(members)
  })
})

describe('a tenant on a port', () => {
  let running: Tenant

  beforeAll(async () => {
    running = await startTenant({ port: 0 })
  })
  afterAll(() => running.close())

  test('is managed in the same way', async () => {
    // As docs/local-tenant.md says.
    const remote = new ManagementClient({
      domain: running.domain,
      clientId: 'local-management',
      clientSecret: 'local-management-secret',
      fetch: (input, init) => fetch(String(input).replace('https://', 'http://'), init),
    })
    const { id = '' } = await remote.roles.create({ name: 'Auditor' })
    expect(await remote.roles.get(id)).toMatchObject({ name: 'Auditor' })
  })
})
