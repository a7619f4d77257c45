import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isPassword } from '../../src/tenant/passwords.js'
import { apiOf, audience, type ConsoleClient, openConsole, roleOf, userOf, wordsIn } from './support/console-client.js'

let open: ConsoleClient

beforeAll(async () => {
  open = await openConsole()
})

beforeEach(() => open.reset())

const pathOf = (email: string) => `/console/users/${encodeURIComponent(userOf(open.tenant, email).user_id)}`
const rob = () => userOf(open.tenant, 'rob@example.com')
const permission = (permission_name: string) => ({ resource_server_identifier: audience, permission_name })

test('the list says the next step where there is none', async () => {
  const bare = await openConsole({ seed: {} })
  expect(wordsIn((await bare.get('/console/users')).html)).toContain('Create the first user')
})

describe('create', () => {
  test('makes a user who can log in', async () => {
    const roles = [roleOf(open.tenant, 'Editor').id, 'rol_madeup']
    const fields = { email: ' Max@Example.com', name: 'Max Muster', password: ' pass word ', roles }
    const { status, path } = await open.submit('/console/new-user', fields)
    const made = userOf(open.tenant, 'max@example.com')
    expect([status, path]).toEqual([303, pathOf('max@example.com')])
    expect(made).toMatchObject({ name: 'Max Muster', given_name: 'Max', roles: [roleOf(open.tenant, 'Editor').id] })
    expect(isPassword(' pass word ', made.password_hash)).toBe(true)
  })

  test('takes the name from the address where none is given', async () => {
    await open.submit('/console/new-user', { email: 'max@example.com', name: '', password: 'x' })
    expect(userOf(open.tenant, 'max@example.com').name).toBe('max')
  })

  test.each<readonly [name: string, fields: Record<string, string>, problem: string]>([
    ['no address', { email: '', password: 'x' }, 'Give an email address'],
    ['half an address', { email: 'max@', password: 'x' }, 'This is not an email address such as ada@example.com.'],
    ['a taken address', { email: 'ADA@example.com', password: 'x' }, 'Another user has this address.'],
    ['no password', { email: 'max@example.com', password: '' }, 'Choose a password, any will do here.'],
  ])('tells about %s', async (_, fields, problem) => {
    const { status, html } = await open.submit('/console/new-user', fields)
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain(problem)
    expect(html).toContain(`value="${fields['email']}"`)
    expect(open.tenant.state.users.list()).toHaveLength(3)
  })

  test('does not send a password back', async () => {
    const { html } = await open.submit('/console/new-user', { email: '', password: 'a-secret-word' })
    expect(html).not.toContain('a-secret-word')
  })

  test('keeps marks that were set', async () => {
    const { id } = roleOf(open.tenant, 'Admin')
    const { html } = await open.submit('/console/new-user', { email: '', password: 'x', roles: id })
    expect(html).toContain(`value="${id}" checked`)
  })
})

describe('a user', () => {
  test('gets and loses roles', async () => {
    const { id } = roleOf(open.tenant, 'Editor')
    const { path } = await open.submit(`${pathOf('rob@example.com')}/roles`, { roles: [id, 'rol_madeup'] })
    expect(path).toBe(pathOf('rob@example.com'))
    expect(rob().roles).toEqual([id])
    expect(wordsIn((await open.get(pathOf('rob@example.com'))).html)).toContain('May, by roles read:messages')
    await open.submit(`${pathOf('rob@example.com')}/roles`)
    expect(rob().roles).toEqual([])
  })

  test('gets and loses permissions; those that the form does not show stay', async () => {
    const { users } = open.tenant.state
    const hidden = { resource_server_identifier: 'https://tenant.test/api/v2/', permission_name: 'read:users' }
    users.put({ ...rob(), permissions: [hidden, permission('read:messages')] })
    const { id } = apiOf(open.tenant)
    await open.submit(`${pathOf('rob@example.com')}/permissions`, { [id]: ['write:data', 'made:up'] })
    expect(rob().permissions).toEqual([hidden, permission('write:data')])
    await open.submit(`${pathOf('rob@example.com')}/permissions`)
    expect(rob().permissions).toEqual([hidden])
  })

  test('is blocked and let in again', async () => {
    await open.submit(`${pathOf('rob@example.com')}/block`, { blocked: 'yes' })
    expect(rob().blocked).toBe(true)
    expect(wordsIn((await open.get(`${pathOf('rob@example.com')}?done=blocked`)).html)).toContain(
      'Blocked: this user cannot log in.',
    )
    await open.submit(`${pathOf('rob@example.com')}/block`, { blocked: 'yes' })
    expect(rob().blocked).toBe(true)
    await open.submit(`${pathOf('rob@example.com')}/block`, { blocked: 'no' })
    expect(rob().blocked).toBe(false)
  })

  test('is deleted after a question, memberships included', async () => {
    const path = pathOf('ada@example.com')
    expect(wordsIn((await open.get(`${path}/delete`)).html)).toContain('Delete ada@example.com?')
    expect(userOf(open.tenant, 'ada@example.com')).toBeDefined()
    const { path: next } = await open.submit(`${path}/delete`)
    expect(next).toBe('/console/users')
    expect(open.tenant.state.users.list()).toHaveLength(2)
    expect(open.tenant.state.organizations.list()[0]?.members).toHaveLength(1)
    expect((await open.get(path)).status).toBe(404)
  })

  test('says the next step where there are no roles and no permissions', async () => {
    const bare = await openConsole({ seed: { users: [{ email: 'ada@example.com', password: 'x' }] } })
    const { user_id } = userOf(bare.tenant, 'ada@example.com')
    const words = wordsIn((await bare.get(`/console/users/${encodeURIComponent(user_id)}`)).html)
    expect(words).toContain('There are no roles yet. Create one')
    expect(words).toContain('No API has permissions yet.')
  })
})
