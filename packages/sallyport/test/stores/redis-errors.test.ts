import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { redisReplayStore } from '../../src/stores/redis.js'
import { createHarness, type Harness, type Outcome, resourceUrl } from '../support/harness.js'
import {
  type ClientLibrary,
  clientLibraries,
  type OpenClient,
  openClient,
  untilReady,
} from '../support/redis-clients.js'
import {
  type RedisCluster,
  type RedisServer,
  startRedis,
  startRedisCluster,
  until,
  untilClusterIs,
} from '../support/redis-server.js'

const closers: (() => unknown)[] = []
const closing = <Closable>(closable: Closable, close: (closable: Closable) => unknown) => {
  closers.push(() => close(closable))
  return closable
}
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const redis = async (...config: readonly string[]) => closing(await startRedis({ config }), (server) => server.stop())
const open = (...parameters: Parameters<typeof openClient>) =>
  closing(openClient(...parameters), ({ close }) => close())

interface Api extends Pick<Harness, 'events' | 'clock'> {
  /** What happens to a request with a proof of its own, or with the last one. */
  send(which?: 'new' | 'again'): Promise<Outcome>
}

async function apiWith({ client: redisClient }: OpenClient): Promise<Api> {
  const replay = redisReplayStore(redisClient, { onWarning: () => {} })
  const fast = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } } as const
  const { outcomeOf, dpopClient, events, clock } = await createHarness({ ...fast, dpop: { replay } })
  const client = await dpopClient()
  let headers: readonly string[] = []
  return {
    events,
    clock,
    send: async (which = 'new') => {
      const { authorization, dpop } = await client.headers({ url: resourceUrl })
      if (which === 'new') headers = ['Authorization', authorization, 'DPoP', dpop]
      return outcomeOf(headers)
    },
  }
}

interface Trouble {
  readonly name: string
  /** Gives a client of a Redis that refuses to set a key, and how that ends. */
  begin(library: ClientLibrary): Promise<{ readonly opened: OpenClient; end(): Promise<unknown> }>
}

/** A server that is put into trouble once the client is there. */
function inTrouble(
  begin: (server: RedisServer) => Promise<unknown>,
  end: (server: RedisServer) => Promise<unknown>,
): Trouble['begin'] {
  return async (library) => {
    const server = await redis()
    const opened = open(library, server.port)
    await untilReady(opened)
    await begin(server)
    return { opened, end: () => end(server) }
  }
}

const configure = (name: string, value: string) => (server: RedisServer) => server.command('CONFIG', 'SET', name, value)

/** A user with these rights, and then with those that the store needs. */
function withRights(...rights: readonly string[]): Trouble['begin'] {
  return async (library) => {
    const server = await redis()
    await server.command('ACL', 'SETUSER', 'api', 'on', '>secret', '+@connection', '+info', ...rights)
    const opened = open(library, server.port, { username: 'api', password: 'secret' })
    await until('the client is there', () =>
      server.command('CLIENT', 'LIST').then((list) => /user=api/.test(String(list))),
    )
    return { opened, end: () => server.command('ACL', 'SETUSER', 'api', '+set', '+get', '~sallyport:replay:*') }
  }
}

const troubles: readonly Trouble[] = [
  {
    name: 'READONLY from a replica, until it is promoted',
    begin: async (library) => {
      const primary = await redis('--repl-diskless-sync-delay', '0')
      const replica = await redis('--replicaof', `127.0.0.1 ${primary.port}`)
      await until('the replica is linked', async () =>
        /master_link_status:up/.test(String(await replica.command('INFO'))),
      )
      const opened = open(library, replica.port)
      await untilReady(opened)
      return { opened, end: () => replica.command('REPLICAOF', 'NO', 'ONE') }
    },
  },
  { name: 'OOM with noeviction', begin: inTrouble(configure('maxmemory', '1'), configure('maxmemory', '0')) },
  {
    name: 'NOREPLICAS',
    begin: inTrouble(configure('min-replicas-to-write', '1'), configure('min-replicas-to-write', '0')),
  },
  {
    name: 'NOAUTH: there is a password and the client has none',
    begin: async (library) => {
      const server = await redis()
      await configure('requirepass', 'secret')(server)
      return { opened: open(library, server.port), end: () => configure('requirepass', '')(server) }
    },
  },
  {
    name: 'WRONGPASS',
    begin: async (library) => {
      const server = await redis()
      await configure('requirepass', 'secret')(server)
      const opened = open(library, server.port, { password: 'wrong' })
      return { opened, end: () => configure('requirepass', 'wrong')(server) }
    },
  },
  { name: 'NOPERM for the command', begin: withRights('+get', '~sallyport:replay:*') },
  { name: 'NOPERM for the key', begin: withRights('+set', '+get', '~another:*') },
  {
    name: 'LOADING after a restart',
    begin: async (library) => {
      const server = await redis('--enable-debug-command', 'yes')
      await server.command('DEBUG', 'POPULATE', '20000')
      await server.command('SAVE')
      await server.kill()
      await server.start(['--key-load-delay', '100', '--loading-process-events-interval-bytes', '1024'])
      expect(String(await server.command('INFO', 'persistence'))).toContain('loading:1')
      return { opened: open(library, server.port), end: () => server.command('CONFIG', 'SET', 'key-load-delay', '0') }
    },
  },
  {
    name: 'CLUSTERDOWN',
    begin: async (library) => {
      const cluster = closing(await startRedisCluster(3), ({ stop }) => stop())
      const [first, , last] = cluster.nodes
      if (first === undefined || last === undefined) throw new Error('The cluster is too small.')
      const opened = open(library, cluster.ports)
      await untilReady(opened)
      await last.kill()
      await untilClusterIs('fail', first, 3)
      const end = async () => {
        await last.start()
        await Promise.all(cluster.nodes.map((node) => untilClusterIs('ok', node, 3)))
      }
      return { opened, end }
    },
  },
]

