import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  apiOf,
  audience,
  type ConsoleClient,
  clientOf,
  openConsole,
  roleOf,
  the,
  userOf,
  wordsIn,
} from './support/console-client.js'

let open: ConsoleClient

beforeAll(async () => {
  open = await openConsole()
})

beforeEach(() => open.reset())

const managementId = () => apiOf(open.tenant, 'https://tenant.test/api/v2/').id
const pathOf = () => `/console/apis/${apiOf(open.tenant).id}`

describe('the list', () => {
  test('has every API, those of the tenant’s own first', async () => {
    const { html, status } = await open.get('/console/apis')
    expect(status).toBe(200)
    expect(html.indexOf('Messages API')).toBeLessThan(html.indexOf('Auth0 Management API'))
  })

  test('says the next step where there is none', async () => {
    const bare = await openConsole({ seed: {} })
    expect(wordsIn((await bare.get('/console/apis')).html)).toContain('Create the first API')
  })
})

describe('create', () => {
  test('makes an API with the defaults', async () => {
    const { status, path } = await open.submit('/console/new-api', {
      name: ' Orders ',
      identifier: 'https://orders.test',
    })
    const made = apiOf(open.tenant, 'https://orders.test')
    expect([status, path]).toEqual([303, `/console/apis/${made.id}`])
    expect(made).toMatchObject({ name: 'Orders', scopes: [], token_dialect: 'access_token', token_lifetime: 86_400 })
  })

  test.each<readonly [name: string, fields: Record<string, string>, problem: string]>([
    ['no name', { name: ' ', identifier: 'https://x.test' }, 'Give it a name, such as Messages API.'],
    ['no identifier', { name: 'Kept' }, 'Give it an identifier, such as https://api.example.com.'],
    ['spaces', { name: 'Kept', identifier: 'a b' }, 'An identifier has no spaces.'],
    ['a taken identifier', { name: 'Kept', identifier: audience }, 'Another API has this identifier.'],
    ['too much', { name: 'Kept', identifier: 'x'.repeat(601) }, 'This is too long: 600 characters are the most.'],
  ])('tells about %s and keeps what was typed', async (_, fields, problem) => {
    const before = open.tenant.state.resourceServers.list().length
    const { status, html } = await open.submit('/console/new-api', fields)
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain(problem)
    for (const value of Object.values(fields)) expect(html).toContain(`value="${value}"`)
    expect(open.tenant.state.resourceServers.list()).toHaveLength(before)
  })

  test('shows markup that was typed as text', async () => {
    const { html } = await open.submit('/console/new-api', { name: '"><script>alert(1)</script>', identifier: '' })
    expect(html).not.toContain('<script>alert')
    expect(html).toContain('&quot;&gt;&lt;script&gt;alert(1)')
  })
})

describe('permissions', () => {
  test('are added', async () => {
    const { status, path } = await open.submit(pathOf(), { value: 'share:data', description: 'Share data' })
    expect([status, path]).toEqual([303, pathOf()])
    expect(apiOf(open.tenant).scopes.at(-1)).toEqual({ value: 'share:data', description: 'Share data' })
    expect(wordsIn((await open.get(`${pathOf()}?done=added`)).html)).toContain('share:data Share data Remove')
  })

  test.each<readonly [value: string, problem: string]>([
    ['', 'Name the permission'],
    ['two words', 'A permission has no spaces'],
    ['quo"te', 'A permission has no spaces, quotation marks or backslashes'],
    ['back\\slash', 'A permission has no spaces'],
    ['lesé', 'only ASCII letters'],
    ['read:data', 'The API has this permission already.'],
  ])('%j is refused', async (value, problem) => {
    const { status, html } = await open.submit(pathOf(), { value, description: 'Kept words' })
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain(problem)
    expect(html).toContain('value="Kept words"')
    expect(apiOf(open.tenant).scopes).toHaveLength(5)
  })

  test('are removed after a question, from roles, users and grants, too', async () => {
    const { state } = open.tenant
    const grant = the(state.clientGrants.list()[0])
    state.clientGrants.put({ ...grant, scope: ['read:messages', 'read:data'], allow_all_scopes: false })
    const question = await open.get(`${pathOf()}/remove?permission=read%3Amessages`)
    expect(wordsIn(question.html)).toContain('Remove read:messages?')
    expect(apiOf(open.tenant).scopes).toHaveLength(5)
    await open.submit(`${pathOf()}/remove`, { permission: 'read:messages' })
    expect(apiOf(open.tenant).scopes.map(({ value }) => value)).not.toContain('read:messages')
    expect(roleOf(open.tenant, 'Editor').permissions).toHaveLength(3)
    expect(userOf(open.tenant, 'rob@example.com').permissions).toEqual([])
    expect(state.clientGrants.get(grant.id)?.scope).toEqual(['read:data'])
  })

  test('of the Management API stay', async () => {
    const path = `/console/apis/${managementId()}`
    expect(wordsIn((await open.get(path)).html)).toContain('They cannot be changed.')
    expect((await open.submit(path, { value: 'more' })).status).toBe(404)
    expect((await open.submit(`${path}/remove`, { permission: 'read:clients' })).status).toBe(404)
  })
})

