import { beforeAll, describe, expect, test } from 'vitest'
import { createManagedTenant, type ManagedTenant, textOf } from './support/managed-tenant.js'

interface CollectionCase {
  readonly path: string
  readonly key: string
  readonly id: string
  /** What a `POST` sends. */
  readonly given: (managed: ManagedTenant) => Readonly<Record<string, unknown>>
  readonly createdStatus: number
  /** What the answers have besides what was given. */
  readonly made: Readonly<Record<string, unknown>>
  /** Members that nobody may see. */
  readonly hidden: readonly string[]
  readonly changes: Readonly<Record<string, unknown>>
  /** What the second `POST` of the same is answered with, or `undefined` where that is fine. */
  readonly conflict: object | undefined
  readonly missing: object
  readonly deletedAgainStatus: number
}

const notFound = (message: string, errorCode?: string) => ({
  statusCode: 404,
  error: 'Not Found',
  message,
  ...(errorCode === undefined ? {} : { errorCode }),
})

const taken = (message: string, errorCode?: string) => ({
  statusCode: 409,
  error: 'Conflict',
  message,
  ...(errorCode === undefined ? {} : { errorCode }),
})

const collections: readonly CollectionCase[] = [
  {
    path: '/resource-servers',
    key: 'resource_servers',
    id: 'id',
    given: () => ({ name: 'Orders', identifier: 'https://orders.test', scopes: [{ value: 'read:orders' }] }),
    createdStatus: 201,
    made: {
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      signing_alg: 'RS256',
      allow_offline_access: false,
      token_lifetime: 86_400,
      token_lifetime_for_web: 7200,
      skip_consent_for_verifiable_first_party_clients: false,
      enforce_policies: false,
      token_dialect: 'access_token',
      subject_type_authorization: { user: { policy: 'allow_all' }, client: { policy: 'require_client_grant' } },
    },
    hidden: ['signing_secret'],
    changes: { name: 'All orders', token_lifetime: 3600, token_lifetime_for_web: 600, enforce_policies: true },
    conflict: taken('A resource server with this identifier already exists.'),
    missing: notFound('The resource server does not exist', 'inexistent_resource_server'),
    deletedAgainStatus: 204,
  },
  {
    path: '/clients',
    key: 'clients',
    id: 'client_id',
    given: () => ({ name: 'Shop', app_type: 'regular_web', callbacks: ['https://shop.test/callback'] }),
    createdStatus: 201,
    made: {
      client_id: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
      client_secret: expect.stringMatching(/^[A-Za-z0-9]{64}$/),
      token_endpoint_auth_method: 'client_secret_post',
      is_first_party: true,
      oidc_conformant: true,
      jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
      allowed_logout_urls: [],
      require_proof_of_possession: false,
      organization_usage: 'allow',
    },
    hidden: ['jwks'],
    changes: { name: 'Big shop', description: 'Sells', grant_types: ['authorization_code'] },
    conflict: undefined,
    missing: notFound('The client does not exist', 'inexistent_client'),
    deletedAgainStatus: 204,
  },
  {
    path: '/client-grants',
    key: 'client_grants',
    id: 'id',
    given: () => ({ client_id: 'local-web', audience: 'https://api.example.com', scope: ['read:messages'] }),
    createdStatus: 201,
    made: { id: expect.stringMatching(/^cgr_[A-Za-z0-9]{16}$/), subject_type: 'client' },
    hidden: [],
    changes: { scope: ['read:messages', 'read:data'], organization_usage: 'allow' },
    conflict: taken('A grant of this client for this audience and subject type already exists.'),
    missing: notFound('The grant does not exist.', 'inexistent_client_grant'),
    deletedAgainStatus: 204,
  },
  {
    path: '/users',
    key: 'users',
    id: 'user_id',
    given: () => ({ connection: 'Username-Password-Authentication', email: 'new@example.com', password: 'Pa55-word' }),
    createdStatus: 201,
    made: {
      user_id: expect.stringMatching(/^auth0\|[0-9a-f]{24}$/),
      email_verified: false,
      name: 'new@example.com',
      nickname: 'new',
      picture: expect.stringMatching(/^https:\/\/s\.gravatar\.com\/avatar\/[0-9a-f]{32}/),
      identities: [
        {
          connection: 'Username-Password-Authentication',
          provider: 'auth0',
          user_id: expect.stringMatching(/^[0-9a-f]{24}$/),
          isSocial: false,
        },
      ],
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      app_metadata: {},
      user_metadata: {},
    },
    hidden: ['password', 'password_hash', 'connection', 'roles', 'permissions'],
    changes: { name: 'Nora New', blocked: true, user_metadata: { colour: 'green' } },
    conflict: taken('The user already exists.', 'auth0_idp_error'),
    missing: notFound('The user does not exist.', 'inexistent_user'),
    deletedAgainStatus: 204,
  },
  {
    path: '/roles',
    key: 'roles',
    id: 'id',
    given: () => ({ name: 'Auditor', description: 'Looks' }),
    createdStatus: 200,
    made: { id: expect.stringMatching(/^rol_[A-Za-z0-9]{16}$/) },
    hidden: ['permissions'],
    changes: { name: 'Head auditor', description: 'Looks twice' },
    conflict: taken('A role with this name already exists.'),
    missing: notFound('The role does not exist.'),
    deletedAgainStatus: 404,
  },
  {
    path: '/organizations',
    key: 'organizations',
    id: 'id',
    given: () => ({ name: 'umbrella', metadata: { plan: 'gold' } }),
    createdStatus: 201,
    made: { id: expect.stringMatching(/^org_[A-Za-z0-9]{16}$/), display_name: 'umbrella' },
    hidden: ['members'],
    changes: { display_name: 'Umbrella', branding: { logo_url: 'https://umbrella.test/logo.png' } },
    conflict: taken('An organization with this name already exists.'),
    missing: notFound('No organization found by that id or name'),
    deletedAgainStatus: 404,
  },
]

