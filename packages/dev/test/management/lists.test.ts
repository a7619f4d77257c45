import { beforeAll, describe, expect, test } from 'vitest'
import { createManagedTenant, type ManagedTenant, textOf, userWith } from './support/managed-tenant.js'

let managed: ManagedTenant

beforeAll(async () => {
  managed = await createManagedTenant()
  for (let number = 0; number < 7; number += 1) {
    await managed.ask('POST', '/roles', { name: `Role ${number}` })
    await managed.ask('POST', '/organizations', { name: `org-${number}`, display_name: `Name ${9 - number}` })
  }
})

async function namesOf(path: string, member = 'name'): Promise<readonly string[]> {
  const { status, body } = await managed.call('GET', path)
  if (status !== 200 || !Array.isArray(body)) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
  return body.map((item) => textOf(item, member))
}

describe('offsets', () => {
  test.each([
    ['page=0&per_page=3', ['Editor', 'Admin', 'Role 0']],
    ['page=2&per_page=3', ['Role 4', 'Role 5', 'Role 6']],
    ['page=3&per_page=3', []],
    ['page=1&per_page=5', ['Role 3', 'Role 4', 'Role 5', 'Role 6']],
    ['per_page=0', []],
  ])('roles?%s', async (query, names) => {
    expect(await namesOf(`/roles?${query}`)).toEqual(names)
    const { body } = await managed.call('GET', `/roles?${query}&include_totals=true`)
    const limit = Number(new URLSearchParams(query).get('per_page'))
    const start = limit * Number(new URLSearchParams(query).get('page') ?? 0)
    expect(body).toMatchObject({ start, limit, total: 9 })
    expect(textsOf(body, 'roles')).toEqual(names)
  })

  test('50 is the size of a page that nobody names', async () => {
    expect((await managed.call('GET', '/roles?include_totals=true')).body).toMatchObject({
      start: 0,
      limit: 50,
      total: 9,
    })
  })
})

function textsOf(body: unknown, key: string): readonly string[] {
  const list = (Object(body) as Record<string, unknown>)[key]
  if (!Array.isArray(list)) throw new Error(`No ${key} in ${JSON.stringify(body)}`)
  return list.map((item) => textOf(item, 'name'))
}

describe('checkpoints', () => {
  test('lead through all, once', async () => {
    const seen: string[] = []
    let next: unknown = ''
    while (typeof next === 'string') {
      const from: string = next === '' ? '' : `&from=${encodeURIComponent(next)}`
      const { body } = await managed.call('GET', `/organizations?take=3${from}`)
      expect(Object.keys(Object(body))).toEqual(
        next === '' || 'next' in Object(body) ? ['organizations', 'next'] : ['organizations'],
      )
      seen.push(...textsOf(body, 'organizations'))
      next = Object(body).next
    }
    expect(seen).toEqual(['acme', 'org-0', 'org-1', 'org-2', 'org-3', 'org-4', 'org-5', 'org-6'])
  })

  test('lead on when what was listed is deleted meanwhile', async () => {
    const { ask } = await createManagedTenant()
    for (const name of ['one', 'two', 'three']) await ask('POST', '/organizations', { name })
    const first = await ask('GET', '/organizations?take=2')
    for (const organization of first['organizations'] as readonly unknown[])
      await ask('DELETE', `/organizations/${textOf(organization, 'id')}`)
    const second = await ask('GET', `/organizations?take=2&from=${textOf(first, 'next')}`)
    expect(textsOf(second, 'organizations')).toEqual(['two', 'three'])
    expect(second).not.toHaveProperty('next')
  })

  test.each(['client-grants', 'organizations', 'connections'])('%s', async (collection) => {
    const { body } = await managed.call('GET', `/${collection}?take=1`)
    const key = collection.replace('-', '_')
    expect(Object(body)[key]).toHaveLength(1)
  })

  test('are not for a collection that has pages alone', async () => {
    expect(await managed.call('GET', '/clients?take=1')).toMatchObject({
      status: 400,
      body: {
        message: "Query validation error: 'Additional properties not allowed: take'.",
        errorCode: 'invalid_query_string',
      },
    })
  })
})

