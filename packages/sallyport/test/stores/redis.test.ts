import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { InvalidOptions, type ReplayStore } from '../../src/index.js'
import { type RedisClient, type RedisReplayStoreOptions, redisReplayStore } from '../../src/stores/redis.js'
import { createHarness, type Harness, type HarnessOptions, resourceUrl } from '../support/harness.js'
import { type ClientLibrary, clientLibraries, openClient, untilReady } from '../support/redis-clients.js'
import { type RedisServer, startRedis } from '../support/redis-server.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

const closers: (() => void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) close()
  await server.command('FLUSHALL')
})

async function readyClient(library: ClientLibrary, to: Parameters<typeof openClient>[1] = server.port) {
  const opened = openClient(library, to)
  closers.push(opened.close)
  await untilReady(opened)
  return opened
}

async function readyStore(library: ClientLibrary, options?: RedisReplayStoreOptions): Promise<ReplayStore> {
  return redisReplayStore((await readyClient(library)).client, options)
}

const keys = async () => (await server.command('KEYS', '*')) as string[]
const remaining = async (key: string) => Number(await server.command('PTTL', key))

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }
const behind = (replay: ReplayStore, options: HarnessOptions = {}) =>
  createHarness({ ...fast, ...options, dpop: { replay } })

/** Sends a proof with this `jti`, of a client that may come again. */
async function sendJti({ outcomeOfRequest }: Harness, client: Awaited<ReturnType<Harness['dpopClient']>>, jti: string) {
  const token = await client.token()
  const proof = await client.proof({ url: resourceUrl, token, claims: { jti } })
  return outcomeOfRequest({ headers: ['Authorization', `DPoP ${token}`, 'DPoP', proof] })
}

