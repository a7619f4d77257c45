import { expect, test } from 'vitest'
import { createTenant, SeedMistake } from '../../src/index.js'
import { isPassword } from '../../src/tenant/passwords.js'
import { readSeed } from '../../src/tenant/seed-file.js'
import { tokensFor } from '../support/login.js'
import { apis, protocolSeed, secret } from '../support/protocol-seed.js'
import { askForToken, userId } from '../support/token-requests.js'

const api = '{ "name": "A", "identifier": "https://a.test", "permissions": { "read:a": "Read" } }'
const app = '"name": "App", "type": "m2m"'
const user = '"email": "ada@example.com", "password": "p"'

/** Each text has one mistake, where the mark is. */
const mistakes: readonly [text: string, message: string][] = [
  ['▶', 'is not JSON: ValueExpected'],
  ['{ "apis": [ ▶}', 'is not JSON: ValueExpected'],
  ['{\n  "apis": [\n▶', 'is not JSON: CloseBracketExpected'],
  ["{ ▶'apis': [] }", 'is not JSON: InvalidSymbol'],
  ['▶[]', 'it must be a JSON object'],
  ['▶null', 'it must be a JSON object'],
  ['{\r\n  ▶"aplications": []\r\n}', 'aplications is not known here'],
  ['{ ▶"__proto__": {} }', '__proto__ is not known here'],
  ['{ ▶"__proto__": { "apis": [null] } }', '__proto__ is not known here'],
  [
    '{ "apis": [{ "name": "A", "identifier": "a", ▶"__proto__": { "rbac": true } }] }',
    'apis[0].__proto__ is not known here',
  ],
  ['{ "settings": { ▶"__proto__": null } }', 'settings.__proto__ is not known here'],
  [
    `{ "apis": [${api}],\n"applications": [{ ${app}, "grants": [{ "api": "https://a.test", "permissions": [▶"__proto__"] }] }] }`,
    'applications[0].grants[0].permissions[0] names a permission that "https://a.test" does not have',
  ],
  [
    '{ "settings": { ▶"defaultAudience": "__proto__" } }',
    'settings.defaultAudience names an API that is not in "apis"',
  ],
  ['{ ▶"apis": {} }', 'apis must be a list'],
  ['{ "apis": [▶null] }', 'apis[0] must be an API'],
  ['{ "apis": [▶{ "name": "A" }] }', 'apis[0].identifier is missing'],
  ['{ "apis": [{ ▶"name": "", "identifier": "a" }] }', 'apis[0].name must not be empty'],
  ['{ "apis": [{ ▶"name": 1, "identifier": "a" }] }', 'apis[0].name must be text'],
  ['{ "apis": [{ "name": "A", "identifier": "a", ▶"id": "x" }] }', 'apis[0].id is not known here'],
  [
    '{ "apis": [{ "name": "A", "identifier": "a", ▶"permissions": ["read:a"] }] }',
    'apis[0].permissions must be an object of descriptions by permission',
  ],
  [
    '{ "apis": [{ "name": "A", "identifier": "a", "permissions": { ▶"read:a": 1 } }] }',
    'apis[0].permissions["read:a"] must be a description',
  ],
  [
    '{ "apis": [{ "name": "A", "identifier": "a", ▶"tokenDialect": "jwt" }] }',
    'apis[0].tokenDialect must be "access_token", "access_token_authz", "rfc9068_profile" or "rfc9068_profile_authz"',
  ],
  ['{ "apis": [{ "name": "A", "identifier": "a", ▶"rbac": "yes" }] }', 'apis[0].rbac must be true or false'],
  [
    '{ "apis": [{ "name": "A", "identifier": "a", ▶"tokenLifetimeSeconds": 0 }] }',
    'apis[0].tokenLifetimeSeconds must be at least 1',
  ],
  ['{ "apis": [{ "name": "A", "identifier": "a", ▶"dpop": true }] }', 'apis[0].dpop must be "allowed" or "required"'],
  [
    '{ "apis": [{ "name": "A", "identifier": "a", ▶"users": "none" }] }',
    'apis[0].users must be "allow_all", "deny_all" or "require_client_grant"',
  ],
  [
    `{\n  "apis": [\n    ${api},\n    { "name": "B", ▶"identifier": "https://a.test" }] }`,
    'apis[1].identifier is there twice',
  ],
  ['{ ▶"apis": [], "apis": [] }', 'apis is there twice'],
  [`{ "applications": [{ ${app} }, { ▶${app}, "name": "B" }] }`, 'applications[1].name is there twice'],
  [
    '{ "applications": [{ "name": "A", ▶"type": "robot" }] }',
    'applications[0].type must be "m2m", "spa", "web", "native" or "api"',
  ],
  [
    `{ "applications": [{ ${app}, "publicKeys": [▶{ "kty": "RSA", "d": "x" }] }] }`,
    'applications[0].publicKeys[0] is a private key: only its public half belongs here',
  ],
  [
    `{ "applications": [{ ${app}, "publicKeys": [{ ▶"kty": "oct", "k": "x" }] }] }`,
    'applications[0].publicKeys[0].kty must be "RSA" or "EC"',
  ],
  [`{ "applications": [{ ${app}, ▶"publicKeys": [] }] }`, 'applications[0].publicKeys must have a key'],
  [
    `{ "applications": [{ ${app}, "tokenExchange": [▶"any"] }] }`,
    'applications[0].tokenExchange[0] must be "custom_authentication" or "on_behalf_of_token_exchange"',
  ],
  [
    '{ "apis": [{ "name": "A", "identifier": "a", ▶"signingAlg": "none" }] }',
    'apis[0].signingAlg must be "RS256", "PS256" or "HS256"',
  ],
  ['{ "applications": [▶{ "name": "A", "type": "api" }] }', 'applications[0].api is missing'],
  [
    '{ "applications": [{ "name": "A", "type": "api", ▶"api": "a" }] }',
    'applications[0].api names an API that is not in "apis"',
  ],
  [
    `{ "applications": [{ ${app}, "callbacks": [▶"/callback"] }] }`,
    'applications[0].callbacks[0] must be a whole URL, such as "http://localhost:3000/callback"',
  ],
  [`{ "applications": [{ ${app}, "grants": [▶{ "for": "client" }] }] }`, 'applications[0].grants[0].api is missing'],
  [
    `{ "applications": [{ ${app}, "grants": [{ ▶"api": "https://b.test" }] }] }`,
    'applications[0].grants[0].api names an API that is not in "apis"',
  ],
  [
    `{ "apis": [${api}],\n"applications": [{ ${app}, "grants": [{ "api": "https://a.test", "permissions": [▶"no"] }] }] }`,
    'applications[0].grants[0].permissions[0] names a permission that "https://a.test" does not have',
  ],
  [
    `{ "applications": [{ ${app}, "grants": [{ "api": "management", "permissions": ["read:users", ▶"read:user"] }] }] }`,
    'applications[0].grants[0].permissions[1] names a permission that "management" does not have',
  ],
  [
    `{ "applications": [{ ${app}, "clientId": "x" }, { ${app}, ▶"clientId": "x" }] }`,
    'applications[1].clientId is there twice',
  ],
  [
    `{ "apis": [${api}],\n"roles": [{ "name": "R", "permissions": { "https://a.test": ["read:a", ▶"toString"] } }] }`,
    'roles[0].permissions["https://a.test"][1] names a permission that "https://a.test" does not have',
  ],
  [
    '{ "roles": [{ "name": "R", "permissions": { ▶"https://b.test": [] } }] }',
    'roles[0].permissions["https://b.test"] names an API that is not in "apis"',
  ],
  ['{ "roles": [{ "name": "R" }, { ▶"name": "R" }] }', 'roles[1].name is there twice'],
  ['{ "users": [{ ▶"email": "ada", "password": "p" }] }', 'users[0].email must be an email address'],
  ['{ "users": [▶{ "email": "ada@example.com" }] }', 'users[0].password is missing'],
  [`{ "users": [{ ${user} },\n{ ▶"email": "Ada@example.com", "password": "p" }] }`, 'users[1].email is there twice'],
  [`{ "users": [{ ${user}, "roles": [▶"R"] }] }`, 'users[0].roles[0] names a role that is not in "roles"'],
  [
    `{ "users": [{ ${user}, "identities": { ▶"calendar": "x" } }] }`,
    'users[0].identities.calendar names a connection that is not in "connections"',
  ],
  ['{ "organizations": [{ ▶"name": "Acme" }] }', 'organizations[0].name must be lower-case letters, digits, - and _'],
  ['{ "organizations": [{ "name": "a" }, { ▶"name": "a" }] }', 'organizations[1].name is there twice'],
  [
    '{ "organizations": [{ "name": "a", "members": [{ ▶"user": "ada@example.com" }] }] }',
    'organizations[0].members[0].user names a user that is not in "users"',
  ],
  [
    `{ "users": [{ ${user} }],\n"organizations": [{ "name": "a", "members": [{ "user": "ADA@example.com", "roles": [▶"R"] }] }] }`,
    'organizations[0].members[0].roles[0] names a role that is not in "roles"',
  ],
  ['{ "connections": [{ "name": "c" }, { ▶"name": "c" }] }', 'connections[1].name is there twice'],
  [
    '{ "settings": { ▶"defaultAudience": "https://a.test" } }',
    'settings.defaultAudience names an API that is not in "apis"',
  ],
  ['{ "settings": { ▶"showConsent": 1 } }', 'settings.showConsent must be true or false'],
  [`{ "applications": [{ ${app}, ▶"clientSecret": ["${secret}"] }] }`, 'applications[0].clientSecret must be text'],
]

