import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { redisReplayStore } from '../../src/stores/redis.js'
import { createHarness, type Harness, type Outcome, resourceUrl } from '../support/harness.js'
import { clientLibraries, openClient, untilReady } from '../support/redis-clients.js'
import { type RedisServer, startRedis, until } from '../support/redis-server.js'
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js'

let server: RedisServer
let proxy: TcpProxy
beforeAll(async () => {
  server = await startRedis()
  proxy = await startProxy(server.port)
})
afterAll(async () => {
  await proxy.close()
  await server.stop()
})

const closers: (() => void)[] = []
afterEach(async () => {
  proxy.restore()
  for (const close of closers.splice(0)) close()
  await server.command('FLUSHALL')
})

interface Api extends Pick<Harness, 'events' | 'clock'> {
  /** What happens to a request with a proof of its own, or with the last one. */
  send(which?: 'new' | 'again'): Promise<Outcome>
}

/** An API whose Redis is behind the proxy, and which has served. */
async function servingApi(library: (typeof clientLibraries)[number]): Promise<Api> {
  const opened = openClient(library, proxy.port)
  closers.push(opened.close)
  await untilReady(opened)
  const fast = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } } as const
  const replay = redisReplayStore(opened.client)
  const { outcomeOf, dpopClient, events, clock } = await createHarness({ ...fast, dpop: { replay } })
  const client = await dpopClient()
  let headers: readonly string[] = []
  const send: Api['send'] = async (which = 'new') => {
    const { authorization, dpop } = await client.headers({ url: resourceUrl })
    if (which === 'new') headers = ['Authorization', authorization, 'DPoP', dpop]
    return outcomeOf(headers)
  }
  expect(await send()).toBe('A')
  // The look at the policy is over.
  await wait(20)
  return { events, clock, send }
}

/** Asks again as a store that rests would: node-redis drops a connection that was still for half a second. */
async function verdict(send: () => Promise<Outcome>, clock: Harness['clock']): Promise<Outcome> {
  let outcome = await send()
  await until('the store gives a verdict', async () => {
    if (outcome !== 'U') return true
    await wait(600)
    clock.advance(0.6)
    outcome = await send()
    return false
  })
  return outcome
}

const claimsIn = async () => Number(await server.command('DBSIZE'))

describe('A reply that is lost', () => {
  it('I08 recognises its own marker when ioredis sends the command again: the request is admitted once', async () => {
    const { events, send } = await servingApi('ioredis')
    const [claims, connections] = [await claimsIn(), proxy.connections()]
    proxy.failReplyTo('SET', 'cut')
    expect(await send()).toBe('A')
    // The key was set before the connection broke, and the second SET found it.
    expect(await claimsIn()).toBe(claims + 1)
    expect(proxy.connections()).toBe(connections + 1)
    expect(await send('again')).toBe('P')
    expect(events.at(-1)).toMatchObject({ code: 'proof_replayed' })
  })

  it('I08 recognises its own marker when the reply to GET is lost as well', async () => {
    const { send } = await servingApi('ioredis')
    proxy.failReplyTo('SET', 'cut')
    const sent = send()
    await until('the first reply was lost', () => !proxy.isPlanned())
    proxy.failReplyTo('GET', 'cut')
    expect(await sent).toBe('A')
    expect(await send('again')).toBe('P')
  })

  it('I08 admits one of sixteen copies of a proof whose connection breaks under them', async () => {
    const { send } = await servingApi('ioredis')
    for (let round = 0; round < 5; round += 1) {
      proxy.failReplyTo('SET', 'cut')
      const first = send()
      const outcomes = await Promise.all([first, ...Array.from({ length: 15 }, () => first.then(() => send('again')))])
      expect(outcomes.sort().join('')).toBe(`A${'P'.repeat(15)}`)
    }
  })

  it('I08 answers 503 with node-redis, which does not send a command again', async () => {
    const { events, send } = await servingApi('node-redis')
    proxy.failReplyTo('SET', 'cut')
    expect(await send()).toBe('U')
    expect(events).toContainEqual({ type: 'replay_store.failed', reason: 'error', failures: 1 })
  })

  it.each(clientLibraries)('I09 refuses the proof of a request whose reply never came, by %s', async (library) => {
    const { clock, events, send } = await servingApi(library)
    const claims = await claimsIn()
    proxy.swallowReplies()
    expect(await send()).toBe('U')
    expect(events.at(-1)).toMatchObject({ type: 'request.unavailable', dependency: 'replay_store' })
    expect(await claimsIn()).toBe(claims + 1)
    proxy.restore()
    const outcome = await verdict(() => send('again'), clock)
    expect(outcome).toBe('P')
    expect(events.at(-1)).toMatchObject({ code: 'proof_replayed' })
    expect(await send()).toBe('A')
  })
})

describe.each(clientLibraries)('A reply that is wrong, by %s', (library) => {
  it.each([
    ':1\r\n',
    ':0\r\n',
    '$0\r\n\r\n',
    '$4\r\ntrue\r\n',
    '+QUEUED\r\n',
    '+ok\r\n',
    '+OK \r\n',
    '*0\r\n',
    '*1\r\n+OK\r\n',
    '%0\r\n',
    '#t\r\n',
    ',1.5\r\n',
    '(1\r\n',
    '-ERR wrong\r\n',
    '-OK\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
  ])('I10 answers 503 when Redis answers SET with %j', async (instead) => {
    const { clock, send } = await servingApi(library)
    proxy.failReplyTo('SET', { instead })
    expect(await send()).toBe('U')
    expect(await verdict(send, clock)).toBe('A')
    expect(await send('again')).toBe('P')
  })

  it.each([':1\r\n', '$0\r\n\r\n', '*0\r\n', '%0\r\n', '#t\r\n', '-WRONGTYPE of key\r\n'])(
    'I10 answers 503 when Redis answers GET with %j',
    async (instead) => {
      const { send } = await servingApi(library)
      expect(await send()).toBe('A')
      proxy.failReplyTo('GET', { instead })
      expect(await send('again')).toBe('U')
      expect(await send('again')).toBe('P')
    },
  )

  it('I10 refuses a replay whose key expires before the store can look at it', async () => {
    const { send } = await servingApi(library)
    expect(await send()).toBe('A')
    proxy.failReplyTo('GET', { instead: '_\r\n' })
    expect(await send('again')).toBe('P')
  })

  it('I10 never takes the marker of another request for its own', async () => {
    const { send } = await servingApi(library)
    expect(await send()).toBe('A')
    for (const marker of [crypto.randomUUID(), 'OK', 'true', 'null', 'undefined', '1']) {
      proxy.failReplyTo('GET', { instead: `$${marker.length}\r\n${marker}\r\n` })
      expect(await send('again')).toBe('P')
    }
  })
})
