import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryReplayStore, type ReplayStore } from '../../src/index.js'
import { redisReplayStore } from '../../src/stores/redis.js'
import { replayStoreContract } from '../../src/testing/index.js'
import {
  type ClientLibrary,
  clientLibraries,
  type OpenClient,
  openClient,
  untilReady,
} from '../support/redis-clients.js'
import { type RedisCluster, type RedisServer, startRedis, startRedisCluster } from '../support/redis-server.js'

/** Registers the whole suite. */
function itKeepsTheContract(createStore: () => ReplayStore | Promise<ReplayStore>): void {
  for (const { name, run } of replayStoreContract(createStore)) it(name, run)
}

async function readyStore(opened: OpenClient): Promise<ReplayStore> {
  await untilReady(opened)
  return redisReplayStore(opened.client)
}

describe.concurrent('The contract of replay stores: memory', () => {
  itKeepsTheContract(() => memoryReplayStore())
})

describe.concurrent.each(clientLibraries)('The contract of replay stores: Redis by %s', (library) => {
  let server: RedisServer
  let opened: OpenClient
  let store: ReplayStore
  beforeAll(async () => {
    server = await startRedis()
    opened = openClient(library, server.port)
    store = await readyStore(opened)
  })
  afterAll(async () => {
    opened.close()
    await server.stop()
  })
  itKeepsTheContract(() => store)
})

describe.concurrent.each(([1, 3] as const).flatMap((nodes) => clientLibraries.map((library) => ({ nodes, library }))))(
  'The contract of replay stores: Redis Cluster of $nodes by $library',
  ({ nodes, library }) => {
    let cluster: RedisCluster
    let opened: OpenClient
    let store: ReplayStore
    beforeAll(async () => {
      cluster = await startRedisCluster(nodes)
      opened = openClient(library, cluster.ports)
      store = await readyStore(opened)
    })
    afterAll(async () => {
      opened.close()
      await cluster.stop()
    })
    itKeepsTheContract(() => store)

    it('spreads keys over every node, and each node keeps to the contract', async () => {
      const claims = Array.from({ length: 60 }, () => store.claim(crypto.randomUUID(), 60, 'spread'))
      expect(new Set(await Promise.all(claims))).toEqual(new Set([true]))
      for (const node of cluster.nodes) expect(Number(await node.command('DBSIZE'))).toBeGreaterThan(60 / nodes / 4)
    })
  },
)

describe.concurrent('The contract of replay stores: two libraries on one Redis', () => {
  let server: RedisServer
  const opened: OpenClient[] = []
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(async () => {
    for (const { close } of opened) close()
    await server.stop()
  })

  const storeBy = (library: ClientLibrary) => {
    const one = openClient(library, server.port)
    opened.push(one)
    return readyStore(one)
  }

  it('has one winner among claims that come through different clients', async () => {
    const stores = await Promise.all([...clientLibraries, ...clientLibraries].map(storeBy))
    for (let round = 0; round < 50; round += 1) {
      const key = crypto.randomUUID()
      const verdicts = await Promise.all(stores.flatMap((store) => [1, 2, 3].map(() => store.claim(key, 60, 'mixed'))))
      expect(verdicts.filter((verdict) => verdict)).toHaveLength(1)
    }
  })
})

/** Stores that somebody could have written in good faith, and which are wrong. */
const brokenStores: Readonly<Record<string, { readonly create: () => ReplayStore; readonly fails: string[] }>> = {
  'always says true': {
    create: () => ({ claim: () => true }),
    fails: ['gives false to every later', 'has one winner', 'frees a key when'],
  },
  'always says false': {
    create: () => ({ claim: () => false }),
    fails: ['gives true to the first', 'keeps keys apart', 'has one winner', 'frees a key when', 'does not prolong'],
  },
  'looks first and sets after an await': {
    create: () => timedStore({ pause: () => new Promise((resolve) => setTimeout(resolve, 1)) }),
    fails: ['has one winner'],
  },
  'looks first and sets one microtask later': {
    create: () => timedStore({ pause: () => Promise.resolve() }),
    fails: ['has one winner'],
  },
  'prolongs a key that is claimed again': {
    create: () => timedStore({ prolongs: true }),
    fails: ['does not prolong'],
  },
  'never frees a key': {
    create: () => timedStore({ lifetime: () => Number.POSITIVE_INFINITY }),
    fails: ['frees a key when', 'does not prolong'],
  },
  'takes seconds for milliseconds': {
    create: () => timedStore({ lifetime: (seconds) => seconds }),
    fails: ['frees a key when'],
  },
  'takes milliseconds for seconds': {
    create: () => timedStore({ lifetime: (seconds) => seconds * 1_000_000 }),
    fails: ['frees a key when', 'does not prolong'],
  },
  'forgets all keys when one expires': {
    create: () => timedStore({ clearsAll: true }),
    fails: ['frees a key when'],
  },
  'does not see the case of letters': {
    create: () => timedStore({ name: (key) => key.toLowerCase() }),
    fails: ['keeps keys apart'],
  },
  'cuts keys off': {
    create: () => timedStore({ name: (key) => key.slice(0, 1) }),
    fails: ['keeps keys apart'],
  },
  'says OK instead of true': {
    create: () => ({ claim: () => 'OK' as unknown as boolean }),
    fails: ['gives true to the first', 'gives false to every later', 'keeps keys apart', 'has one winner'],
  },
}

interface Fault {
  readonly pause?: () => Promise<void>
  readonly prolongs?: boolean
  readonly clearsAll?: boolean
  /** Milliseconds that an entry of so many seconds lives. */
  readonly lifetime?: (ttlSeconds: number) => number
  readonly name?: (key: string) => string
}

/** A store in memory that is right but for its fault. */
function timedStore(fault: Fault): ReplayStore {
  const { prolongs = false, clearsAll = false, lifetime = (seconds) => seconds * 1000, name = (key) => key } = fault
  const ends = new Map<string, number>()
  const isLive = (key: string) => {
    const live = (ends.get(key) ?? 0) > performance.now()
    if (!live && clearsAll && ends.has(key)) ends.clear()
    return live
  }
  return {
    claim: async (given, ttlSeconds) => {
      const key = name(given)
      const wasLive = isLive(key)
      if (fault.pause !== undefined) await fault.pause()
      if (!wasLive || prolongs) ends.set(key, performance.now() + lifetime(ttlSeconds))
      return !wasLive
    },
  }
}

/** The names of the cases that a store fails. */
async function failuresOf(create: () => ReplayStore): Promise<readonly string[]> {
  const cases = replayStoreContract(create)
  const results = await Promise.allSettled(cases.map(({ run }) => run()))
  return cases.filter((_, index) => results[index]?.status === 'rejected').map(({ name }) => name)
}

describe.concurrent('The contract of replay stores catches a store that', () => {
  let found: ReadonlyMap<string, readonly string[]>
  beforeAll(async () => {
    const stores = Object.entries(brokenStores)
    // All at once, because each waits for entries to expire.
    found = new Map(
      await Promise.all(stores.map(async ([name, { create }]) => [name, await failuresOf(create)] as const)),
    )
  })

  it.each(Object.entries(brokenStores))('%s', (name, { fails }) => {
    for (const start of fails) expect(found.get(name)).toContainEqual(expect.stringMatching(new RegExp(`^${start}`)))
  })

  it('has nothing wrong, which it does not', async () => {
    expect(await failuresOf(() => timedStore({}))).toEqual([])
  })
})
