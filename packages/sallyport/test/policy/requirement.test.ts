import { beforeAll, describe, expect, it } from 'vitest'
import { InvalidOptions, type Requirement, resolveRequirement } from '../../src/index.js'
import { createHarness, type Harness } from '../support/harness.js'

describe('requirement', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness()
  })

  it.each<[requirement: Requirement, claims: Record<string, unknown>, outcome: string]>([
    [{}, {}, 'A'],
    [{ scopes: 'a' }, { scope: 'a' }, 'A'],
    [{ scopes: 'a' }, { scope: 'b' }, 'S'],
    [{ scopes: 'a' }, {}, 'S'],
    [{ scopes: 'a b' }, { scope: 'b c a' }, 'A'],
    [{ scopes: ['a', 'b'] }, { scope: 'a' }, 'S'],
    [{ anyScope: 'a b' }, { scope: 'b' }, 'A'],
    [{ anyScope: ['a', 'b'] }, { scope: 'c' }, 'S'],
    [{ permissions: ['a', 'b'] }, { permissions: ['a', 'b'] }, 'A'],
    [{ permissions: 'a b' }, { permissions: ['a'] }, 'S'],
    [{ permissions: 'a' }, { scope: 'a' }, 'S'],
    [{ anyPermission: ['a', 'b'] }, { permissions: ['b'] }, 'A'],
    [{ anyPermission: ['a', 'b'] }, { permissions: [] }, 'S'],
    [{ scopes: 'a', permissions: 'p' }, { scope: 'a' }, 'S'],
    [{ scopes: 'a', permissions: 'p' }, { scope: 'a', permissions: ['p'] }, 'A'],
    [{ optional: true, scopes: 'a' }, { scope: 'b' }, 'S'],
  ])('%j with claims %j is %s', async (requirement, claims, outcome) => {
    expect(await harness.outcome(await harness.issuer.token(claims), requirement)).toBe(outcome)
  })

  it('lets a request without credentials pass where it is optional, and nothing else', async () => {
    const { api, outcomeOf } = harness
    expect(await api.authenticate({ method: 'GET', url: '/', headers: [] }, { optional: true })).toBeUndefined()
    expect(await outcomeOf(['Authorization', 'Bearer broken'], { optional: true })).toBe('T')
    expect(await outcomeOf([], { optional: false })).toBe('-')
  })

  it.each<[name: string, requirement: unknown]>([
    ['scope', { scope: 'read:messages' }],
    ['scopes', { scopes: '' }],
    ['scopes', { scopes: [] }],
    ['scopes', { scopes: 'a  b' }],
    ['scopes', { scopes: 'a"b' }],
    ['scopes', { scopes: ['a b'] }],
    ['scopes', { scopes: 5 }],
    ['scopes', { scopes: undefined }],
    ['anyScope', { anyScope: [1] }],
    ['permissions', { permissions: null }],
    ['optional', { optional: 'yes' }],
    ['requirement', 'read:messages'],
    ['requirement', ['read:messages']],
    ['requirement', null],
    ['requirement', new Map([['scopes', 'admin']])],
    ['requirement', Object.create({ scopes: 'admin' })],
    ['resolved', { ...resolveRequirement({ scopes: 'admin' }) }],
  ])('refuses a wrong "%s" when the guard is made: %j', (name, requirement) => {
    const create = () => resolveRequirement(requirement as Requirement)
    expect(create).toThrow(InvalidOptions)
    expect(create).toThrow(expect.objectContaining({ option: name }))
  })

  it('checks a further requirement inside a handler', async () => {
    const { api, issuer } = harness
    const headers = ['Authorization', `Bearer ${await issuer.token({ scope: 'a', permissions: ['p'] })}`]
    const auth = await api.authenticate({ method: 'GET', url: '/', headers })
    expect(() => auth.require({ scopes: 'a', permissions: 'p' })).not.toThrow()
    expect(() => auth.require({ scopes: 'b' })).toThrow(expect.objectContaining({ code: 'scope_missing', scope: 'b' }))
    expect(() => auth.require({ anyPermission: ['q'] })).toThrow(
      expect.objectContaining({ code: 'permission_missing' }),
    )
    expect(() => auth.require({ scope: 'a' } as never)).toThrow(InvalidOptions)
  })
})
