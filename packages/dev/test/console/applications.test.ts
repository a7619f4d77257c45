import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiOf, audience, type ConsoleClient, clientOf, openConsole, the, wordsIn } from './support/console-client.js'

let open: ConsoleClient

beforeAll(async () => {
  open = await openConsole()
})

beforeEach(() => open.reset())

const machine = '/console/applications/local-m2m'
const page = '/console/applications/local-spa'

test('the list says the next step where there is none', async () => {
  const bare = await openConsole({ seed: {} })
  expect(wordsIn((await bare.get('/console/applications')).html)).toContain('Create the first application')
})

describe('create', () => {
  test.each<readonly [type: string, method: string, grant: string]>([
    ['spa', 'none', 'authorization_code'],
    ['native', 'none', 'urn:ietf:params:oauth:grant-type:device_code'],
    ['regular_web', 'client_secret_post', 'authorization_code'],
    ['non_interactive', 'client_secret_post', 'client_credentials'],
  ])('makes one of the type %s', async (type, method, grant) => {
    const { status, path } = await open.submit('/console/new-application', { name: 'Made here', type, api: '' })
    const made = clientOf(open.tenant, 'Made here')
    expect([status, path]).toEqual([303, `/console/applications/${made.client_id}`])
    expect(made).toMatchObject({ app_type: type, token_endpoint_auth_method: method })
    expect(made.grant_types).toContain(grant)
  })

  test('makes an API that acts for its callers', async () => {
    const api = apiOf(open.tenant)
    await open.submit('/console/new-application', { name: 'Made here', type: 'resource_server', api: api.id })
    expect(clientOf(open.tenant, 'Made here')).toMatchObject({
      resource_server_identifier: audience,
      token_exchange: { allow_any_profile_of_type: ['on_behalf_of_token_exchange'] },
    })
  })

  test.each<readonly [name: string, fields: Record<string, string>, problem: string]>([
    ['no name', { name: '', type: 'native' }, 'Give it a name'],
    ['no type', { name: 'Kept' }, 'Choose one of these.'],
    ['an unknown type', { name: 'Kept', type: 'toaster' }, 'Choose one of these.'],
    ['an API that is none', { name: 'Kept', type: 'resource_server', api: '' }, 'Choose the API that it is.'],
  ])('tells about %s', async (_, fields, problem) => {
    const before = open.tenant.state.clients.list().length
    const { status, html } = await open.submit('/console/new-application', fields)
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain(problem)
    expect(html).toContain(`value="${fields['name']}"`)
    expect(open.tenant.state.clients.list()).toHaveLength(before)
  })
})

describe('the secret', () => {
  test('is in the page only when somebody asks', async () => {
    expect((await open.get(machine)).html).not.toContain('local-m2m-secret')
    expect((await open.submit(machine, { name: '' })).html).not.toContain('local-m2m-secret')
    const shown = await open.submit(`${machine}/secret`)
    expect(shown.status).toBe(200)
    expect(shown.html).toContain('local-m2m-secret')
  })

  test('is not there for an application that has none', async () => {
    const { client_secret: secret } = clientOf(open.tenant, 'Single-page app')
    expect(wordsIn((await open.get(page)).html)).toContain('None: it runs where it could not keep one.')
    expect((await open.submit(`${page}/secret`)).html).not.toContain(secret)
  })

  test('is a new one after a question', async () => {
    expect(wordsIn((await open.get(`${machine}/rotate`)).html)).toContain('The present one stops working at once')
    const { path } = await open.submit(`${machine}/rotate`)
    expect(path).toBe(machine)
    const token = (client_secret: string) =>
      open.tenant.fetch('https://tenant.test/oauth/token', {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: 'local-m2m',
          client_secret,
          audience,
        }),
      })
    expect((await token('local-m2m-secret')).status).toBe(401)
    expect((await token(clientOf(open.tenant, 'Machine to machine').client_secret)).status).toBe(200)
  })
})

const settings = {
  name: 'Renamed',
  grants: ['authorization_code', 'refresh_token'],
  callbacks: '',
  logoutUrls: '',
  webOrigins: '',
}

