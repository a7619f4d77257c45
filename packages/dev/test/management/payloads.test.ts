import { beforeAll, describe, expect, test } from 'vitest'
import { createManagedTenant, type ManagedTenant } from './support/managed-tenant.js'

let managed: ManagedTenant

beforeAll(async () => {
  managed = await createManagedTenant()
})

const user = { connection: 'Username-Password-Authentication', email: 'x@example.com', password: 'Pa55-word' }
const api = { identifier: 'https://x.test' }

describe('a payload that is wrong', () => {
  test.each<readonly [string, string, unknown, string]>([
    ['POST', '/clients', 'not json', "'Expected type object but found type none'"],
    ['POST', '/clients', '', "'Expected type object but found type none'"],
    ['POST', '/clients', [], "'Expected type object but found type array'"],
    ['POST', '/clients', 'null', "'Expected type object but found type null'"],
    ['POST', '/clients', {}, "'Missing required property: name'"],
    ['POST', '/clients', { name: 1 }, "'Expected type string but found type number' on property name"],
    ['POST', '/clients', { name: '' }, "'String is too short' on property name"],
    ['POST', '/clients', { name: '<b>' }, "'String does not match pattern: no < and no >' on property name"],
    [
      'POST',
      '/clients',
      { name: 'x', app_type: 'desktop' },
      `'No enum match, expected "native" | "spa" | "regular_web" | "non_interactive" | "resource_server"' on property app_type`,
    ],
    [
      'POST',
      '/clients',
      { name: 'x', callbacks: ['https://ok.test', 'javascript:alert(1)'] },
      "'Object didn't pass validation for format absolute-uri' on property callbacks[1]",
    ],
    [
      'POST',
      '/clients',
      { name: 'x', jwt_configuration: { colour: 1 } },
      "'Additional properties not allowed: colour' on property jwt_configuration",
    ],
    [
      'POST',
      '/clients',
      { name: 'x', client_metadata: [] },
      "'Expected type object but found type array' on property client_metadata",
    ],
    [
      'POST',
      '/clients',
      { name: 'x', app_type: 'resource_server' },
      "'Missing required property: resource_server_identifier'",
    ],
    ['POST', '/clients', { name: 'x', client_id: 'mine' }, "'Additional properties not allowed: client_id'"],
    ['PATCH', '/clients/local-spa', { name: null }, "'Expected type string but found type null' on property name"],
    ['POST', '/resource-servers', { name: 'x' }, "'Missing required property: identifier'"],
    [
      'POST',
      '/resource-servers',
      { identifier: 'https://tenant.test/userinfo' },
      "'The identifier is reserved' on property identifier",
    ],
    [
      'POST',
      '/resource-servers',
      { ...api, scopes: ['read'] },
      "'Expected type object but found type string' on property scopes[0]",
    ],
    ['POST', '/resource-servers', { ...api, scopes: [{}] }, "'Missing required property: value' on property scopes[0]"],
    [
      'POST',
      '/resource-servers',
      { ...api, scopes: [{ value: 'a b' }] },
      "'String does not match pattern: a scope has no spaces' on property scopes[0].value",
    ],
    [
      'POST',
      '/resource-servers',
      { ...api, scopes: [{ value: 'a' }, { value: 'a' }] },
      "'Array items are not unique' on property scopes",
    ],
    [
      'POST',
      '/resource-servers',
      { ...api, token_lifetime: 0 },
      "'Value is less than minimum 1' on property token_lifetime",
    ],
    [
      'POST',
      '/resource-servers',
      { ...api, token_lifetime: 2_592_001 },
      "'Value is greater than maximum 2592000' on property token_lifetime",
    ],
    [
      'POST',
      '/resource-servers',
      { ...api, token_lifetime: 1.5 },
      "'Expected type integer but found type number' on property token_lifetime",
    ],
    [
      'POST',
      '/resource-servers',
      { ...api, token_lifetime: 60, token_lifetime_for_web: 61 },
      "'Value is greater than token_lifetime' on property token_lifetime_for_web",
    ],
    [
      'PATCH',
      '/resource-servers/https%3A%2F%2Fapi.example.com',
      { identifier: 'https://moved.test' },
      "'Additional properties not allowed: identifier'",
    ],
    [
      'PATCH',
      '/resource-servers/https%3A%2F%2Ftenant.test%2Fapi%2Fv2%2F',
      { name: 'Mine' },
      "'Additional properties not allowed: name'",
    ],
    [
      'POST',
      '/client-grants',
      { client_id: 'local-web', audience: 'https://api.example.com' },
      "'Missing required property: scope'",
    ],
    [
      'POST',
      '/client-grants',
      { client_id: 'local-web', audience: 'https://api.example.com', scope: ['fly'] },
      "'The resource server does not have one of the scopes' on property scope",
    ],
    [
      'POST',
      '/users',
      { ...user, email: 'nobody' },
      "'Object didn't pass validation for format email' on property email",
    ],
    ['POST', '/users', { connection: user.connection, email: user.email }, "'Missing required property: password'"],
    [
      'POST',
      '/users',
      { ...user, user_id: 'auth0|x' },
      "'String does not match pattern: no |, no spaces' on property user_id",
    ],
    ['POST', '/roles', { name: 'x', permissions: [] }, "'Additional properties not allowed: permissions'"],
    [
      'POST',
      '/organizations',
      { name: 'Not Allowed' },
      "'String does not match pattern: lower-case letters, digits, - and _' on property name",
    ],
    [
      'POST',
      '/organizations',
      { name: 'org_x' },
      "'String does not match pattern: lower-case letters, digits, - and _' on property name",
    ],
    [
      'POST',
      '/organizations',
      { name: 'x', metadata: { a: 1 } },
      "'Expected type string but found type number' on property metadata.a",
    ],
    ['POST', '/roles/nobody/permissions', { permissions: [] }, "'Array is too short' on property permissions"],
    [
      'POST',
      '/roles/nobody/users',
      { users: [1] },
      "'Expected type string but found type number' on property users[0]",
    ],
    ['PATCH', '/tenants/settings', { show_consent: true }, "'Additional properties not allowed: show_consent'"],
    [
      'PATCH',
      '/tenants/settings',
      { flags: { a: 1 } },
      "'Expected type boolean but found type number' on property flags.a",
    ],
  ])('%s %s %j', async (method, path, body, what) => {
    const reply = await managed.call(method, path, body)
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 400,
      body: {
        statusCode: 400,
        error: 'Bad Request',
        message: `Payload validation error: ${what}.`,
        errorCode: 'invalid_body',
      },
    })
  })

  test('changes nothing', async () => {
    const before = JSON.stringify(managed.tenant.state.clients.list())
    await managed.call('PATCH', '/clients/local-spa', { name: 'New', surprise: 1 })
    expect(JSON.stringify(managed.tenant.state.clients.list())).toBe(before)
  })

  test('no password comes back in the message', async () => {
    const { body } = await managed.call('POST', '/users', { ...user, password: 'x'.repeat(300) })
    expect(JSON.stringify(body)).not.toContain('xxx')
  })
})

