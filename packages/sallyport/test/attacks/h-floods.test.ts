import { describe, expect, it } from 'vitest'
import { answerTo, type ResourceServer } from '../../src/index.js'
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.js'
import { heapMegabytes } from '../support/heap.js'
import { createHostileHarness } from '../support/hostile-harness.js'
import { json, jwksPath, metadataPath, reset, silent } from '../support/hostile-server.js'
import { withKid, withRandomKid } from '../support/random-kid.js'

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }
const long = { expiresInSeconds: 48 * 3600 }

async function warmHarness(): Promise<Harness & { readonly good: string }> {
  const harness = await createHarness(fast)
  const good = await harness.issuer.token({}, long)
  expect(await harness.outcome(good)).toBe('A')
  return { ...harness, good }
}

function keySetFetches({ issuer }: Harness): number {
  return issuer.requests.get('/.well-known/jwks.json') ?? 0
}

/** The status of each request, each once. Leaner than `outcome`, which looks for leaks. */
async function statuses(api: ResourceServer, tokens: readonly string[]): Promise<ReadonlySet<number>> {
  const all = await Promise.all(
    tokens.map(async (token) => {
      try {
        await api.authenticate({ method: 'GET', url: '/', headers: ['Authorization', `Bearer ${token}`] })
        return 200
      } catch (error) {
        return answerTo(error, api).status
      }
    }),
  )
  return new Set(all)
}

function randomKids(count: number, token: string): readonly string[] {
  return Array.from({ length: count }, () => withRandomKid(token))
}