function mistakeIn(read: () => unknown): Error | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return error as Error
  }
}

test.each(mistakes)('says what is wrong with %j', (text, message) => {
  const lines = text.split('▶')[0]?.split('\n') ?? []
  const position = `${lines.length}:${(lines.at(-1) ?? '').length + 1}`
  const mistake = mistakeIn(() => readSeed(text.replace('▶', ''), 'sallyport.tenant.json'))
  expect(mistake).toBeInstanceOf(SeedMistake)
  expect(mistake?.message).toBe(`sallyport.tenant.json:${position} ${message}.`)
})

test.each([
  ['nothing', '{}'],
  ['comments and commas at the end', '// A tenant\n{ "apis": [/* none */], }'],
  ['a byte order mark', '\uFEFF{}'],
  ['a schema', '{ "$schema": "./tenant.schema.json" }'],
  [
    'an email in capitals',
    `{ "users": [{ ${user} }], "organizations": [{ "name": "a", "members": [{ "user": "ADA@example.com" }] }] }`,
  ],
  ['a default audience', `{ "apis": [${api}], "settings": { "defaultAudience": "https://a.test" } }`],
])('takes a seed with %s', async (_, text) => {
  const seed = readSeed(text, 'sallyport.tenant.json')
  await using tenant = await createTenant('https://tenant.test/', { seed })
  expect(tenant.state.resourceServers.list()[0]).toMatchObject({ is_system: true })
})

