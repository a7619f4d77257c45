import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/adapters/fastify.js'
import type { ReplayStoreFailure, SallyportEvent } from '../../src/index.js'
import { redisReplayStore } from '../../src/stores/redis.js'
import { createTestIssuer, type DpopClient, dpopClient, type TestIssuer } from '../../src/testing/index.js'
import { clientLibraries, type OpenClient, openClient, untilReady } from '../support/redis-clients.js'
import { freePort, type RedisServer, startRedis, until } from '../support/redis-server.js'
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js'

/** A request as the server saw it. */
interface Answered {
  readonly scheme: string
  readonly status: number
  readonly retryAfter: unknown
  readonly startedAt: number
  /** From the arrival of the request to the end of its answer. */
  readonly milliseconds: number
}

/** An API on Fastify that keeps used proofs in Redis. */
interface Api {
  readonly answered: readonly Answered[]
  readonly events: readonly SallyportEvent[]
  /** Sends requests of both kinds, several at a time, until it is told to stop. */
  load(): { stop(): Promise<void> }
  close(): Promise<void>
}

const promisedMilliseconds = 250
const promisedRecoveryMilliseconds = 2000
const senders = { DPoP: 8, Bearer: 2 }

let issuer: TestIssuer
let client: DpopClient
beforeEach(async () => {
  issuer = await createTestIssuer({ algorithm: 'ES256' })
  client = await dpopClient({ issuer })
})