describe('a query that is wrong', () => {
  test.each([
    ['/roles?page=x', 'Expected type integer but found type string', 'page'],
    ['/roles?page=-1', 'Expected type integer but found type string', 'page'],
    ['/roles?per_page=101', 'Value is greater than maximum 100', 'per_page'],
    ['/organizations?take=0', 'Value is less than minimum 1', 'take'],
    ['/organizations?take=1&from=nowhere', 'The checkpoint is not known', 'from'],
    ['/roles?include_totals=yes', 'Expected type boolean but found type string', 'include_totals'],
    ['/roles?include_fields=1&fields=id', 'Expected type boolean but found type string', 'include_fields'],
    ['/roles?page=0&page=1', 'Expected one value', 'page'],
    ['/users?sort=email', 'Expected field:1 or field:-1', 'sort'],
    ['/users?q=(a', 'The local tenant searches for field:value, joined by AND, OR and NOT', 'q'],
    ['/users?q=ada', 'The local tenant searches for field:value, joined by AND, OR and NOT', 'q'],
    ['/users?q=email:a%20name:b', 'The local tenant searches for field:value, joined by AND, OR and NOT', 'q'],
  ])('%s', async (path, what, parameter) => {
    expect(await managed.call('GET', path)).toMatchObject({
      status: 400,
      body: {
        statusCode: 400,
        error: 'Bad Request',
        message: `Query validation error: '${what}' on property ${parameter}.`,
        errorCode: 'invalid_query_string',
      },
    })
  })

  test.each([
    ['GET', '/roles?colour=red', 'colour'],
    ['GET', '/roles/nobody?page=1', 'page'],
    ['DELETE', '/roles/nobody?force=true', 'force'],
  ])('%s %s: a parameter that nobody knows', async (method, path, parameter) => {
    const message = `Query validation error: 'Additional properties not allowed: ${parameter}'.`
    expect(await managed.call(method, path)).toMatchObject({ status: 400, body: { message } })
  })

  test.each([
    ['/clients?q=name:x', 'q'],
    ['/client-grants?default_for=third_party_clients', 'default_for'],
    ['/logs?search=x', 'search'],
  ])('%s: a filter that Auth0 alone has', async (path, parameter) => {
    const message = `The local tenant does not serve the query parameter ${parameter}.`
    expect(await managed.call('GET', path)).toMatchObject({ status: 501, body: { message } })
  })
})

describe('filters', () => {
  test.each([
    ['/resource-servers?identifiers=https://api.example.com', 'identifier', ['https://api.example.com']],
    [
      '/resource-servers?identifiers=https://api.example.com&identifiers=https://tenant.test/api/v2/',
      'identifier',
      ['https://tenant.test/api/v2/', 'https://api.example.com'],
    ],
    ['/clients?app_type=spa,native', 'client_id', ['local-spa', 'local-native']],
    ['/clients?is_first_party=false', 'client_id', []],
    ['/clients?is_global=true', 'client_id', []],
    ['/clients?is_global=false&app_type=spa', 'client_id', ['local-spa']],
    ['/client-grants?client_id=local-m2m', 'audience', ['https://api.example.com']],
    ['/client-grants?audience=https://api.example.com', 'client_id', ['local-m2m', 'local-reader']],
    ['/client-grants?subject_type=user', 'client_id', []],
    ['/client-grants?audience=https://api.example.com&client_id=local-web', 'client_id', []],
    ['/roles?name_filter=role%206', 'name', ['Role 6']],
    ['/connections?strategy=auth0', 'name', ['Username-Password-Authentication']],
    ['/connections?name=other', 'name', []],
    ['/users?connection=elsewhere', 'email', []],
    ['/users?sort=email:-1&fields=email', 'email', ['rob@example.com', 'eve@example.com', 'ada@example.com']],
    ['/users?sort=email:1&per_page=1&page=1', 'email', ['eve@example.com']],
    ['/organizations?sort=display_name:1&per_page=2', 'display_name', ['Acme', 'Name 3']],
    ['/users-by-email?email=Ada@Example.com', 'email', ['ada@example.com']],
    ['/users-by-email?email=nobody@example.com', 'email', []],
    ['/users?q=email:"ada@example.com"&search_engine=v3', 'email', ['ada@example.com']],
    ['/users?q=name:E*', 'email', ['eve@example.com']],
    ['/users?q=email:eve* OR name:"rob reader"', 'email', ['eve@example.com', 'rob@example.com']],
    ['/users?q=email:*example.com AND NOT name:Ada* AND NOT nickname:rob', 'email', ['eve@example.com']],
    ['/users?q=-email:rob* AND -email:eve*', 'email', ['ada@example.com']],
    ['/users?q=identities.connection:Username-Password-Authentication AND name:Ada*', 'email', ['ada@example.com']],
    ['/users?q=_exists_:blocked', 'email', []],
    ['/users?q=password_hash:*', 'email', []],
    ['/users?q=roles:*', 'email', []],
  ])('%s', async (path, member, wanted) => {
    expect(await namesOf(path, member)).toEqual(wanted)
  })

  test('no more than ten identifiers', async () => {
    const query = Array.from({ length: 11 }, (_, number) => `identifiers=${number}`).join('&')
    expect((await managed.call('GET', `/resource-servers?${query}`)).status).toBe(400)
  })

  test('users-by-email wants an address, and gives a bare list', async () => {
    expect((await managed.call('GET', '/users-by-email')).status).toBe(400)
    const { body } = await managed.call('GET', '/users-by-email?email=ada@example.com&fields=user_id')
    expect(body).toEqual([{ user_id: userWith(managed.tenant, 'ada@example.com') }])
  })
})