describe.each(clientLibraries)('I. Redis refuses to set a key, by %s', (library) => {
  it.each(troubles.map((trouble) => [trouble.name, trouble] as const))(
    'I04 answers 503 and not 401 on %s',
    async (name, { begin }) => {
      const { opened, end } = await begin(library)
      const { events, clock, send } = await apiWith(opened)
      expect(await send()).toBe('U')
      // ioredis asks a cluster that is down again and again, for longer than the API waits.
      const reason = expect.stringMatching(name === 'CLUSTERDOWN' ? /^(?:error|timeout)$/ : /^error$/)
      expect(events).toContainEqual({ type: 'replay_store.failed', reason, failures: 1 })
      expect(events.at(-1)).toMatchObject({ type: 'request.unavailable', dependency: 'replay_store' })
      for (let again = 0; again < 3; again += 1) expect(await send('again')).toBe('U')
      await end()
      await until('the API serves again', async () => {
        clock.advance(0.5)
        return (await send()) === 'A'
      })
      expect(await send('again')).toBe('P')
      expect(events.at(-1)).toMatchObject({ code: 'proof_replayed' })
    },
  )

  it('I04 answers 503 and not 401 to a replay where GET is not allowed', async () => {
    const server = await redis()
    await server.command(
      'ACL',
      'SETUSER',
      'api',
      'on',
      '>secret',
      '+@connection',
      '+info',
      '+set',
      '~sallyport:replay:*',
    )
    const { events, send } = await apiWith(open(library, server.port, { username: 'api', password: 'secret' }))
    await until('the API serves', async () => (await send()) === 'A')
    expect(await send('again')).toBe('U')
    expect(events.at(-1)).toMatchObject({ type: 'request.unavailable', dependency: 'replay_store' })
  })

  it('I04 answers 503 and not 401 where something else has the name of the key', async () => {
    const server = await redis()
    const opened = open(library, server.port)
    await untilReady(opened)
    const { send } = await apiWith(opened)
    expect(await send()).toBe('A')
    const [key = ''] = (await server.command('KEYS', '*')) as string[]
    await server.command('DEL', key)
    await server.command('RPUSH', key, 'a list')
    expect(await send('again')).toBe('U')
  })
})

describe.each(clientLibraries)('I. Redirections of a cluster, by %s', (library) => {
  let cluster: RedisCluster
  beforeAll(async () => {
    cluster = await startRedisCluster(3)
  })
  afterAll(() => cluster.stop())

  it('I04 answers 503 and not 401 where a client for one server meets MOVED', async () => {
    const [port = 0] = cluster.ports
    const opened = open(library, port)
    const { clock, send } = await apiWith(opened)
    const seen = new Set<Outcome>()
    await until('some proofs were admitted and some were not', async () => {
      clock.advance(1)
      const outcome = await send()
      seen.add(outcome)
      if (outcome === 'A') expect(await send('again')).toBe('P')
      return seen.size > 1
    })
    expect(seen).toEqual(new Set(['A', 'U']))
  })

  it('I04 follows MOVED and ASK, and has one winner through the whole move of a slot', async () => {
    const opened = open(library, cluster.ports)
    await untilReady(opened)
    const store = redisReplayStore(opened.client)
    const claim = (key: string) => store.claim(`{moving}${key}`, 60, 'jkt')
    const slot = String(await cluster.nodes[0]?.command('CLUSTER', 'KEYSLOT', '{moving}'))
    const ids = await Promise.all(cluster.nodes.map((node) => node.command('CLUSTER', 'MYID').then(String)))
    expect(await claim('before')).toBe(true)
    const counts = await Promise.all(
      cluster.nodes.map((node) => node.command('CLUSTER', 'COUNTKEYSINSLOT', slot).then(Number)),
    )
    const from = counts.indexOf(1)
    const to = (from + 1) % 3
    const [source, target, targetId = '', sourceId = ''] = [cluster.nodes[from], cluster.nodes[to], ids[to], ids[from]]
    await target?.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId)
    await source?.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId)
    expect(await claim('before')).toBe(false)
    expect(await claim('during')).toBe(true)
    expect(await claim('during')).toBe(false)
    await source?.command('MIGRATE', '127.0.0.1', String(target?.port), 'sallyport:replay:{moving}before', '0', '1000')
    expect(await claim('before')).toBe(false)
    for (const node of [target, source]) await node?.command('CLUSTER', 'SETSLOT', slot, 'NODE', targetId)
    for (const key of ['before', 'during']) expect(await claim(key)).toBe(false)
    expect(await claim('after')).toBe(true)
    expect(await claim('after')).toBe(false)
  })
})
