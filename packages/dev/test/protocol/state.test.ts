import { beforeEach, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { createState, entitiesOf, type TenantState } from '../../src/tenant/state.js'
import { protocolSeed } from '../support/protocol-seed.js'

const entities = entitiesOf((await createTenant('https://tenant.test/', { seed: protocolSeed })).state)
const machines = ['machine', 'bound-machine', 'stranger', 'reader']
let changes: number
let state: TenantState

beforeEach(() => {
  changes = 0
  state = createState(entities, () => {
    changes += 1
  })
})

const names = () => state.clients.list().map(({ client_id }) => client_id)

test('deletes all that are meant, and says so once', () => {
  state.clients.deleteWhere(({ app_type }) => app_type === 'non_interactive')
  expect(names()).toEqual(['page', 'bound-page', 'web', 'device', 'gateway'])
  expect(machines.map((id) => state.clients.get(id))).toEqual(machines.map(() => undefined))
  expect(changes).toBe(1)
})

test('changes all that are meant where they are, and says so once', () => {
  const before = names()
  state.clients.changeWhere(
    ({ app_type }) => app_type === 'non_interactive',
    (client) => ({ ...client, name: `New ${client.client_id}` }),
  )
  expect(names()).toEqual(before)
  expect(machines.map((id) => state.clients.get(id)?.name)).toEqual(machines.map((id) => `New ${id}`))
  expect(state.clients.get('page')).toBe(entities.clients.find(({ client_id }) => client_id === 'page'))
  expect(changes).toBe(1)
})

test('says nothing where there is nothing to do', () => {
  state.clients.deleteWhere(() => false)
  state.clients.changeWhere(
    () => false,
    (client) => ({ ...client, name: '' }),
  )
  expect(state.clients.list()).toEqual(entities.clients)
  expect(changes).toBe(0)
})
