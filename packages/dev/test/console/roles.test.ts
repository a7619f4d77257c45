import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiOf, audience, type ConsoleClient, openConsole, roleOf, userOf, wordsIn } from './support/console-client.js'

let open: ConsoleClient

beforeAll(async () => {
  open = await openConsole()
})

beforeEach(() => open.reset())

const pathOf = (name: string) => `/console/roles/${roleOf(open.tenant, name).id}`

test('the list says the next step where there is none', async () => {
  const bare = await openConsole({ seed: {} })
  expect(wordsIn((await bare.get('/console/roles')).html)).toContain('Create the first role')
})

describe('create', () => {
  test('makes a role without permissions', async () => {
    const { status, path } = await open.submit('/console/new-role', { name: 'Reader', description: 'Only reads' })
    expect([status, path]).toEqual([303, pathOf('Reader')])
    expect(roleOf(open.tenant, 'Reader')).toMatchObject({ description: 'Only reads', permissions: [] })
    expect(wordsIn((await open.get(pathOf('Reader'))).html)).toContain('Nobody has this role yet.')
  })

  test.each<readonly [name: string, problem: string]>([
    ['', 'Give it a name, such as Editor.'],
    ['Admin', 'Another role has this name.'],
  ])('refuses the name %j', async (name, problem) => {
    const { status, html } = await open.submit('/console/new-role', { name, description: 'Kept' })
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain(problem)
    expect(html).toContain('value="Kept"')
    expect(open.tenant.state.roles.list()).toHaveLength(2)
  })
})

describe('a role', () => {
  test('is renamed, but not to the name of another', async () => {
    const { id } = roleOf(open.tenant, 'Editor')
    await open.submit(`/console/roles/${id}`, { name: 'Editor', description: 'Words' })
    expect(roleOf(open.tenant, 'Editor')).toMatchObject({ id, description: 'Words' })
    expect((await open.submit(`/console/roles/${id}`, { name: 'Admin', description: '' })).status).toBe(422)
    await open.submit(`/console/roles/${id}`, { name: 'Author', description: '' })
    expect(roleOf(open.tenant, 'Author').permissions).toHaveLength(4)
  })

  test('has the permissions that are marked', async () => {
    const { id } = apiOf(open.tenant)
    await open.submit(`${pathOf('Editor')}/permissions`, { [id]: ['delete:data', 'made:up'] })
    expect(roleOf(open.tenant, 'Editor').permissions).toEqual([
      { resource_server_identifier: audience, permission_name: 'delete:data' },
    ])
  })

  test('shows who has it', async () => {
    expect(wordsIn((await open.get(pathOf('Editor'))).html)).toContain('eve@example.com')
  })

  test('is deleted after a question, and taken from users', async () => {
    const path = pathOf('Admin')
    expect(wordsIn((await open.get(`${path}/delete`)).html)).toContain('It is taken from 1 user')
    await open.submit(`${path}/delete`)
    expect(open.tenant.state.roles.list()).toHaveLength(1)
    expect(userOf(open.tenant, 'ada@example.com').roles).toEqual([])
    expect((await open.get(path)).status).toBe(404)
  })
})
