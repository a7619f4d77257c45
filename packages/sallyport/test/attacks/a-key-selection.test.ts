import { beforeAll, describe, expect, it } from 'vitest'
import { createTestKey, type TestKey } from '../../src/testing/index.js'
import { createHarness, type Harness } from '../support/harness.js'

describe('A. Which key a token is checked with', () => {
  let keys: readonly TestKey[]
  beforeAll(async () => {
    keys = await Promise.all(Array.from({ length: 6 }, () => createTestKey('ES256')))
  })

  const keyAt = (index: number) => keys[index] as TestKey

  /** A resource server whose issuer publishes these members and nothing else. */
  async function publishing(members: readonly object[]): Promise<Harness> {
    const harness = await createHarness({ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } })
    harness.issuer.publish(members)
    await harness.api.warmUp()
    return harness
  }

  async function outcomeWith(members: readonly object[], key: TestKey, header: Readonly<Record<string, unknown>>) {
    const harness = await publishing(members)
    return harness.outcome(await harness.issuer.token({}, { key, header }))
  }

  it.each([
    ['an EC key', () => keyAt(0).publicJwk],
    ['an oct key', () => ({ kty: 'oct', k: 'c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0' })],
    ['an OKP key', () => ({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' })],
    ['a key of an unknown type', () => ({ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' })],
    ['something that is no key', () => ({})],
  ])('A30 accepts the second key of a kid when the first is %s', async (_, first) => {
    const harness = await createHarness({ algorithms: ['RS256', 'ES256'] })
    const kid = 'shared'
    harness.issuer.publish([
      { ...first(), kid },
      { ...harness.issuer.currentKey().publicJwk, kid },
    ])
    expect(await harness.outcome(await harness.issuer.token({}, { header: { kid } }))).toBe('A')
  })

  it.each([1, 2, 3, 4])('A31 accepts the key that is number %i of its kid', async (position) => {
    const members = keys.map(({ publicJwk }) => ({ ...publicJwk, kid: 'shared' }))
    expect(await outcomeWith(members, keyAt(position - 1), { kid: 'shared' })).toBe('A')
  })

  it.each([5, 6])('A31 refuses the key that is number %i of its kid', async (position) => {
    const members = keys.map(({ publicJwk }) => ({ ...publicJwk, kid: 'shared' }))
    expect(await outcomeWith(members, keyAt(position - 1), { kid: 'shared' })).toBe('T')
  })

  it('A31 does not count keys of another kid or another algorithm', async () => {
    const members = keys.map(({ publicJwk }, index) => ({ ...publicJwk, kid: index < 4 ? `other-${index}` : 'shared' }))
    expect(await outcomeWith(members, keyAt(5), { kid: 'shared' })).toBe('A')
  })

  it('A32 accepts a token without kid when one key is usable', async () => {
    const one = keyAt(0).publicJwk
    const unusable = [
      { ...keyAt(1).publicJwk, use: 'enc' },
      { ...keyAt(2).publicJwk, alg: 'ES521' },
      { kty: 'oct', k: 'c2VjcmV0', kid: 'oct' },
    ]
    expect(await outcomeWith([one], keyAt(0), { kid: undefined })).toBe('A')
    expect(await outcomeWith([...unusable, one], keyAt(0), { kid: undefined })).toBe('A')
    const { kid: _, ...unnamed } = one
    expect(await outcomeWith([unnamed], keyAt(0), { kid: undefined })).toBe('A')
  })

  it('A33 refuses a token without kid when two keys are usable', async () => {
    const two = [keyAt(0).publicJwk, keyAt(1).publicJwk]
    expect(await outcomeWith(two, keyAt(0), { kid: undefined })).toBe('T')
    expect(await outcomeWith(two, keyAt(1), { kid: undefined })).toBe('T')
    const unnamed = two.map(({ kid: _, ...jwk }) => jwk)
    expect(await outcomeWith(unnamed, keyAt(0), { kid: undefined })).toBe('T')
  })

  it.each([1, 0, null, true, [], ['test-key-1'], {}, { kid: 'test-key-1' }].map((kid) => ({ kid })))(
    'A34 refuses kid $kid',
    async ({ kid }) => {
      expect(await outcomeWith([keyAt(0).publicJwk], keyAt(0), { kid })).toBe('T')
      expect(await outcomeWith([{ ...keyAt(0).publicJwk, kid: String(kid) }], keyAt(0), { kid })).toBe('T')
    },
  )

  const strangeKids = [
    '../../dev/null',
    "' OR 1=1--",
    '*)(uid=*',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '',
    '\u0000',
    'test-key\u0000',
    '\u202ekey',
    'te\u200bst',
    '\ud800',
    'k'.repeat(300),
    'k'.repeat(100_000),
  ]

  it.each(strangeKids)('A35 refuses the unknown kid %j after one bounded lookup', async (kid) => {
    const harness = await publishing([keyAt(0).publicJwk])
    harness.clock.advance(31)
    const token = await harness.issuer.token({}, { key: keyAt(0), header: { kid } })
    const fetches = harness.fetches()
    expect(await harness.outcome(token)).toBe('T')
    expect(await harness.outcome(token)).toBe('T')
    expect(harness.fetches() - fetches).toBeLessThanOrEqual(1)
    const refusal = harness.events.findLast(({ type }) => type === 'request.refused')
    if (refusal !== undefined && 'kid' in refusal) expect(refusal.kid).toMatch(/^[A-Za-z0-9._~%-]{0,64}$/)
    expect(await harness.outcome(await harness.issuer.token({}, { key: keyAt(0) }))).toBe('A')
  })

  it.each(strangeKids.filter((kid) => kid.length <= 256 && kid.isWellFormed()))(
    'A35 accepts the kid %j where the issuer publishes just that',
    async (kid) => {
      const members = [{ ...keyAt(0).publicJwk, kid }, keyAt(1).publicJwk]
      expect(await outcomeWith(members, keyAt(0), { kid })).toBe('A')
      expect(await outcomeWith(members, keyAt(1), { kid })).toBe('T')
    },
  )

  it.each([
    { published: 'cl\u00e9', asked: 'cle\u0301' },
    { published: 'cle\u0301', asked: 'cl\u00e9' },
    { published: 'key', asked: 'KEY' },
    { published: 'key', asked: 'key ' },
    { published: '\u212b', asked: '\u00c5' },
  ])('A36 refuses the kid $asked where $published is published', async ({ published, asked }) => {
    const members = [{ ...keyAt(0).publicJwk, kid: published }]
    expect(await outcomeWith(members, keyAt(0), { kid: published })).toBe('A')
    expect(await outcomeWith(members, keyAt(0), { kid: asked })).toBe('T')
  })

  it('A38 refuses a key of one issuer on a token of another with the same kid', async () => {
    const second = await createHarness({ testIssuer: { issuer: 'https://second.test/' } })
    const first = await createHarness({
      domains: ['first.test', 'second.test'],
      testIssuer: { issuer: 'https://first.test/' },
      fetch: (input, init) => (isAt('second.test', input) ? second : first).issuer.fetch(input, init),
    })
    const kid = 'the-same-kid'
    for (const { issuer } of [first, second]) issuer.publish([{ ...issuer.currentKey().publicJwk, kid }])
    const header = { kid }
    expect(await first.outcome(await first.issuer.token({}, { header }))).toBe('A')
    expect(await first.outcome(await second.issuer.token({}, { header }))).toBe('A')
    for (const [claimed, signing] of [
      [first, second],
      [second, first],
    ] as const) {
      const iss = claimed.issuer.issuer
      expect(await first.outcome(await signing.issuer.token({ iss }, { header }))).toBe('T')
    }
  })
})

function isAt(host: string, input: string | URL | Request): boolean {
  return new URL(input instanceof Request ? input.url : input).host === host
}
