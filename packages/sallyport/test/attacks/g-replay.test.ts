import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryReplayStore, type ReplayStore } from '../../src/index.js'
import { redisReplayStore } from '../../src/stores/redis.js'
import { createTestIssuer, type DpopClient, type TestIssuer } from '../../src/testing/index.js'
import { createHarness, type Harness, type HarnessOptions, type Outcome, resourceUrl } from '../support/harness.js'
import { clientLibraries, type OpenClient, openClient, untilReady } from '../support/redis-clients.js'
import { type RedisServer, startRedis } from '../support/redis-server.js'

const fast = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } } as const

type Dpop = Exclude<HarnessOptions['dpop'], string | undefined>

/** Instances of one API at the same moment, in front of one issuer, and a client. */
async function instances(dpop: readonly Dpop[]): Promise<{ apis: readonly Harness[]; client: DpopClient }> {
  const shared: TestIssuer = await createTestIssuer({ algorithm: 'ES256' })
  const apis = await Promise.all(dpop.map((options) => createHarness({ ...fast, fetch: shared.fetch, dpop: options })))
  const [first] = apis
  if (first === undefined) throw new Error('There is no instance.')
  for (const { clock } of apis) clock.jump(first.clock.nowSeconds() - clock.nowSeconds())
  return { apis, client: await first.dpopClient({ issuer: shared }) }
}

async function requestOf(client: DpopClient, nonce?: string): Promise<readonly string[]> {
  const { authorization, dpop } = await client.headers({ url: resourceUrl, nonce })
  return ['Authorization', authorization, 'DPoP', dpop]
}