describe.each(clientLibraries)('What the store keeps in Redis, by %s', (library) => {
  it.each([1, 2, 61, 450, 3900])('sets one key that lives for %i s', async (ttlSeconds) => {
    const store = await readyStore(library)
    expect(await store.claim('some-key', ttlSeconds, 'jkt')).toBe(true)
    expect(await keys()).toEqual(['sallyport:replay:some-key'])
    const left = await remaining('sallyport:replay:some-key')
    expect(left).toBeGreaterThan(ttlSeconds * 1000 - 900)
    expect(left).toBeLessThanOrEqual(ttlSeconds * 1000)
  })

  it('keeps a marker that is new each time, and nothing of the request', async () => {
    const store = await readyStore(library)
    for (const key of ['one', 'two']) await store.claim(key, 60, 'the-thumbprint')
    const markers = await Promise.all(['one', 'two'].map((key) => server.command('GET', `sallyport:replay:${key}`)))
    for (const marker of markers) expect(marker).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/)
    expect(new Set(markers).size).toBe(2)
  })

  it('does not touch the key of a claim that loses', async () => {
    const store = await readyStore(library)
    await store.claim('some-key', 60, 'jkt')
    const marker = await server.command('GET', 'sallyport:replay:some-key')
    expect(await store.claim('some-key', 3600, 'jkt')).toBe(false)
    expect(await server.command('GET', 'sallyport:replay:some-key')).toBe(marker)
    expect(await remaining('sallyport:replay:some-key')).toBeLessThanOrEqual(60_000)
  })

  it('keeps stores with different prefixes apart', async () => {
    const { client } = await readyClient(library)
    const stores = ['a:', 'b:', ''].map((keyPrefix) => redisReplayStore(client, { keyPrefix }))
    for (const store of stores) expect(await store.claim('same', 60, 'jkt')).toBe(true)
    expect((await keys()).sort()).toEqual(['a:same', 'b:same', 'same'])
    for (const store of stores) expect(await store.claim('same', 60, 'jkt')).toBe(false)
  })

  it('I14 keeps APIs apart that share a prefix, by their audience', async () => {
    const store = await readyStore(library)
    const audiences = ['https://a.test', 'https://b.test', 'https://a.test/']
    const harnesses = await Promise.all(
      audiences.map((audience) => behind(store, { testIssuer: { ...fast.testIssuer, audience } })),
    )
    const [first] = harnesses
    const client = await first?.dpopClient()
    if (client === undefined) throw new Error('There is no client.')
    for (const harness of harnesses) {
      const token = await harness.issuer.token({ cnf: { jkt: client.jkt } })
      const proof = await client.proof({ url: resourceUrl, token, claims: { jti: 'the-same' } })
      const send = () => harness.outcomeOfRequest({ headers: ['Authorization', `DPoP ${token}`, 'DPoP', proof] })
      expect(await send()).toBe('A')
      expect(await send()).toBe('P')
      expect(harness.events.at(-1)).toMatchObject({ code: 'proof_replayed' })
    }
    expect(await keys()).toHaveLength(audiences.length)
  })

  it.each([
    'a\r\nb',
    'x\r\n*1\r\n$8\r\nFLUSHALL\r\n',
    '{tag}',
    '{}',
    '*',
    '\u0000',
    '\ud83d\udd11',
    ' ',
    '__proto__',
    'sallyport:replay:',
  ])('I15 turns the jti %j into a key of 43 characters', async (jti) => {
    const harness = await behind(await readyStore(library))
    const client = await harness.dpopClient()
    await server.command('SET', 'canary', 'alive')
    expect(await sendJti(harness, client, jti)).toBe('A')
    expect(await sendJti(harness, client, jti)).toBe('P')
    expect(harness.events.at(-1)).toMatchObject({ code: 'proof_replayed' })
    const [key, ...others] = (await keys()).filter((name) => name !== 'canary')
    expect(key).toMatch(/^sallyport:replay:[\w-]{43}$/)
    expect(others).toEqual([])
    expect(await server.command('GET', 'canary')).toBe('alive')
  })

  it.each([
    ['an empty one', ''],
    ['one of 257 characters', 'j'.repeat(257)],
    ['one of 1,000 characters', 'j'.repeat(1000)],
  ])('I15 keeps nothing of a jti that is refused: %s', async (_, jti) => {
    const harness = await behind(await readyStore(library))
    const client = await harness.dpopClient()
    expect(await sendJti(harness, client, jti)).toBe('P')
    expect(harness.events.at(-1)).toMatchObject({ code: 'proof_claim_refused' })
    expect(await keys()).toEqual([])
    expect(await sendJti(harness, client, 'j'.repeat(256))).toBe('A')
  })

  it('I16 hashes the version of its format, the audience, the thumbprint and the jti', async () => {
    const harness = await behind(await readyStore(library))
    const client = await harness.dpopClient()
    expect(await sendJti(harness, client, 'some-jti')).toBe('A')
    const hashed = `sallyport replay 1 16 https://api.test${client.jkt}some-jti`
    expect(await keys()).toEqual([`sallyport:replay:${createHash('sha256').update(hashed).digest('base64url')}`])
  })

  it('I16 is not disturbed by the keys of another version', async () => {
    const harness = await behind(await readyStore(library))
    const client = await harness.dpopClient()
    for (const version of ['sallyport replay 0', 'sallyport replay 2', 'sallyport replay']) {
      const hashed = `${version} 16 https://api.test${client.jkt}some-jti`
      await server.command(
        'SET',
        `sallyport:replay:${createHash('sha256').update(hashed).digest('base64url')}`,
        'other',
      )
    }
    expect(await sendJti(harness, client, 'some-jti')).toBe('A')
    expect(await sendJti(harness, client, 'some-jti')).toBe('P')
  })

  it.each([0, -1, -300, Number.NaN, Number.POSITIVE_INFINITY, 1e-9])(
    'I17 never sets a key without an expiry: %d s',
    async (ttlSeconds) => {
      const store = await readyStore(library)
      await expect(store.claim('some-key', ttlSeconds, 'jkt')).rejects.toThrow()
      expect(await keys()).toEqual([])
    },
  )
})

describe('What the store takes for a client', () => {
  it.each([
    undefined,
    null,
    'redis://localhost',
    {},
    { set: () => 'OK' },
    { get: () => null },
    { set: 'OK', get: 'null' },
    { url: 'redis://localhost' },
  ])('refuses %j at once, by the name of what it takes', (client) => {
    expect(() => redisReplayStore(client as unknown as RedisClient)).toThrow(InvalidOptions)
    expect(() => redisReplayStore(client as unknown as RedisClient)).toThrow(/ioredis or node-redis/)
  })
})

describe('The Redis of these tests', () => {
  it('fails by the name of what to install where there is none', async () => {
    vi.stubEnv('PATH', '')
    await expect(startRedis()).rejects.toThrow('apt-get install redis-server')
  })
})