describe('H. Floods of unknown kids', () => {
  it('H13 makes at most one fetch in 30 s for 10,000 random kids, at once and one after the other', async () => {
    const harness = await warmHarness()
    const { api, clock, good } = harness
    clock.advance(31)
    expect(await statuses(api, randomKids(5000, good))).toEqual(new Set([401]))
    expect(keySetFetches(harness)).toBe(2)
    for (let batch = 0; batch < 50; batch += 1) {
      clock.advance(2)
      expect(await statuses(api, randomKids(100, good))).toEqual(new Set([401]))
    }
    expect(keySetFetches(harness)).toBeLessThanOrEqual(2 + 4)
  })

  it('H13 answers a known kid without waiting while the refetch for an unknown one hangs', async () => {
    const { api, clock, issuer, server } = await createHostileHarness()
    const request = (token: string) => ({ method: 'GET', url: '/', headers: ['Authorization', `Bearer ${token}`] })
    const [known, fresh] = await Promise.all([issuer.token(), issuer.token()])
    await api.authenticate(request(known))
    clock.advance(31)
    server.on(jwksPath, silent)
    const waiting = Promise.resolve(api.authenticate(request(withRandomKid(known)))).catch((error: unknown) => error)
    for (const token of [known, fresh]) expect(api.authenticate(request(token))).not.toBeInstanceOf(Promise)
    api.close()
    expect(answerTo(await waiting, api).status).toBe(503)
  })

  it('H13 refuses a kid that is not there without a fetch right after the set was fetched', async () => {
    const harness = await warmHarness()
    expect(await harness.outcome(withRandomKid(harness.good))).toBe('T')
    expect(keySetFetches(harness)).toBe(1)
  })

  it.each(['down', { status: 500 }, 'garbage', 'empty', 'wrong-issuer'] as const)(
    'H14 keeps to the cooldown under a flood while the issuer is in trouble: %j',
    async (outage) => {
      const harness = await warmHarness()
      const { api, clock, good, issuer } = harness
      clock.advance(31)
      issuer.outage(outage)
      const before = harness.fetches()
      const seen = new Set<number>()
      for (let second = 0; second < 300; second += 1) {
        clock.advance(1)
        for (const status of await statuses(api, randomKids(10, good))) seen.add(status)
        expect(await harness.outcome(good)).toBe('A')
      }
      expect(harness.fetches() - before).toBeLessThanOrEqual(10)
      expect(seen).toEqual(new Set([outage === 'wrong-issuer' ? 401 : 503]))
    },
  )

  it('H14 keeps to the back-off under a flood while the set is stale', async () => {
    const harness = await warmHarness()
    const { api, clock, good, issuer } = harness
    clock.advance(600)
    issuer.outage('down')
    const before = keySetFetches(harness)
    for (let second = 0; second < 300; second += 1) {
      clock.advance(1)
      expect(await statuses(api, randomKids(10, good))).toEqual(new Set([503]))
      expect(await harness.outcome(good)).toBe('A')
    }
    expect(keySetFetches(harness) - before).toBeLessThanOrEqual(14)
  })

  it('H14 keeps to the back-off under a flood on a cold start', async () => {
    const { api, clock, issuer, outcome, server } = await createHostileHarness()
    server.on(metadataPath, reset)
    const token = await issuer.token({}, long)
    for (let tenth = 0; tenth < 600; tenth += 1) {
      clock.advance(0.1)
      expect(await statuses(api, randomKids(5, token))).toEqual(new Set([503]))
    }
    expect(server.requests()).toBeLessThanOrEqual(42)
    server.on(metadataPath, json({ issuer: server.issuer, jwks_uri: `${server.issuer}jwks.json` }))
    clock.advance(2)
    expect(await outcome(token)).toBe('A')
  })

  it('H15 fetches nothing for a flood of random issuers', async () => {
    const { api, fetches, issuer } = await createHarness(fast)
    const hosts = Array.from({ length: 500 }, (_, index) => `https://tenant-${index}.test/`)
    const tokens = await Promise.all(hosts.map((iss) => issuer.token({ iss })))
    expect(await statuses(api, tokens)).toEqual(new Set([401]))
    expect(fetches()).toBe(0)
    expect(api.health().issuers).toHaveLength(1)
  })

  it('H15 fetches nothing and holds nothing for random issuers that the resolver does not list', async () => {
    const { api, fetches, issuer } = await createHarness({ ...fast, domains: () => ['issuer.test'] })
    const hosts = Array.from({ length: 500 }, (_, index) => `https://tenant-${index}.test/`)
    const tokens = await Promise.all(hosts.map((iss) => issuer.token({ iss })))
    expect(await statuses(api, tokens)).toEqual(new Set([401]))
    expect(fetches()).toBe(0)
    expect(api.health().issuers).toHaveLength(0)
  })

  it.each([
    'http://issuer.test/',
    'https://issuer.test',
    'https://ISSUER.test/',
    'https://issuer.test//',
    ' https://issuer.test/',
  ])('H15 fetches nothing for the almost right issuer %j', async (iss) => {
    const { fetches, issuer, outcome } = await createHarness(fast)
    expect(await outcome(await issuer.token({ iss }))).toBe('T')
    expect(fetches()).toBe(0)
  })

  it('H16 forgets the oldest unknown kids first, and fetches no more for that', async () => {
    const harness = await warmHarness()
    const { api, clock, good } = harness
    clock.advance(31)
    const kids = Array.from({ length: 1500 }, (_, index) => withKid(good, `unknown-${index}`))
    expect(await statuses(api, kids)).toEqual(new Set([401]))
    for (let round = 0; round < 4; round += 1) {
      clock.advance(31)
      expect(await statuses(api, kids)).toEqual(new Set([401]))
    }
    expect(keySetFetches(harness)).toBeLessThanOrEqual(2 + 4)
  })

  it('H16 does not grow with the number of kids', async () => {
    const harness = await warmHarness()
    const { api, clock, good } = harness
    const flood = async (batches: number) => {
      for (let batch = 0; batch < batches; batch += 1) {
        clock.advance(31)
        await statuses(api, randomKids(1000, good))
      }
      return heapMegabytes()
    }
    const before = await flood(3)
    expect((await flood(9)) - before).toBeLessThan(4)
  })
})
