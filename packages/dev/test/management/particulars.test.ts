import { X509Certificate } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isPassword } from '../../src/tenant/passwords.js'
import { createManagedTenant, type ManagedTenant, operator, textOf, userWith } from './support/managed-tenant.js'

let managed: ManagedTenant

beforeAll(async () => {
  managed = await createManagedTenant()
})
beforeEach(() => managed.reset())

const api = { identifier: 'https://x.test' }

describe('resource servers', () => {
  const path = `/resource-servers/${encodeURIComponent(api.identifier)}`

  test('have a signing_secret with HS256 alone', async () => {
    expect(await managed.ask('POST', '/resource-servers', api)).not.toHaveProperty('signing_secret')
    const symmetric = await managed.ask('PATCH', path, { signing_alg: 'HS256' })
    expect(textOf(symmetric, 'signing_secret')).toMatch(/^[A-Za-z0-9]{32}$/)
    const own = 'a-secret-of-my-own-making'
    expect(await managed.ask('PATCH', path, { signing_secret: own })).toMatchObject({ signing_secret: own })
    expect(await managed.ask('PATCH', path, { signing_alg: 'RS256' })).not.toHaveProperty('signing_secret')
    expect(managed.tenant.state.resourceServers.list().at(-1)).not.toHaveProperty('signing_secret')
  })

  test('are found by id, by identifier, and never by half of one', async () => {
    const created = await managed.ask('POST', '/resource-servers', { identifier: 'https://x.test/a%2Fb c' })
    expect(created).toMatchObject({ name: 'https://x.test/a%2Fb c' })
    for (const id of [textOf(created, 'id'), 'https://x.test/a%2Fb c'])
      expect((await managed.call('GET', `/resource-servers/${encodeURIComponent(id)}`)).body).toEqual(created)
    expect((await managed.call('GET', `/resource-servers/${encodeURIComponent('https://x.test/a')}`)).status).toBe(404)
  })

  test('keep what a nested change does not name, and lose what is null', async () => {
    const dpop = { mechanism: 'dpop', required: true, required_for: 'public_clients' }
    const online = { allow_online_access: true, consent_policy: 'transactional-authorization-with-mfa' }
    await managed.ask('POST', '/resource-servers', { ...api, proof_of_possession: dpop, ...online })
    const changed = await managed.ask('PATCH', path, { subject_type_authorization: { user: { policy: 'deny_all' } } })
    expect(changed).toMatchObject({
      subject_type_authorization: { user: { policy: 'deny_all' }, client: { policy: 'require_client_grant' } },
      proof_of_possession: dpop,
      ...online,
    })
    const bare = await managed.ask('PATCH', path, { proof_of_possession: null, consent_policy: null })
    expect(bare).not.toHaveProperty('proof_of_possession')
    expect(bare).not.toHaveProperty('consent_policy')
  })

  test('have a shorter lifetime for the web when it is longer than the whole', async () => {
    expect(await managed.ask('POST', '/resource-servers', { ...api, token_lifetime: 60 })).toMatchObject({
      token_lifetime: 60,
      token_lifetime_for_web: 60,
    })
  })

  test('of the system change in part', async () => {
    const system = `/resource-servers/${encodeURIComponent(managed.audience)}`
    expect(await managed.ask('PATCH', system, { token_lifetime: 60 })).toMatchObject({
      token_lifetime: 60,
      is_system: true,
    })
    const token = await managed.tokenFor(['read:clients'])
    const { exp, iat } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(exp - iat).toBe(60)
  })
})

