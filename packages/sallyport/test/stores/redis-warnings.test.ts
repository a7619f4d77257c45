import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { redisReplayStore } from '../../src/stores/redis.js'
import { clientLibraries, openClient, untilReady } from '../support/redis-clients.js'
import { type RedisCluster, type RedisServer, startRedis, startRedisCluster } from '../support/redis-server.js'

let server: RedisServer
let cluster: RedisCluster
beforeAll(async () => {
  server = await startRedis()
  cluster = await startRedisCluster(3)
})
afterAll(async () => {
  await server.stop()
  await cluster.stop()
})

const closers: (() => void)[] = []
beforeEach(async () => {
  for (const node of [server, ...cluster.nodes]) await node.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
})
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

describe('What the store warns about', () => {
  const clients = clientLibraries.flatMap((library) =>
    (['a single server', 'a cluster'] as const).flatMap((kind) =>
      (['new', 'ready'] as const).map((state) => ({
        title: `a ${state} client of ${library} for ${kind}`,
        library,
        kind,
        state,
      })),
    ),
  )
  const rows = clients.map((row) => [row.title, row] as const)
  const isCluster = ({ kind }: (typeof clients)[number]) => kind === 'a cluster'

  /** The warnings of a store that has served. */
  async function warningsOf(row: (typeof clients)[number]): Promise<readonly string[]> {
    const warnings: string[] = []
    const opened = openClient(row.library, isCluster(row) ? cluster.ports : server.port)
    closers.push(opened.close)
    if (row.state === 'ready') await untilReady(opened)
    const store = redisReplayStore(opened.client, { onWarning: (message) => warnings.push(message) })
    await untilReady(opened)
    for (let claims = 0; claims < 3; claims += 1) {
      expect(await store.claim(crypto.randomUUID(), 60, 'jkt')).toBe(true)
      await wait(50)
    }
    return warnings
  }

  it.each(rows)('I06 warns once about a policy that evicts: %s', async (_, row) => {
    const node = isCluster(row) ? cluster.nodes[2] : server
    await node?.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
    expect(await warningsOf(row)).toEqual([expect.stringMatching(/maxmemory-policy "allkeys-lru".*"noeviction"/)])
  })

  it.each(rows)('I06 has nothing to warn about with noeviction: %s', async (_, row) => {
    expect(await warningsOf(row)).toEqual([])
  })

  it.each([
    'allkeys-lru',
    'allkeys-lfu',
    'allkeys-random',
    'volatile-lru',
    'volatile-lfu',
    'volatile-random',
    'volatile-ttl',
  ])('I06 warns about the policy %s', async (policy) => {
    await server.command('CONFIG', 'SET', 'maxmemory-policy', policy)
    for (const row of clients.filter(({ title }) => /^a ready .* a single/.test(title)))
      expect(await warningsOf(row)).toEqual([expect.stringContaining(policy)])
  })

  it('I06 warns on the console by default', async () => {
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    try {
      const opened = openClient('ioredis', server.port)
      closers.push(opened.close)
      await untilReady(opened)
      redisReplayStore(opened.client)
      await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(expect.stringContaining('allkeys-lru')))
      expect(warn).toHaveBeenCalledTimes(1)
    } finally {
      warn.mockRestore()
    }
  })

  it.each(clientLibraries)(
    'I06 serves where INFO is not allowed, says once that it cannot see the policy, and stops asking: %s',
    async (library) => {
      const rights = ['~sallyport:*', '~nothing', '+set', '+get', '+ping']
      await server.command('ACL', 'SETUSER', 'api', 'on', '>secret', ...rights)
      // ioredis says that it goes without its own look at INFO.
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
      const opened = openClient(library, server.port, { username: 'api', password: 'secret' })
      closers.push(opened.close)
      await untilReady(opened)
      warn.mockRestore()
      await server.command('CONFIG', 'RESETSTAT')
      const warnings: string[] = []
      const store = redisReplayStore(opened.client, { onWarning: (message) => warnings.push(message) })
      for (let claims = 0; claims < 50; claims += 1)
        expect(await store.claim(crypto.randomUUID(), 60, 'jkt')).toBe(true)
      expect(warnings).toEqual([expect.stringMatching(/cannot be read.*"noeviction"/)])
      const stats = String(await server.command('INFO', 'commandstats'))
      expect(Number(/cmdstat_info:.*rejected_calls=(\d+)/.exec(stats)?.[1])).toBeLessThan(10)
    },
  )
})
