import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createManagedTenant, type ManagedTenant, textOf, userWith } from './support/managed-tenant.js'

const audience = 'https://api.example.com'

let managed: ManagedTenant
let organization: string
let ada: string
let admin: string

beforeAll(async () => {
  managed = await createManagedTenant()
})

beforeEach(async () => {
  managed.reset()
  const { state } = managed.tenant
  organization = textOf(state.organizations.list()[0], 'id')
  ada = userWith(managed.tenant, 'ada@example.com')
  admin = textOf(
    state.roles.list().find(({ name }) => name === 'Admin'),
    'id',
  )
  await managed.ask('POST', `/organizations/${organization}/members/${encodeURIComponent(ada)}/roles`, {
    roles: [admin],
  })
  await managed.ask('PATCH', '/tenants/settings', { default_audience: audience })
  state.refreshTokens.put({
    id: 'a-refresh-token',
    family: 'x',
    client_id: 'local-spa',
    user_id: ada,
    audience,
    organization_id: organization,
    scopes: [],
    auth_time: 0,
    created_at: 0,
    expires_at: 1e10,
  })
})

const refreshTokens = () => managed.tenant.state.refreshTokens.list()
const everything = () =>
  JSON.stringify([
    managed.tenant.state.clientGrants.list(),
    managed.tenant.state.users.list().map(({ user_id: _, ...user }) => user),
    managed.tenant.state.roles.list().map(({ permissions }) => permissions),
    managed.tenant.state.organizations.list().map(({ members }) => members),
    managed.tenant.state.connections.list(),
    managed.tenant.state.settings.get(),
    refreshTokens(),
  ])

describe('what refers to a deleted entity goes with it:', () => {
  test.each<readonly [string, () => string, () => string]>([
    ['an API', () => `/resource-servers/${encodeURIComponent(audience)}`, () => audience],
    ['a user', () => `/users/${encodeURIComponent(ada)}`, () => ada],
    ['a role', () => `/roles/${admin}`, () => admin],
    ['an organization', () => `/organizations/${organization}`, () => organization],
    ['an application', () => '/clients/local-spa', () => 'local-spa'],
  ])('%s', async (_, path, id) => {
    expect(everything()).toContain(id())
    expect((await managed.call('DELETE', path())).status).toBe(204)
    expect(everything()).not.toContain(id())
  })

  test('the grants of an application', async () => {
    const granted = () => managed.tenant.state.clientGrants.list().map(({ client_id }) => client_id)
    expect(granted()).toContain('local-m2m')
    await managed.ask('DELETE', '/clients/local-m2m')
    expect(granted()).not.toContain('local-m2m')
    expect(granted()).toContain('operator')
  })

  test('the enabled application of a connection', async () => {
    const { connections } = managed.tenant.state
    const [connection] = connections.list()
    if (connection !== undefined) connections.put({ ...connection, enabled_clients: ['local-spa', 'local-web'] })
    await managed.ask('DELETE', '/clients/local-spa')
    expect(connections.list()[0]?.enabled_clients).toEqual(['local-web'])
  })

  test('the tokens of a member for an organization', async () => {
    expect(refreshTokens()).toHaveLength(1)
    await managed.ask('DELETE', `/organizations/${organization}/members`, { members: [ada] })
    expect(refreshTokens()).toEqual([])
  })

  test('a scope that an API has no longer', async () => {
    const path = `/resource-servers/${encodeURIComponent(audience)}`
    await managed.ask('POST', '/client-grants', {
      client_id: 'local-web',
      audience,
      scope: ['read:messages', 'read:data'],
    })
    await managed.ask('PATCH', path, { scopes: [{ value: 'read:data' }] })
    const { state } = managed.tenant
    expect(state.clientGrants.list().at(-1)?.scope).toEqual(['read:data'])
    expect(state.users.list().flatMap(({ permissions }) => permissions)).toEqual([])
    const permission = { resource_server_identifier: audience, permission_name: 'read:data' }
    expect(state.roles.list().map(({ permissions }) => permissions)).toEqual([[permission], [permission]])
  })

  test('not the API that every tenant has', async () => {
    const path = `/resource-servers/${encodeURIComponent(managed.audience)}`
    expect(await managed.call('DELETE', path)).toMatchObject({
      status: 400,
      body: { message: 'The system resource server cannot be deleted.' },
    })
    expect((await managed.call('GET', path)).status).toBe(200)
  })
})