async function startApi({ client: redis }: OpenClient): Promise<Api> {
  const answered: Answered[] = []
  const events: SallyportEvent[] = []
  const auth0 = createAuth({
    issuer: issuer.issuer,
    audience: issuer.audience,
    algorithms: ['ES256'],
    fetch: issuer.fetch,
    errorProfile: 'rfc',
    dpop: { replay: redisReplayStore(redis) },
    onEvent: (event) => events.push(event),
  })
  const app: FastifyInstance = Fastify({ forceCloseConnections: true })
  app.addHook('onResponse', async (request, reply) => {
    const milliseconds = reply.elapsedTime
    const scheme = String(request.headers.authorization).split(' ', 1)[0] ?? ''
    const retryAfter = reply.getHeader('retry-after')
    const startedAt = performance.now() - milliseconds
    answered.push({ scheme, status: reply.statusCode, retryAfter, startedAt, milliseconds })
  })
  app.get('/resource', { onRequest: auth0.requireAuth() }, async () => 'in')
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/resource`
  const bearerToken = await issuer.token()
  const headersOf = {
    DPoP: () => client.headers({ url }),
    Bearer: async () => ({ authorization: `Bearer ${bearerToken}` }),
  }

  function load() {
    let goesOn = true
    const send = async (scheme: keyof typeof senders) => {
      while (goesOn) {
        await (await fetch(url, { headers: await headersOf[scheme]() })).arrayBuffer()
        await wait(10)
      }
    }
    const loops = (['DPoP', 'Bearer'] as const).flatMap((scheme) =>
      Array.from({ length: senders[scheme] }, () => send(scheme)),
    )
    return {
      stop: async () => {
        goesOn = false
        await Promise.all(loops)
      },
    }
  }
  return { answered, events, load, close: () => app.close() }
}

/** What the parts of an experiment need. */
interface Stage {
  readonly server: RedisServer
  readonly proxy: TcpProxy
}

interface Fault {
  readonly name: string
  readonly seconds: number
  readonly reason: ReplayStoreFailure
  begin(stage: Stage): unknown
  end(stage: Stage): unknown
}

const kick = ({ server }: Stage) => server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
const configure = (name: string, value: string) => (stage: Stage) => stage.server.command('CONFIG', 'SET', name, value)

const faults: readonly Fault[] = [
  {
    name: 'I02 bears that Redis is killed, and started again after 3 s',
    seconds: 3,
    reason: 'error',
    begin: ({ server }) => server.kill(),
    end: ({ server }) => server.start(),
  },
  {
    name: 'I02 bears that the network swallows what is sent to Redis, and never says so',
    seconds: 1,
    reason: 'timeout',
    begin: ({ proxy }) => proxy.swallow(),
    end: ({ proxy }) => proxy.restore(),
  },
  {
    name: 'I03 bears that Redis takes 10 s for a write',
    seconds: 1,
    reason: 'timeout',
    begin: ({ server }) => server.command('CLIENT', 'PAUSE', '10000', 'WRITE'),
    end: ({ server }) => server.command('CLIENT', 'UNPAUSE'),
  },
  {
    name: 'I03 bears that Redis stands still',
    seconds: 1,
    reason: 'timeout',
    begin: ({ server }) => server.freeze(),
    end: ({ server }) => server.thaw(),
  },
  {
    name: 'I04 bears that Redis becomes a read-only replica',
    seconds: 0.8,
    reason: 'error',
    begin: async ({ server }) => server.command('REPLICAOF', '127.0.0.1', String(await freePort())),
    end: ({ server }) => server.command('REPLICAOF', 'NO', 'ONE'),
  },
  {
    name: 'I04 bears that Redis is out of memory and evicts nothing',
    seconds: 0.8,
    reason: 'error',
    begin: configure('maxmemory', '1'),
    end: configure('maxmemory', '0'),
  },
  {
    name: 'I04 bears that Redis has another password',
    seconds: 0.8,
    reason: 'error',
    begin: async (stage) => {
      await configure('requirepass', 'another')(stage)
      await kick(stage)
    },
    end: configure('requirepass', ''),
  },
  {
    name: 'I04 bears that the user of Redis may not write',
    seconds: 0.8,
    reason: 'error',
    begin: ({ server }) => server.command('ACL', 'SETUSER', 'default', '-set'),
    end: ({ server }) => server.command('ACL', 'SETUSER', 'default', '+set'),
  },
]

describe.each(clientLibraries)('I. Redis in trouble, by %s', (library) => {
  const closers: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  async function open(port: number, isThere = true): Promise<Api> {
    const opened = openClient(library, port)
    closers.push(opened.close)
    if (isThere) await untilReady(opened)
    const api = await startApi(opened)
    closers.push(api.close)
    const load = api.load()
    closers.push(load.stop)
    return api
  }

  it.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (_, { begin, end, ...fault }) => {
    const server = await startRedis()
    closers.push(server.stop)
    const proxy = await startProxy(server.port)
    closers.push(proxy.close)
    const api = await open(proxy.port)
    await untilServing(api)
    await experiment(api, { ...fault, begin: () => begin({ server, proxy }), end: () => end({ server, proxy }) })
    expect(await setsOf(server)).toBeLessThan(api.answered.filter(({ status }) => status === 200).length + 50)
  })

  it('I01 boots without Redis, and serves DPoP once it is there', async () => {
    const port = await freePort()
    const api = await open(port, false)
    await experiment(api, {
      seconds: 3,
      reason: 'error',
      begin: () => {},
      end: async () => {
        const server = await startRedis({ port })
        closers.unshift(server.stop)
      },
    })
  })
})

interface Experiment extends Pick<Fault, 'seconds' | 'reason'> {
  begin(): unknown
  end(): unknown
}

/** Lets a fault last under load: meanwhile 503 for DPoP in time and 200 for Bearer, and 200 for both soon after its end. */
async function experiment(api: Api, fault: Experiment): Promise<void> {
  const stalls = monitorEventLoopDelay({ resolution: 5 })
  stalls.enable()
  await fault.begin()
  const begun = performance.now()
  await wait(fault.seconds * 1000)
  const ending = performance.now()
  await fault.end()
  const ended = performance.now()
  const recovered = await untilServing(api)
  stalls.disable()
  expect(recovered - ended).toBeLessThan(promisedRecoveryMilliseconds)

  const during = api.answered.filter(({ startedAt }) => startedAt >= begun && startedAt < ending - promisedMilliseconds)
  const of = (wanted: string) => during.filter(({ scheme }) => scheme === wanted)
  expect(of('DPoP').length).toBeGreaterThan(10)
  expect(of('Bearer').length).toBeGreaterThan(10)
  expect(new Set(of('DPoP').map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(new Set(['503 1']))
  expect(new Set(api.answered.filter(({ scheme }) => scheme === 'Bearer').map(({ status }) => status))).toEqual(
    new Set([200]),
  )
  // When the whole process had to wait for a processor, every answer did.
  const slowest = Math.max(...during.map(({ milliseconds }) => milliseconds))
  expect(slowest).toBeLessThan(promisedMilliseconds + stalls.max / 1e6)
  // An honest client is never told that its proof is bad.
  for (const { status } of api.answered) expect([200, 503]).toContain(status)
  const reports = api.events.filter((event) => event.type === 'replay_store.failed')
  expect(reports).toHaveLength(1)
  // Where all senders were waiting when the connection broke, a time-out is the first that is heard of it.
  expect([fault.reason, 'timeout']).toContain(reports.map(({ reason }) => reason)[0])
}

/** Waits for twenty admitted DPoP requests in a row, and gives the time of the first. */
async function untilServing({ answered }: Api): Promise<number> {
  const from = answered.length
  let first: Answered | undefined
  await until('DPoP is admitted', () => {
    const proofs = answered.slice(from).filter(({ scheme }) => scheme === 'DPoP')
    const last = proofs.slice(-20)
    first = last[0]
    return last.length === 20 && last.every(({ status }) => status === 200)
  })
  return (first?.startedAt ?? Number.NaN) + (first?.milliseconds ?? Number.NaN)
}

/** How many claims reached the server: what piled up behind a fault would come to it in the end. */
async function setsOf(server: RedisServer): Promise<number> {
  const stats = String(await server.command('INFO', 'commandstats'))
  return Number(/cmdstat_set:calls=(\d+)/.exec(stats)?.[1] ?? 0)
}