describe('clients', () => {
  test('show their secret to those who may read keys', async () => {
    const asking = async (path: string, scopes: readonly string[]) =>
      (await managed.call('GET', path, undefined, await managed.tokenFor(scopes))).body
    for (const path of ['/clients/local-m2m', '/clients?app_type=non_interactive'])
      expect(JSON.stringify(await asking(path, ['read:clients']))).not.toContain('local-m2m-secret')
    for (const path of ['/clients/local-m2m', '/clients?app_type=non_interactive'])
      expect(JSON.stringify(await asking(path, ['read:client_keys']))).toContain('local-m2m-secret')
    const creator = await managed.tokenFor(['create:clients'])
    const created = await managed.call('POST', '/clients', { name: 'x' }, creator)
    expect(textOf(created.body, 'client_secret')).toHaveLength(64)
  })

  test('get a new secret, and the old one is good no longer', async () => {
    const rotated = await managed.call('POST', '/clients/local-m2m/rotate-secret')
    expect(rotated).toMatchObject({ status: 200, body: { client_id: 'local-m2m' } })
    const ask = async (client_secret: string) => {
      const fields = {
        grant_type: 'client_credentials',
        client_id: 'local-m2m',
        client_secret,
        audience: 'https://api.example.com',
      }
      const init = { method: 'POST', body: new URLSearchParams(fields) }
      return (await managed.tenant.fetch(`${managed.tenant.issuer}oauth/token`, init)).status
    }
    expect(await ask('local-m2m-secret')).toBe(401)
    expect(await ask(textOf(rotated.body, 'client_secret'))).toBe(200)
    expect(await managed.call('POST', '/clients/nobody/rotate-secret')).toMatchObject({ status: 404 })
  })

  test.each([
    [{}, ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'], 'client_secret_post'],
    [{ app_type: 'spa' }, ['authorization_code', 'implicit', 'refresh_token'], 'none'],
    [{ app_type: 'non_interactive' }, ['client_credentials'], 'client_secret_post'],
    [{ app_type: 'spa', grant_types: ['refresh_token'] }, ['refresh_token'], 'none'],
  ])('%j begin with %j', async (given, grantTypes, method) => {
    const created = await managed.ask('POST', '/clients', { name: 'x', ...given })
    expect(created).toMatchObject({ grant_types: grantTypes, token_endpoint_auth_method: method })
  })

  test('merge what is nested', async () => {
    const changes = {
      refresh_token: { leeway: 5 },
      jwt_configuration: { alg: 'RS256' },
      client_metadata: { a: '1', b: '2' },
    }
    await managed.ask('PATCH', '/clients/local-web', changes)
    expect(await managed.ask('PATCH', '/clients/local-web', { client_metadata: { a: null, c: '3' } })).toMatchObject({
      refresh_token: {
        leeway: 5,
        rotation_type: 'non-rotating',
        token_lifetime: 2_592_000,
        idle_token_lifetime: 1_296_000,
      },
      jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
      client_metadata: { b: '2', c: '3' },
    })
  })
})

describe('client grants', () => {
  test('decide what the token has', async () => {
    const [grant] = (await managed.call('GET', '/client-grants?client_id=local-m2m')).body as readonly object[]
    const path = `/client-grants/${textOf(grant, 'id')}`
    expect(await managed.ask('PATCH', path, { scope: ['read:data'], allow_all_scopes: null })).not.toHaveProperty(
      'allow_all_scopes',
    )
    expect(managed.tenant.state.clientGrants.get(textOf(grant, 'id'))?.scope).toEqual(['read:data'])
    expect(await managed.ask('PATCH', path, { scope: null, allow_all_scopes: true })).toMatchObject({
      scope: [],
      allow_all_scopes: true,
    })
  })

  test('for users are others than those for the client', async () => {
    const given = { client_id: 'local-m2m', audience: 'https://api.example.com', allow_all_scopes: true }
    expect((await managed.call('POST', '/client-grants', given)).status).toBe(409)
    expect(await managed.ask('POST', '/client-grants', { ...given, subject_type: 'user' })).toMatchObject({
      subject_type: 'user',
      scope: [],
    })
  })
})

describe('users', () => {
  const given = { connection: 'Username-Password-Authentication', email: 'New@Example.com', password: 'Pa55-word' }

  test('can log in with the password that they got, and then with the new one', async () => {
    const user = await managed.ask('POST', '/users', { ...given, user_id: 'mine', app_metadata: { plan: 'gold' } })
    expect(user).toMatchObject({ user_id: 'auth0|mine', email: 'new@example.com', app_metadata: { plan: 'gold' } })
    const hash = () => managed.tenant.state.users.get('auth0|mine')?.password_hash ?? ''
    expect(isPassword('Pa55-word', hash())).toBe(true)
    const changes = { password: 'other', connection: given.connection }
    const changed = await managed.call('PATCH', '/users/auth0%7Cmine', changes)
    expect(JSON.stringify(changed.body)).not.toMatch(/other|hash/)
    expect(isPassword('other', hash())).toBe(true)
  })

  test('have one email address and one id in a connection', async () => {
    await managed.ask('POST', '/users', { ...given, user_id: 'mine' })
    const again = { ...given, email: 'another@example.com', user_id: 'mine' }
    expect((await managed.call('POST', '/users', again)).status).toBe(409)
    const path = '/users/auth0%7Cmine'
    expect(await managed.call('PATCH', path, { email: 'ada@example.com' })).toMatchObject({ status: 409 })
    expect(await managed.ask('PATCH', path, { email: 'NEW@example.com', email_verified: true })).toMatchObject({
      email: 'new@example.com',
      email_verified: true,
    })
  })

  test('merge metadata at the first level', async () => {
    const path = `/users/${encodeURIComponent(userWith(managed.tenant, 'ada@example.com'))}`
    await managed.ask('PATCH', path, { app_metadata: { a: { b: 1 }, c: 2 }, user_metadata: { d: [1] } })
    expect(await managed.ask('PATCH', path, { app_metadata: { a: { e: 3 }, c: null } })).toMatchObject({
      app_metadata: { a: { e: 3 } },
      user_metadata: { d: [1] },
    })
    expect((await managed.ask('GET', path))['app_metadata']).toEqual({ a: { e: 3 } })
  })

  test('lose a name that is null', async () => {
    const path = `/users/${encodeURIComponent(userWith(managed.tenant, 'ada@example.com'))}`
    expect(await managed.ask('GET', path)).toMatchObject({ given_name: 'Ada' })
    expect(await managed.ask('PATCH', path, { given_name: null })).not.toHaveProperty('given_name')
  })

  test('no answer has a password, whatever is asked for', async () => {
    for (const path of [
      '/users',
      '/users?fields=password_hash,password,email',
      '/users-by-email?email=ada@example.com',
    ]) {
      const { body } = await managed.call('GET', path)
      expect(JSON.stringify(body)).not.toMatch(/password_hash|"password"/)
      expect(JSON.stringify(body)).toContain('ada@example.com')
    }
  })
})

describe('connections', () => {
  test('can be read, without the token that they give', async () => {
    const { state } = managed.tenant
    state.connections.put({
      id: 'con_x',
      name: 'calendar',
      strategy: 'oauth2',
      enabled_clients: [],
      access_token: 'geheim',
    })
    const { body } = await managed.call('GET', '/connections')
    expect(body).toMatchObject([
      { strategy: 'auth0', realms: ['Username-Password-Authentication'] },
      { id: 'con_x', name: 'calendar' },
    ])
    expect(JSON.stringify(body)).not.toContain('geheim')
    expect(await managed.ask('GET', '/connections/con_x')).not.toHaveProperty('access_token')
    expect(await managed.call('GET', '/connections/con_nobody')).toMatchObject({
      status: 404,
      body: { message: 'The connection does not exist', errorCode: 'inexistent_connection' },
    })
    const user = { connection: 'calendar', email: 'x@example.com', password: 'x' }
    expect((await managed.call('POST', '/users', user)).status).toBe(400)
  })
})

describe('tenants/settings', () => {
  test('can be read and changed', async () => {
    expect(await managed.ask('GET', '/tenants/settings')).toEqual({
      friendly_name: 'Local tenant',
      default_audience: '',
      support_email: '',
      session_lifetime: 168,
      flags: {},
    })
    const changes = {
      default_audience: 'https://api.example.com',
      enabled_locales: ['de'],
      flags: { enable_sso: true },
    }
    expect(await managed.ask('PATCH', '/tenants/settings', changes)).toMatchObject({
      ...changes,
      friendly_name: 'Local tenant',
    })
    const { flags } = await managed.ask('PATCH', '/tenants/settings', { flags: { other: false } })
    expect(flags).toEqual({ enable_sso: true, other: false })
    expect(await managed.ask('GET', '/tenants/settings?fields=default_audience')).toEqual({
      default_audience: 'https://api.example.com',
    })
    expect(managed.tenant.state.settings.get().show_consent).toBe(false)
  })
})

describe('keys/signing', () => {
  beforeAll(async () => {
    managed = await createManagedTenant()
  })

  type Key = Readonly<Record<string, unknown>> & { readonly kid: string; readonly cert: string }
  const list = async () => (await managed.call('GET', '/keys/signing')).body as readonly Key[]
  const publishedKids = async () => {
    const response = await managed.tenant.fetch(`${managed.tenant.issuer}.well-known/jwks.json`)
    return ((await response.json()) as { keys: readonly { kid: string }[] }).keys.map(({ kid }) => kid)
  }

  test('show each key with a certificate of it, and never the private one', async () => {
    const keys = await list()
    expect(keys.map(({ current, next }) => ({ current, next }))).toEqual([{ current: true }, { next: true }])
    const jwks = await managed.tenant.keys.published()
    for (const { kid, cert, fingerprint, thumbprint } of keys) {
      const certificate = new X509Certificate(cert)
      const { n, e } = certificate.publicKey.export({ format: 'jwk' })
      expect(jwks).toContainEqual(expect.objectContaining({ kid, n, e }))
      expect(certificate.verify(certificate.publicKey)).toBe(true)
      expect(certificate.subject).toBe('CN=tenant.test')
      expect(new Date(certificate.validFrom).getTime()).toBeLessThanOrEqual(Date.now())
      expect(new Date(certificate.validTo).getTime()).toBeGreaterThan(Date.now() + 9 * 365 * 86_400_000)
      expect({ fingerprint, thumbprint }).toEqual({
        fingerprint: certificate.fingerprint,
        thumbprint: certificate.fingerprint.replaceAll(':', ''),
      })
    }
    expect(JSON.stringify(keys)).not.toMatch(/privateJwk|PRIVATE|"d":/)
    expect(await list()).toEqual(keys)
  })

  test('rotate, and revoke what was', async () => {
    const [first, second] = await list()
    const rotated = await managed.call('POST', '/keys/signing/rotate')
    expect(rotated).toMatchObject({ status: 201, body: { kid: second?.kid, cert: second?.cert } })
    expect(await managed.ask('GET', `/keys/signing/${first?.kid}`)).toMatchObject({ previous: true, revoked: false })
    expect(await publishedKids()).toContain(first?.kid)
    const token = await managed.tokenFor(['update:signing_keys', 'read:signing_keys'])
    const revoked = await managed.call('PUT', `/keys/signing/${first?.kid}/revoke`, undefined, token)
    expect(revoked).toMatchObject({ status: 200, body: { kid: first?.kid, cert: first?.cert } })
    expect(await managed.call('PUT', `/keys/signing/${second?.kid}/revoke`, undefined, token)).toMatchObject({
      status: 400,
    })
    expect(await managed.call('PUT', '/keys/signing/nobody/revoke', undefined, token)).toMatchObject({ status: 404 })
    expect(await managed.call('GET', `/keys/signing/${first?.kid}`, undefined, token)).toMatchObject({
      body: { revoked: true, revoked_at: expect.stringMatching(/^\d{4}-/) },
    })
    expect(await publishedKids()).not.toContain(first?.kid)
  })
})

describe('logs', () => {
  beforeAll(async () => {
    managed = await createManagedTenant()
  })

  test('have what the tenant answered, the newest first', async () => {
    await managed.call('DELETE', '/roles/nobody')
    const [newest] = (await managed.call('GET', '/logs')).body as readonly object[]
    expect(newest).toMatchObject({
      log_id: expect.any(String),
      date: expect.stringMatching(/^\d{4}-/),
      type: 'fapi',
      client_id: operator.id,
      audience: managed.audience,
      description: 'The role does not exist.',
      details: { request: { method: 'DELETE', path: '/api/v2/roles/nobody' }, response: { statusCode: 404 } },
    })
    const path = `/logs/${textOf(newest, 'log_id')}`
    expect((await managed.call('GET', path)).body).toEqual(newest)
    expect(await managed.call('GET', '/logs/nobody')).toMatchObject({ status: 404 })
    const types = (await managed.call('GET', '/logs?fields=type')).body as readonly object[]
    expect(types.at(-1)).toEqual({ type: 's' })
  })

  test('go on from an entry, the oldest first', async () => {
    for (const path of ['/roles', '/clients', '/users']) await managed.call('POST', path, {})
    const all = ((await managed.call('GET', '/logs')).body as readonly object[]).toReversed()
    const first = (await managed.call('GET', '/logs?take=2')).body
    expect(first).toEqual(all.slice(0, 2))
    const next = await managed.call('GET', `/logs?take=1&from=${textOf(all[1], 'log_id')}`)
    expect(next.body).toEqual([all[2]])
    expect((await managed.call('GET', '/logs?from=nobody')).status).toBe(400)
  })

  test('of reading are none, but for failures', async () => {
    const total = async () => Object((await managed.call('GET', '/logs?include_totals=true')).body).total
    const before = await total()
    for (let times = 0; times < 3; times += 1) await managed.call('GET', '/roles')
    expect(await total()).toBe(before)
    await managed.call('GET', '/roles/nobody')
    expect(await total()).toBe(before + 1)
  })

  test('of a user are those that name the user', async () => {
    const ada = userWith(managed.tenant, 'ada@example.com')
    managed.tenant.log.add({ method: 'GET', path: '/authorize', status: 302, user_id: ada })
    const { body } = await managed.call('GET', `/users/${encodeURIComponent(ada)}/logs?include_totals=true`)
    expect(body).toMatchObject({ total: 1, logs: [{ type: 's', user_id: ada }] })
  })

  test('have no token and no secret', async () => {
    await managed.call('POST', '/users', {
      connection: 'Username-Password-Authentication',
      email: 'x@example.com',
      password: 'geheim',
    })
    const { body } = await managed.call('GET', '/logs')
    expect(JSON.stringify(body)).not.toMatch(/geheim|eyJ|a-secret/)
  })
})