test('gives the permissions of a file no other prototype', () => {
  const text = '{ "apis": [{ "name": "A", "identifier": "a", "permissions": { "__proto__": "x", "read:a": "Read" } }] }'
  const [read] = readSeed(text, 'sallyport.tenant.json').apis
  expect(Object.entries(read?.permissions ?? {})).toEqual([['read:a', 'Read']])
  expect(Object.getPrototypeOf(read?.permissions)).toBe(Object.prototype)
})

test('says what is wrong with a seed that is no file', async () => {
  const seed = { apis: [{ name: 'A' }] } as never
  await expect(createTenant('https://tenant.test/', { seed })).rejects.toThrow(
    new SeedMistake('The seed: apis[0].identifier is missing.'),
  )
})

test('makes of a seed what it says', async () => {
  await using tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
  const { state } = tenant
  expect(state.resourceServers.list().map(({ identifier }) => identifier)).toEqual([
    'https://tenant.test/api/v2/',
    ...Object.values(apis),
  ])
  expect(state.clients.list().map(({ client_id, app_type }) => `${client_id} ${app_type}`)).toEqual([
    'machine non_interactive',
    'bound-machine non_interactive',
    'stranger non_interactive',
    'reader non_interactive',
    'page spa',
    'bound-page spa',
    'web regular_web',
    'device native',
    'gateway resource_server',
  ])
  expect(state.clients.get('bound-page')).toMatchObject({ require_proof_of_possession: true })
  const ada = state.users.get(userId(tenant, 'ada@example.com'))
  expect(ada).toMatchObject({ roles: [state.roles.list()[0]?.id], given_name: 'Ada', family_name: 'Lovelace' })
  expect(ada?.password_hash).not.toContain('password')
  expect(isPassword('a-password-of-the-tests', ada?.password_hash ?? '')).toBe(true)
  expect(state.organizations.list()[0]?.members.map(({ user_id }) => user_id)).toEqual([
    ada?.user_id,
    userId(tenant, 'eve@example.com'),
  ])
})

test('has enough for every flow where there is no seed', async () => {
  await using tenant = await createTenant('https://tenant.test/')
  const audience = 'https://api.example.com'
  const machine = {
    grant_type: 'client_credentials',
    client_id: 'local-m2m',
    client_secret: 'local-m2m-secret',
    audience,
  }
  expect(await askForToken(tenant, machine)).toMatchObject({
    status: 200,
    body: { scope: 'read:messages write:messages read:data write:data delete:data' },
  })
  const fields = {
    client_id: 'local-spa',
    redirect_uri: 'http://localhost:3000',
    audience,
    scope: 'openid offline_access read:messages delete:data',
  }
  for (const [email, scope] of [
    ['ada@example.com', fields.scope],
    ['eve@example.com', 'openid offline_access read:messages'],
    ['rob@example.com', 'openid offline_access read:messages'],
  ] as const)
    expect((await tokensFor(tenant, { fields, email })).body).toMatchObject({
      scope,
      refresh_token: expect.any(String),
    })
  const management = { client_id: 'local-management', client_secret: 'local-management-secret' }
  expect(
    await askForToken(tenant, { ...machine, ...management, audience: 'https://tenant.test/api/v2/' }),
  ).toMatchObject({
    status: 200,
    body: { scope: expect.stringContaining('create:resource_servers') },
  })
  expect(tenant.state.clients.list().map(({ client_id }) => client_id)).toEqual(
    expect.arrayContaining(['local-spa', 'local-web', 'local-native']),
  )
})