describe.each(collections)('$path', (row) => {
  const { path, key, id: idMember, createdStatus, made, hidden, changes, conflict, missing, deletedAgainStatus } = row
  let managed: ManagedTenant
  let given: Readonly<Record<string, unknown>>
  let id: string
  let created: Readonly<Record<string, unknown>>

  beforeAll(async () => {
    managed = await createManagedTenant()
    given = row.given(managed)
    const reply = await managed.call('POST', path, given)
    expect(reply.status).toBe(createdStatus)
    created = reply.body as typeof created
    id = encodeURIComponent(textOf(created, idMember))
  })

  const visible = () => {
    const { password: _, connection: __, ...shown } = given
    return shown
  }

  test('answers a POST with what was given and what was made', () => {
    expect(created).toMatchObject({ ...visible(), ...made })
    for (const name of hidden) expect(created).not.toHaveProperty(name)
  })

  test('gives one by its id', async () => {
    const { status, body } = await managed.call('GET', `${path}/${id}`)
    expect({ status, body }).toEqual({ status: 200, body: created })
  })

  test('lists it in a bare list', async () => {
    const { status, body } = await managed.call('GET', path)
    expect(status).toBe(200)
    expect(body).toContainEqual(created)
  })

  test('lists it in an object with totals', async () => {
    const bare = (await managed.call('GET', path)).body as readonly unknown[]
    const { body } = await managed.call('GET', `${path}?include_totals=true&per_page=100`)
    expect(body).toEqual({ start: 0, limit: 100, total: bare.length, [key]: bare })
  })

  test('shows the fields that are asked for', async () => {
    const only = await managed.call('GET', `${path}/${id}?fields=${idMember},name`)
    const names = [idMember, 'name'].filter((name) => name in created)
    expect(Object.keys(Object(only.body)).toSorted()).toEqual(names.toSorted())
    const others = await managed.call('GET', `${path}/${id}?fields=${idMember}&include_fields=false`)
    const { [idMember]: _, ...rest } = created
    expect(others.body).toEqual(rest)
    const listed = await managed.call('GET', `${path}?fields=${idMember}`)
    expect(listed.body).toContainEqual({ [idMember]: created[idMember] })
  })

  test('refuses the same once more', async () => {
    const { status, body } = await managed.call('POST', path, given)
    if (conflict === undefined) expect(status).toBe(createdStatus)
    else expect({ status, body }).toEqual({ status: 409, body: conflict })
  })

  test('changes what a PATCH names, and nothing else', async () => {
    const { status, body } = await managed.call('PATCH', `${path}/${id}`, changes)
    const { updated_at: _, ...before } = created
    expect(status).toBe(200)
    expect(body).toMatchObject({ ...before, ...changes })
    for (const name of hidden) expect(body).not.toHaveProperty(name)
    expect((await managed.call('GET', `${path}/${id}`)).body).toEqual(body)
  })

  test('refuses members that are not known, in POST and PATCH', async () => {
    const body = {
      statusCode: 400,
      error: 'Bad Request',
      message: "Payload validation error: 'Additional properties not allowed: surprise'.",
      errorCode: 'invalid_body',
    }
    expect(await managed.call('POST', path, { ...given, surprise: 1 })).toMatchObject({ status: 400, body })
    expect(await managed.call('PATCH', `${path}/${id}`, { surprise: 1 })).toMatchObject({ status: 400, body })
  })

  test('says what is not there', async () => {
    for (const [method, body] of [['GET'], ['PATCH', changes]] as const)
      expect(await managed.call(method, `${path}/nobody`, body)).toMatchObject({ status: 404, body: missing })
  })

  test('deletes', async () => {
    const deleted = await managed.call('DELETE', `${path}/${id}`)
    expect({ status: deleted.status, body: deleted.body }).toEqual({ status: 204, body: undefined })
    expect(await managed.call('GET', `${path}/${id}`)).toMatchObject({ status: 404, body: missing })
    expect((await managed.call('DELETE', `${path}/${id}`)).status).toBe(deletedAgainStatus)
  })
})
