import { beforeAll, describe, expect, it } from 'vitest'
import { DependencyUnavailable } from '../../src/index.js'
import { createTestIssuer } from '../../src/testing/index.js'
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.js'

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }

type Members = (good: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>) => readonly unknown[]

describe('H. Members of a key set', () => {
  let other: Readonly<Record<string, unknown>>
  beforeAll(async () => {
    other = { ...(await createTestIssuer({ algorithm: 'ES256' })).currentKey().publicJwk }
  })

  async function outcomeWith(members: Members): Promise<Harness & { readonly got: string }> {
    const harness = await createHarness(fast)
    const { issuer, outcome } = harness
    issuer.publish(members({ ...issuer.currentKey().publicJwk }, other))
    return { ...harness, got: await outcome(await issuer.token()) }
  }

  const usable: readonly { readonly set: string; readonly members: Members }[] = [
    { set: 'the same kid twice, right one first', members: (good, rest) => [good, { ...rest, kid: good['kid'] }] },
    { set: 'the same kid twice, right one second', members: (good, rest) => [{ ...rest, kid: good['kid'] }, good] },
    { set: 'the same key twice', members: (good) => [good, good] },
    { set: 'an unknown kty', members: (good) => [{ kty: 'quantum', kid: 'q', x: 'AA' }, good] },
    { set: 'a member without kty', members: (good) => [{ kid: 'x' }, good] },
    { set: 'no alg', members: ({ alg: _, ...good }) => [good] },
    { set: 'no use', members: ({ use: _, ...good }) => [good] },
    { set: 'neither alg nor use', members: ({ alg: _, use: __, ...good }) => [good] },
    { set: 'a member without a kid beside it', members: (good, { kid: _, ...rest }) => [rest, good] },
    { set: 'members that are no objects', members: (good) => [null, 7, 'key', [], [good], true, good] },
    { set: 'a kid that is no string', members: (good, rest) => [{ ...rest, kid: 7 }, good] },
    { set: 'a point that is not on the curve', members: (good, rest) => [{ ...rest, x: rest['y'] }, good] },
    { set: 'parameters that are no base64url', members: (good, rest) => [{ ...rest, x: '=='.repeat(50) }, good] },
    { set: 'a private key', members: (good, rest) => [{ ...rest, d: 'AAAA' }, good] },
    {
      set: 'a symmetric key with the same kid',
      members: (good) => [{ kty: 'oct', k: 'AAAA', kid: good['kid'] }, good],
    },
    { set: 'members called __proto__', members: (good) => [JSON.parse('{"__proto__":{"kty":"EC"},"kid":"p"}'), good] },
    {
      set: '100 keys',
      members: (good) => [...Array.from({ length: 99 }, (_, kid) => ({ kty: 'EC', kid: `${kid}` })), good],
    },
  ]

  it.each(usable)('H17 uses the good member of a set with $set', async ({ members }) => {
    const { api, got } = await outcomeWith(members)
    expect(got).toBe('A')
    expect(api.health().status).toBe('ok')
  })

  const unusable: readonly { readonly set: string; readonly members: Members; readonly reason: string }[] = [
    { set: '101 keys', members: (good) => Array.from({ length: 101 }, () => good), reason: 'too_many_keys' },
    { set: '10,000 members', members: (good) => [...new Array(10_000).fill(0), good], reason: 'too_many_keys' },
    {
      set: '10,000 keys',
      members: (good) => Array.from({ length: 10_000 }, (_, kid) => ({ ...good, kid: `${kid}` })),
      reason: 'too_large',
    },
    { set: 'no keys', members: () => [], reason: 'no_usable_key' },
    { set: 'bad members only', members: () => [null, { kty: 'quantum' }], reason: 'no_usable_key' },
    { set: 'a key for encryption only', members: (good) => [{ ...good, use: 'enc' }], reason: 'no_usable_key' },
    { set: 'private keys only', members: (good) => [{ ...good, d: 'AAAA' }], reason: 'no_usable_key' },
  ]

  it.each(unusable)('H17 answers 503 on a cold start to a set with $set', async ({ members, reason }) => {
    const { events, got } = await outcomeWith(members)
    expect(got).toBe('U')
    expect(events).toContainEqual(expect.objectContaining({ type: 'keys.refresh_failed', reason }))
  })

  it.each(unusable)('H18 keeps the good set, and raises the alarm, when a set with $set comes', async (row) => {
    const { api, clock, events, got, issuer, outcome } = await outcomeWith((good) => [good])
    expect(got).toBe('A')
    issuer.publish(row.members({ ...issuer.currentKey().publicJwk }, other))
    clock.advance(700)
    await expect(api.refresh()).rejects.toBeInstanceOf(DependencyUnavailable)
    expect(await outcome(await issuer.token())).toBe('A')
    expect(api.health().issuers).toMatchObject([{ keys: 1, consecutiveFailures: 1 }])
    expect(events).toContainEqual(expect.objectContaining({ type: 'keys.refresh_failed', reason: row.reason }))
  })

  it.each([{ keys: undefined }, { keys: null }, { keys: {} }, { keys: '' }, { keys: 7 }, {}])(
    'H18 keeps the good set when the document %j comes instead of one',
    async (document) => {
      let isGood = true
      const harness: Harness = await createHarness({
        ...fast,
        fetch: (input, init) =>
          !isGood && String(input).endsWith('jwks.json')
            ? Promise.resolve(Response.json(document))
            : harness.issuer.fetch(input, init),
      })
      const { api, issuer, outcome } = harness
      expect(await outcome(await issuer.token())).toBe('A')
      isGood = false
      await expect(api.refresh()).rejects.toBeInstanceOf(DependencyUnavailable)
      expect(await outcome(await issuer.token())).toBe('A')
    },
  )

  it('H18 answers 503 and not 401 to an unknown kid while the issuer serves an empty set', async () => {
    const { clock, issuer, outcome } = await outcomeWith((good) => [good])
    await issuer.rotateKey()
    issuer.outage('empty')
    clock.advance(31)
    const token = await issuer.token()
    expect(await outcome(token)).toBe('U')
    expect(await outcome(token)).toBe('U')
  })
})