const settings = {
  name: 'Renamed',
  dialect: 'rfc9068_profile',
  users: 'require_client_grant',
  clients: 'deny_all',
  dpop: 'required',
  lifetime: '600',
  lifetimeForWeb: '300',
}

describe('settings', () => {
  test('are shown as they are', async () => {
    const { html } = await open.get(`${pathOf()}/settings`)
    expect(html).toMatch(/value="access_token_authz" checked/)
    expect(html).toMatch(/value="allowed" checked/)
    expect(html).toMatch(/id="rbac"[^>]*checked/)
    expect(html).toContain('value="86400"')
  })

  test('are saved, a box without a mark being a no', async () => {
    const { status, path } = await open.submit(`${pathOf()}/settings`, settings)
    expect([status, path]).toEqual([303, `${pathOf()}/settings`])
    expect(apiOf(open.tenant)).toMatchObject({
      name: 'Renamed',
      identifier: audience,
      token_dialect: 'rfc9068_profile',
      enforce_policies: false,
      allow_offline_access: false,
      subject_type_authorization: { user: { policy: 'require_client_grant' }, client: { policy: 'deny_all' } },
      proof_of_possession: { mechanism: 'dpop', required: true, required_for: 'all_clients' },
      token_lifetime: 600,
      token_lifetime_for_web: 300,
    })
  })

  test.each<readonly [mode: string, expected: unknown]>([
    ['none', undefined],
    ['allowed', { mechanism: 'dpop', required: false, required_for: 'all_clients' }],
  ])('DPoP %s', async (dpop, expected) => {
    await open.submit(`${pathOf()}/settings`, { ...settings, dpop })
    expect(apiOf(open.tenant).proof_of_possession).toEqual(expected)
  })

  test('keep what the form does not know', async () => {
    const { resourceServers } = open.tenant.state
    const mtls = { mechanism: 'mtls', required: true } as const
    resourceServers.put({ ...apiOf(open.tenant), proof_of_possession: mtls })
    await open.submit(`${pathOf()}/settings`, { ...settings, dpop: 'none' })
    expect(apiOf(open.tenant).proof_of_possession).toEqual(mtls)
    const forSome = { mechanism: 'dpop', required: true, required_for: 'public_clients' } as const
    resourceServers.put({ ...apiOf(open.tenant), proof_of_possession: forSome })
    await open.submit(`${pathOf()}/settings`, settings)
    expect(apiOf(open.tenant).proof_of_possession).toEqual(forSome)
  })

  test.each<readonly [field: string, value: string, problem: string]>([
    ['name', '', 'Give it a name'],
    ['lifetime', 'a day', 'Write a whole number of seconds, such as 3600.'],
    ['lifetime', '0', 'At least 1 second.'],
    ['lifetime', '-5', 'Write a whole number of seconds'],
    ['lifetimeForWeb', '2592001', 'At most 2592000 seconds (30 days).'],
    ['dialect', 'klingon', 'Choose one of these.'],
    ['dpop', '', 'Choose one of these.'],
  ])('%s %j is refused', async (field, value, problem) => {
    const before = apiOf(open.tenant)
    const { status, html } = await open.submit(`${pathOf()}/settings`, { ...settings, [field]: value })
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain(problem)
    expect(wordsIn(html)).toContain('Nothing has changed yet.')
    expect(apiOf(open.tenant)).toEqual(before)
  })
})

describe('delete', () => {
  test('asks on a page of its own, then takes all that names it', async () => {
    const path = pathOf()
    const question = wordsIn((await open.get(`${path}/delete`)).html)
    expect(question).toContain('Delete Messages API?')
    expect(question).toContain('5 permissions')
    expect(apiOf(open.tenant)).toBeDefined()
    const { status, path: next } = await open.submit(`${path}/delete`)
    expect([status, next]).toEqual([303, '/console/apis'])
    const { state } = open.tenant
    expect(state.resourceServers.list()).toHaveLength(1)
    expect(state.clientGrants.list().filter((grant) => grant.audience === audience)).toEqual([])
    expect(roleOf(open.tenant, 'Admin').permissions).toEqual([])
    expect(clientOf(open.tenant, 'Machine to machine')).toBeDefined()
    expect((await open.get(path)).status).toBe(404)
  })

  test('is not for the Management API', async () => {
    const path = `/console/apis/${managementId()}/delete`
    expect((await open.get(path)).status).toBe(404)
    expect((await open.submit(path)).status).toBe(404)
    expect(managementId()).toBeDefined()
  })
})