describe('what refers to something that is not there', () => {
  test.each<readonly [string, string, object, number, string]>([
    [
      'POST',
      '/client-grants',
      { client_id: 'nobody', audience: 'https://api.example.com', scope: [] },
      404,
      'inexistent_client',
    ],
    [
      'POST',
      '/client-grants',
      { client_id: 'local-web', audience: 'https://nowhere.test', scope: [] },
      404,
      'inexistent_resource_server',
    ],
    ['POST', '/users', { ...user, connection: 'nowhere' }, 400, 'inexistent_connection'],
    [
      'POST',
      '/clients',
      { name: 'x', app_type: 'resource_server', resource_server_identifier: 'https://nowhere.test' },
      404,
      'inexistent_resource_server',
    ],
    ['PATCH', '/tenants/settings', { default_audience: 'https://nowhere.test' }, 404, 'inexistent_resource_server'],
  ])('%s %s %j', async (method, path, body, status, errorCode) => {
    expect(await managed.call(method, path, body)).toMatchObject({ status, body: { statusCode: status, errorCode } })
  })
})

test.each([
  ['POST', '/clients', { name: 'x', client_authentication_methods: {} }, 'client_authentication_methods'],
  ['PATCH', '/clients/local-spa', { oidc_logout: null }, 'oidc_logout'],
  ['POST', '/organizations', { name: 'x', enabled_connections: [] }, 'enabled_connections'],
  ['PATCH', '/tenants/settings', { session_cookie: { mode: 'persistent' } }, 'session_cookie'],
  ['POST', '/users', { ...user, username: 'x' }, 'username'],
])('%s %s %j answers 501: this tenant has no such thing', async (method, path, body, member) => {
  expect(await managed.call(method, path, body)).toMatchObject({
    status: 501,
    body: { errorCode: 'not_implemented', message: `The local tenant does not serve the member ${member}.` },
  })
})