describe('settings', () => {
  test('are saved, an address on each line', async () => {
    const { status } = await open.submit(page, {
      ...settings,
      dpop: 'on',
      callbacks: 'http://localhost:3000/callback\r\n  com.example.app:/callback\r\n\r\nhttp://localhost:3000/callback',
      logoutUrls: 'http://localhost:3000',
      webOrigins: 'http://localhost:3000\nhttps://app.example',
    })
    expect(status).toBe(303)
    expect(clientOf(open.tenant, 'Renamed')).toMatchObject({
      client_id: 'local-spa',
      callbacks: ['http://localhost:3000/callback', 'com.example.app:/callback'],
      allowed_logout_urls: ['http://localhost:3000'],
      web_origins: ['http://localhost:3000', 'https://app.example'],
      require_proof_of_possession: true,
      // "implicit" is none of those that the form shows.
      grant_types: ['implicit', 'authorization_code', 'refresh_token'],
    })
  })

  test('take no grant type that nobody knows', async () => {
    await open.submit(page, { ...settings, grants: ['made_up', 'refresh_token'] })
    expect(clientOf(open.tenant, 'Renamed').grant_types).toEqual(['implicit', 'refresh_token'])
  })

  test.each<readonly [field: string, value: string, problem: string]>([
    ['name', '', 'Give it a name'],
    ['callbacks', 'http://localhost:3000\nlocalhost', '“localhost” is not of the kind http://localhost:3000/callback.'],
    ['callbacks', 'http://localhost:3000/#part', '“http://localhost:3000/#part” is not of the kind'],
    ['callbacks', 'javascript://%0aalert(1)', '“javascript://%0aalert(1)” is not of the kind'],
    ['callbacks', 'JavaScript:/*x*/alert(1)', 'is not of the kind'],
    ['logoutUrls', 'data:/text', '“data:/text” is not of the kind'],
    ['webOrigins', 'http://localhost:3000/', '“http://localhost:3000/” is not of the kind'],
    ['webOrigins', 'http://localhost:3000/path', 'without a path or a slash at the end'],
    ['webOrigins', 'com.example.app:/', 'is not of the kind'],
  ])('%s %j is refused', async (field, value, problem) => {
    const before = clientOf(open.tenant, 'Single-page app')
    const { status, html } = await open.submit(page, { ...settings, [field]: value })
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain(problem)
    expect(wordsIn(html)).toContain(value.replaceAll('\n', ' '))
    expect(clientOf(open.tenant, 'Single-page app')).toEqual(before)
  })
})

const grantsOf = (clientId: string) =>
  open.tenant.state.clientGrants.list().filter(({ client_id }) => client_id === clientId)

describe('API access', () => {
  test('says the next step where there is none', async () => {
    expect(wordsIn((await open.get(`${page}/access`)).html)).toContain('No grants yet')
  })

  test('is given for all permissions, then narrowed to some, then to none', async () => {
    const { status, path } = await open.submit(`${page}/access`, { api: audience, subject: 'user' })
    const { id } = the(grantsOf('local-spa')[0])
    expect([status, path]).toEqual([303, `${page}/access/${id}`])
    expect(grantsOf('local-spa')).toMatchObject([{ audience, subject_type: 'user', scope: [], allow_all_scopes: true }])
    const permissions = ['write:data', 'read:data', 'made:up']
    await open.submit(`${page}/access/${id}`, { extent: 'some', permissions })
    expect(grantsOf('local-spa')).toEqual([
      { id, client_id: 'local-spa', audience, subject_type: 'user', scope: ['read:data', 'write:data'] },
    ])
    expect((await open.get(`${page}/access/${id}`)).html).toMatch(/value="read:data" checked/)
    await open.submit(`${page}/access/${id}`, { extent: 'some' })
    expect(grantsOf('local-spa')).toMatchObject([{ scope: [] }])
    await open.submit(`${page}/access/${id}`, { extent: 'all', permissions })
    expect(grantsOf('local-spa')).toMatchObject([{ scope: [], allow_all_scopes: true }])
  })

  test.each<readonly [name: string, fields: Record<string, string>, problem: string]>([
    ['twice', { api: audience, subject: 'client' }, 'It has this grant already: edit it above.'],
    ['for nothing', { api: '', subject: 'client' }, 'Choose an API.'],
    ['for nobody', { api: audience, subject: 'dog' }, 'Choose one of these.'],
  ])('is not given %s', async (_, fields, problem) => {
    const { status, html } = await open.submit(`${machine}/access`, fields)
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain(problem)
    expect(grantsOf('local-m2m')).toHaveLength(1)
  })

  test('wants an answer about its extent', async () => {
    const { id } = the(grantsOf('local-m2m')[0])
    const { status, html } = await open.submit(`${machine}/access/${id}`, { extent: 'most' })
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain('Choose one of these.')
  })

  test('is taken after a question', async () => {
    const { id } = the(grantsOf('local-m2m')[0])
    expect(wordsIn((await open.get(`${machine}/access/${id}/remove`)).html)).toContain(
      'Remove the grant for Messages API?',
    )
    expect(grantsOf('local-m2m')).toHaveLength(1)
    await open.submit(`${machine}/access/${id}/remove`)
    expect(grantsOf('local-m2m')).toEqual([])
  })

  test('is not reached through another application', async () => {
    const { id } = the(grantsOf('local-m2m')[0])
    expect((await open.get(`${page}/access/${id}`)).status).toBe(404)
    expect((await open.submit(`${page}/access/${id}/remove`)).status).toBe(404)
    expect(grantsOf('local-m2m')).toHaveLength(1)
  })
})

test('delete asks first, then takes the grants with it', async () => {
  expect(wordsIn((await open.get(`${machine}/delete`)).html)).toContain('Delete Machine to machine?')
  expect(grantsOf('local-m2m')).toHaveLength(1)
  const { path } = await open.submit(`${machine}/delete`)
  expect(path).toBe('/console/applications')
  expect(open.tenant.state.clients.get('local-m2m')).toBeUndefined()
  expect(grantsOf('local-m2m')).toEqual([])
  expect((await open.get(machine)).status).toBe(404)
})