function count(outcomes: readonly Outcome[]): Readonly<Partial<Record<Outcome, number>>> {
  const counts: Partial<Record<Outcome, number>> = {}
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** A stand-in for a store behind a network: atomic, and slow to answer. */
function slowStore(): ReplayStore {
  const store = memoryReplayStore()
  return {
    claim: async (...parameters) => {
      const verdict = await store.claim(...parameters)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
      return verdict
    },
  }
}

let redis: RedisServer
const opened: OpenClient[] = []
beforeAll(async () => {
  redis = await startRedis()
  for (const library of clientLibraries) opened.push(openClient(library, redis.port))
  await Promise.all(opened.map(untilReady))
})
afterAll(async () => {
  for (const { close } of opened) close()
  await redis.stop()
})

/** Each gives the stores of so many instances that share what they know. */
const sharedStores: Readonly<Record<string, (count: number) => readonly ReplayStore[]>> = {
  memory: (count) => Array.from({ length: count }).fill(memoryReplayStore()) as ReplayStore[],
  'a slow store': (count) => Array.from({ length: count }).fill(slowStore()) as ReplayStore[],
  'Redis, by both libraries': (count) =>
    Array.from({ length: count }, (_, index) => {
      const { client } = opened[index % opened.length] ?? {}
      if (client === undefined) throw new Error('There is no client.')
      return redisReplayStore(client)
    }),
}
const sharing = Object.entries(sharedStores)
const withStores = (stores: readonly ReplayStore[]) => instances(stores.map((replay) => ({ replay })))

describe('G. Replays', () => {
  it('G15 refuses a proof that comes twice, with the default store', async () => {
    const { apis, client } = await instances([{}])
    const [request, another] = [await requestOf(client), await requestOf(client)]
    expect(await apis[0]?.outcomeOf(request)).toBe('A')
    for (let again = 0; again < 3; again += 1) {
      expect(await apis[0]?.outcomeOf(request)).toBe('P')
      expect(apis[0]?.events.at(-1)).toMatchObject({ code: 'proof_replayed', error: 'invalid_dpop_proof' })
    }
    expect(await apis[0]?.outcomeOf(another)).toBe('A')
  })

  it.each(sharing)('G15 refuses a proof that comes twice: %s', async (_, stores) => {
    const { apis, client } = await withStores(stores(1))
    const request = await requestOf(client)
    expect(await apis[0]?.outcomeOf(request)).toBe('A')
    expect(await apis[0]?.outcomeOf(request)).toBe('P')
    expect(apis[0]?.events.at(-1)).toMatchObject({ code: 'proof_replayed' })
  })

  it.each(sharing)('G16 refuses on every instance what one has accepted: %s', async (_, stores) => {
    const { apis, client } = await withStores(stores(4))
    for (const first of apis) {
      const request = await requestOf(client)
      expect(await first.outcomeOf(request)).toBe('A')
      for (const api of apis) {
        expect(await api.outcomeOf(request)).toBe('P')
        expect(api.events.at(-1)).toMatchObject({ code: 'proof_replayed' })
      }
    }
  })

  it('G16 accepts a proof once per instance where each has a store of its own', async () => {
    const { apis, client } = await instances([{}, {}])
    const request = await requestOf(client)
    for (const api of apis) expect([await api.outcomeOf(request), await api.outcomeOf(request)]).toEqual(['A', 'P'])
  })

  it('G16 accepts a proof again and again where somebody wrote replay: off', async () => {
    const { apis, client } = await instances([{ replay: 'off' }])
    const request = await requestOf(client)
    for (let again = 0; again < 3; again += 1) expect(await apis[0]?.outcomeOf(request)).toBe('A')
  })

  it.each(sharing)('G17 accepts exactly one of 100 parallel copies: %s', async (_, stores) => {
    for (const size of [1, 2, 5]) {
      const { apis, client } = await withStores(stores(size))
      for (let round = 0; round < 5; round += 1) {
        const request = await requestOf(client)
        // The first round is cold: all copies wait for the keys of the issuer together.
        const copies = apis.flatMap((api) => Array.from({ length: 100 / size }, () => api.outcomeOf(request)))
        expect(count(await Promise.all(copies))).toEqual({ A: 1, P: 99 })
      }
    }
  })

  it('G17 accepts every one of 100 parallel proofs that are not copies', async () => {
    const { apis, client } = await withStores(sharedStores['Redis, by both libraries']?.(2) ?? [])
    const requests = await Promise.all(Array.from({ length: 100 }, () => requestOf(client)))
    const outcomes = requests.map(async (request, index) => apis[index % 2]?.outcomeOf(request) ?? 'X')
    expect(count(await Promise.all(outcomes))).toEqual({ A: 100 })
  })
})

describe('G. Replays at the end of a proof', () => {
  /** From the claim to the last moment: `iat` is so many seconds from now. */
  const ages = [
    { dpop: { proofMaxAgeSeconds: 60, clockToleranceSeconds: 10 }, iats: [10, 9.5, 0, -30, -59, -60] },
    { dpop: {}, iats: [30, 29.5, 0, -1, -299, -300] },
    { dpop: { proofMaxAgeSeconds: 1, clockToleranceSeconds: 0 }, iats: [0, -0.5, -1] },
    { dpop: { proofMaxAgeSeconds: 3600, clockToleranceSeconds: 300 }, iats: [300, 0, -3600] },
  ]
  const rows = ages.flatMap(({ dpop, iats }) => iats.map((iat) => ({ ...dpop, iat })))

  it.each(rows)('G21 refuses the replay to the last moment and after it: %j', async ({ iat: ahead, ...dpop }) => {
    const maxAge = dpop.proofMaxAgeSeconds ?? 300
    let api: Harness | undefined
    const clock = {
      epochMilliseconds: () => api?.clock.epochMilliseconds() ?? 0,
      monotonicMilliseconds: () => api?.clock.monotonicMilliseconds() ?? 0,
    }
    const replay = memoryReplayStore({ clock })
    api = await createHarness({ ...fast, dpop: { ...dpop, replay } })
    const client = await api.dpopClient()
    const token = await client.token({}, { expiresInSeconds: 86_400 })
    const iat = api.clock.nowSeconds() + ahead
    const proof = await client.proof({ url: resourceUrl, token, claims: { iat } })
    const send = () => api.outcomeOf(['Authorization', `DPoP ${token}`, 'DPoP', proof])
    expect(await send()).toBe('A')
    for (const moment of [iat + maxAge - 0.1, iat + maxAge]) {
      api.clock.advance(Math.max(0, moment - api.clock.nowSeconds()))
      expect(await send()).toBe('P')
      expect(api.events.at(-1)).toMatchObject({ code: 'proof_replayed' })
    }
    for (const seconds of [0.001, 1, 100, 1000, 10_000]) {
      api.clock.advance(seconds)
      expect(await send()).toBe('P')
      expect(api.events.at(-1)).toMatchObject({ code: 'proof_time_refused' })
    }
  })

  it.each(rows)('G21 has Redis remember for longer than the proof is good: %j', async ({ iat: ahead, ...dpop }) => {
    const [{ client: redisClient } = {}] = opened
    if (redisClient === undefined) throw new Error('There is no client.')
    await redis.command('FLUSHALL')
    const api = await createHarness({ ...fast, dpop: { ...dpop, replay: redisReplayStore(redisClient) } })
    const client = await api.dpopClient()
    const token = await client.token()
    const claims = { iat: api.clock.nowSeconds() + ahead }
    const proof = await client.proof({ url: resourceUrl, token, claims })
    expect(await api.outcomeOf(['Authorization', `DPoP ${token}`, 'DPoP', proof])).toBe('A')
    const [key = ''] = (await redis.command('KEYS', '*')) as string[]
    const left = Number(await redis.command('PTTL', key)) / 1000
    const good = ahead + (dpop.proofMaxAgeSeconds ?? 300)
    expect(left).toBeGreaterThan(good + 110)
    expect(left).toBeLessThanOrEqual(good + 121)
  })
})

describe('G. Nonces and replays on several instances', () => {
  const [old, fresh] = ['an old secret of at least 32 characters', 'a new secret of at least 32 characters']
  const nonceOf = async (api: Harness | undefined, client: DpopClient): Promise<string> => {
    const { authorization, dpop } = await client.headers({ url: resourceUrl })
    const headers = { host: 'api.test', authorization, dpop }
    try {
      await api?.api.authenticate({ method: 'GET', url: '/resource', scheme: 'https', headers })
    } catch (error) {
      return String(Object(error).nonce)
    }
    throw new Error('No nonce was wanted.')
  }

  it('G27 goes from one secret to another without a moment in which an instance refuses the nonce of another', async () => {
    const steps: readonly (readonly string[])[] = [[old], [old, fresh], [fresh, old]]
    const replay = memoryReplayStore()
    for (const [index, before] of steps.slice(0, -1).entries()) {
      const after = steps[index + 1] ?? []
      const { apis, client } = await instances([before, after].map((secrets) => ({ replay, nonce: { secrets } })))
      for (const giver of apis) {
        const nonce = await nonceOf(giver, client)
        for (const api of apis) {
          const request = await requestOf(client, nonce)
          expect(await api.outcomeOf(request)).toBe('A')
          for (const other of apis) expect(await other.outcomeOf(request)).toBe('P')
        }
      }
    }
  })

  it('G27 accepts a nonce of the old secret for as long as it would have been, and asks again once that is dropped', async () => {
    const replay = memoryReplayStore()
    const secrets = [[old], [fresh, old], [fresh]]
    const { apis, client } = await instances(secrets.map((list) => ({ replay, nonce: { secrets: list } })))
    const [before, during, after] = apis
    const advance = (seconds: number) => {
      for (const { clock } of apis) clock.advance(seconds)
    }
    // To the beginning of a minute.
    advance(60 - ((before?.clock.nowSeconds() ?? 0) % 60))
    const nonce = await nonceOf(before, client)
    for (const seconds of [0, 60, 180, 59.999]) {
      advance(seconds)
      for (const api of [before, during]) expect(await api?.outcomeOf(await requestOf(client, nonce))).toBe('A')
      expect(await after?.outcomeOf(await requestOf(client, nonce))).toBe('N')
    }
    advance(0.001)
    for (const api of apis) expect(await api.outcomeOf(await requestOf(client, nonce))).toBe('N')
    expect(await after?.outcomeOf(await requestOf(client, await nonceOf(during, client)))).toBe('A')
  })
})
