import { beforeAll, describe, expect, it } from 'vitest'
import { type Auth, answerTo, RequestRefused, type Requirement } from '../../src/index.js'
import { readDelegationChain } from '../../src/token/actor.js'
import { createHarness, type Harness, type HarnessOptions, type Outcome } from '../support/harness.js'

type Claims = Readonly<Record<string, unknown>>

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }

describe('D. Rights, delegation and confirmation', () => {
  let harness: Harness
  let strict: Harness
  beforeAll(async () => {
    harness = await createHarness(fast)
    strict = await createHarness({ ...fast, tokenProfile: 'rfc9068' })
  })

  async function outcomeOf(claims: Claims, requirement?: Requirement, at: Harness = harness): Promise<Outcome> {
    return at.outcome(await at.issuer.token(claims), requirement)
  }

  it.each<[string, Outcome]>([
    ['read:messages', 'A'],
    ['openid read:messages', 'A'],
    ['read:messages openid', 'A'],
    ['openid  read:messages', 'A'],
    [' read:messages', 'A'],
    ['read:messages ', 'A'],
    ['openid\tread:messages', 'S'],
    ['openid\nread:messages', 'S'],
    ['openid\u00a0read:messages', 'S'],
    ['openid,read:messages', 'S'],
    ['openid+read:messages', 'S'],
    ['"read:messages"', 'S'],
    ['', 'S'],
    [' ', 'S'],
  ])('D19 splits the scope %j at spaces only', async (scope, outcome) => {
    expect(await outcomeOf({ scope }, { scopes: 'read:messages' })).toBe(outcome)
    expect(await outcomeOf({ scope }, { scopes: 'read:messages' }, strict)).toBe(outcome)
  })
  it.for([['read:messages'], 1, null, true, { 'read:messages': true }])(
    'D19 takes the scope %j for none, and refuses it in the rfc9068 profile',
    async (scope) => {
      expect(await outcomeOf({ scope })).toBe('A')
      expect(await outcomeOf({ scope }, { scopes: 'read:messages' })).toBe('S')
      expect(await outcomeOf({ scope }, { anyScope: ['read:messages', 'openid'] })).toBe('S')
      expect(await outcomeOf({ scope }, {}, strict)).toBe('T')
    },
  )

  it.each([
    ['read:messages', 'read:message'],
    ['read:message', 'read:messages'],
    ['read:messages', 'READ:MESSAGES'],
    ['read:messages', 'read:'],
    ['read:messages', 'read:*'],
    ['read:*', 'read:messages'],
    ['*', 'read:messages'],
    ['read', 'read:messages'],
  ])('D20 does not take the scope %j for %j', async (scope, wanted) => {
    expect(await outcomeOf({ scope }, { scopes: wanted })).toBe('S')
    expect(await outcomeOf({ scope }, { anyScope: wanted })).toBe('S')
    expect(await outcomeOf({ permissions: [scope] }, { permissions: wanted })).toBe('S')
  })

  it.for([
    'delete:users',
    { 0: 'delete:users', length: 1 },
    ['delete:users', 1],
    ['delete:users', null],
    ['delete:users', ['x']],
    [['delete:users']],
    ['read:users delete:users'],
    null,
    true,
    1,
    [],
    undefined,
  ])('D21 reads no permission out of %j', async (permissions) => {
    expect(await outcomeOf({ permissions })).toBe('A')
    expect(await outcomeOf({ permissions }, { permissions: 'delete:users' })).toBe('S')
    expect(await outcomeOf({ permissions }, { anyPermission: ['delete:users', 'read:users'] })).toBe('S')
  })
  it('D21 reads permissions from a list of strings, and never from the scope', async () => {
    expect(await outcomeOf({ permissions: ['read:users', 'delete:users'] }, { permissions: 'delete:users' })).toBe('A')
    expect(await outcomeOf({ scope: 'delete:users' }, { permissions: 'delete:users' })).toBe('S')
    expect(await outcomeOf({ permissions: ['delete:users'] }, { scopes: 'delete:users' })).toBe('S')
  })

  it.for([
    null,
    'service',
    1,
    true,
    [],
    [{ sub: 'service' }],
    {},
    { sub: '' },
    { sub: 1 },
    { sub: null },
    { sub: ['x'] },
  ])('D23 admits the request and refuses to read the act %j', async (act) => {
    const auth = await authOf({ act })
    expectActorRefused(() => auth.actor)
    expectActorRefused(() => auth.delegationChain)
    const below = await authOf({ act: { sub: 'service', act } })
    expectActorRefused(() => below.actor)
  })
  it('D23 reads 16 delegations, the current actor first, and refuses 17', async () => {
    const longest = await authOf({ act: delegations(16) })
    expect(longest.actor?.sub).toBe('actor-16')
    expect(longest.delegationChain.map(({ sub }) => sub).slice(-2)).toEqual(['actor-2', 'actor-1'])
    expect(longest.delegationChain).toHaveLength(16)
    for (const depth of [17, 60]) {
      const auth = await authOf({ act: delegations(depth) })
      expectActorRefused(() => auth.actor)
    }
  })
  it('D23 refuses 2 000 delegations, in a token and out of one', async () => {
    expect(await outcomeOf({ act: delegations(64) })).toBe('T')
    expect(await outcomeOf({ act: delegations(2000) })).toBe('T')
    expectActorRefused(() => readDelegationChain(delegations(2000)))
    const cycle: Record<string, unknown> = { sub: 'service' }
    cycle['act'] = cycle
    expectActorRefused(() => readDelegationChain(cycle))
  })
  it('D23 knows no actor without act', async () => {
    const auth = await authOf({})
    expect(auth.actor).toBeUndefined()
    expect(auth.delegationChain).toEqual([])
  })

  const thumbprint = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
  const certificate = 'A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0'

  it.for([null, [], 'jkt', {}, 0, '', false, true, [{ jkt: thumbprint }]])('D25 refuses cnf %j', (cnf) =>
    expectBound(cnf),
  )

  it.for([1, [thumbprint], null, '', true, {}, thumbprint.replace('-', '+'), `${thumbprint}=`, thumbprint.slice(1)])(
    'D26 refuses cnf.jkt %j',
    (jkt) => expectBound({ jkt }),
  )

  it('D27 refuses a cnf with two methods, of which none is proved', () =>
    expectBound({ jkt: thumbprint, 'x5t#S256': certificate }, 'bound_token_as_bearer'))

  it.for<object>([
    { jwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } },
    { jwe: 'a.b.c.d.e' },
    { kid: 'key' },
    { jku: 'https://evil.test/jwks.json' },
    { kid: 'key', jku: 'https://evil.test/jwks.json' },
    { 'x5t#S256': certificate, kid: 'key' },
    { 'x5t#S256': `${certificate.slice(0, -1)}1` },
    { unknown: true },
    { JKT: thumbprint },
    { toString: thumbprint },
  ])('D28 refuses cnf %j, and fetches nothing', (cnf) => expectBound(cnf))

  async function expectBound(cnf: unknown, code = 'confirmation_refused'): Promise<void> {
    expect(await outcomeOf({})).toBe('A')
    const fetches = harness.fetches()
    const token = await harness.issuer.token({ cnf })
    for (const requirement of [{}, {}, { optional: true }]) {
      expect(await harness.outcome(token, requirement)).toBe('T')
      expect(harness.events.at(-1)).toMatchObject({ code })
    }
    expect(harness.fetches()).toBe(fetches)
  }

  async function authOf(claims: Claims): Promise<Auth> {
    const headers = ['Authorization', `Bearer ${await harness.issuer.token(claims)}`]
    return harness.api.authenticate({ method: 'GET', url: '/resource', headers })
  }
})

function expectActorRefused(read: () => unknown): void {
  expect(read).toThrow(RequestRefused)
  try {
    read()
  } catch (error) {
    expect(error).toMatchObject({ code: 'actor_malformed' })
    const offer = { errorProfile: 'rfc', schemes: ['Bearer'], proofAlgorithms: [] } as const
    expect(answerTo(error, offer)).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
  }
}

function delegations(depth: number): object {
  let act: object = { sub: 'actor-1' }
  for (let level = 2; level <= depth; level += 1) act = { sub: `actor-${level}`, act }
  return act
}
