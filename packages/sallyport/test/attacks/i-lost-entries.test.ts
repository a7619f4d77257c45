import { afterEach, describe, expect, it } from 'vitest'
import type { DpopOptions } from '../../src/index.js'
import { redisReplayStore } from '../../src/stores/redis.js'
import { createHarness, type Harness, type Outcome, resourceUrl } from '../support/harness.js'
import { clientLibraries, openClient, untilReady } from '../support/redis-clients.js'
import { type RedisServer, startRedis, until } from '../support/redis-server.js'
import { startProxy } from '../support/tcp-proxy.js'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function redis(...config: readonly string[]): Promise<RedisServer> {
  const server = await startRedis({ config })
  closers.push(server.stop)
  return server
}

async function proxyTo(port: number) {
  const proxy = await startProxy(port)
  closers.push(proxy.close)
  return proxy
}

interface Api extends Pick<Harness, 'clock' | 'events'> {
  /** The headers of a request, with a proof of its own. */
  request(nonce?: string): Promise<readonly string[]>
  /** What happens to it once the store gives a verdict. */
  send(request: readonly string[]): Promise<Outcome>
  /** A nonce that is good now. */
  nonce(): Promise<string>
}

async function apiOn(library: (typeof clientLibraries)[number], port: number, dpop: DpopOptions = {}): Promise<Api> {
  const opened = openClient(library, port)
  closers.push(opened.close)
  await untilReady(opened)
  const { api, clock, dpopClient, events, outcomeOf } = await createHarness({
    algorithms: ['ES256'],
    testIssuer: { algorithm: 'ES256' },
    dpop: { ...dpop, replay: redisReplayStore(opened.client) },
  })
  const client = await dpopClient()
  return {
    clock,
    events,
    request: async (nonce) => {
      const { authorization, dpop: proof } = await client.headers({ url: resourceUrl, nonce })
      return ['Authorization', authorization, 'DPoP', proof]
    },
    send: async (request) => {
      let outcome: Outcome = 'U'
      await until('the store gives a verdict', async () => {
        outcome = await outcomeOf(request)
        if (outcome === 'U') clock.advance(0.5)
        return outcome !== 'U'
      })
      return outcome
    },
    nonce: async () => {
      const headers = { host: 'api.test', ...(await client.headers({ url: resourceUrl })) }
      try {
        await api.authenticate({ method: 'GET', url: '/resource', scheme: 'https', headers })
      } catch (error) {
        return String(Object(error).nonce)
      }
      throw new Error('No nonce was wanted.')
    },
  }
}

const secrets = 'a secret of at least 32 characters'
/** To the beginning of a minute, which is when a nonce begins. */
const toNextMinute = ({ clock }: Api) => clock.advance(60 - (clock.nowSeconds() % 60))

describe.each(clientLibraries)('I. Entries that Redis lost, by %s', (library) => {
  it('I05 accepts a proof once more after a failover that lost it, while it is good, and no other', async () => {
    const primary = await redis('--repl-diskless-sync-delay', '0')
    const link = await proxyTo(primary.port)
    const replica = await redis('--replicaof', `127.0.0.1 ${link.port}`)
    await until('the replica is linked', async () =>
      /master_link_status:up/.test(String(await replica.command('INFO'))),
    )
    const address = await proxyTo(primary.port)
    const { clock, events, request, send } = await apiOn(library, address.port)
    const [copied, lost] = [await request(), await request()]

    expect(await send(copied)).toBe('A')
    await until('it is copied', async () => Number(await replica.command('DBSIZE')) === 1)
    link.swallow()
    expect(await send(lost)).toBe('A')
    await primary.kill()
    await replica.command('REPLICAOF', 'NO', 'ONE')
    address.forwardTo(replica.port)

    expect(await send(copied)).toBe('P')
    expect([await send(lost), await send(lost)]).toEqual(['A', 'P'])
    expect(events.at(-1)).toMatchObject({ code: 'proof_replayed' })
    clock.advance(301)
    expect(await send(lost)).toBe('P')
    expect(events.at(-1)).toMatchObject({ code: 'proof_time_refused' })
  })

  it.each([60, 300])('I07 accepts a proof once more after a FLUSHALL, for %i s at most', async (proofMaxAgeSeconds) => {
    const server = await redis()
    const { clock, events, request, send } = await apiOn(library, server.port, { proofMaxAgeSeconds })
    const used = await request()
    expect([await send(used), await send(used)]).toEqual(['A', 'P'])
    clock.advance(proofMaxAgeSeconds)
    await server.command('FLUSHALL')
    expect([await send(used), await send(used)]).toEqual(['A', 'P'])
    clock.advance(0.001)
    await server.command('FLUSHALL')
    expect(await send(used)).toBe('P')
    expect(events.at(-1)).toMatchObject({ code: 'proof_time_refused' })
    expect(await send(await request())).toBe('A')
  })

  it('I07 accepts a proof with a nonce once more after a FLUSHALL, until the nonce is too old', async () => {
    const server = await redis()
    const api = await apiOn(library, server.port, { nonce: { secrets } })
    toNextMinute(api)
    const used = await api.request(await api.nonce())
    expect([await api.send(used), await api.send(used)]).toEqual(['A', 'P'])
    api.clock.advance(299.999)
    await server.command('FLUSHALL')
    expect([await api.send(used), await api.send(used)]).toEqual(['A', 'P'])
    api.clock.advance(0.001)
    await server.command('FLUSHALL')
    expect(await api.send(used)).toBe('N')
    expect(await api.send(await api.request(await api.nonce()))).toBe('A')
  })
})
