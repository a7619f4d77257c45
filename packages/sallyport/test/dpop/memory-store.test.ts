import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  type Clock,
  InvalidOptions,
  type MemoryReplayStoreOptions,
  memoryReplayStore,
  type ReplayStore,
  ReplayStoreFull,
  RequestRefused,
} from '../../src/index.js'
import { createTestClock, type DpopClient, type TestClock } from '../../src/testing/index.js'
import { createHarness, type Harness, resourceUrl } from '../support/harness.js'

interface ClockedStore {
  readonly clock: TestClock
  readonly store: ReplayStore
}

function clocked(options: MemoryReplayStoreOptions = {}, startsAtSeconds = 0): ClockedStore {
  const clock = createTestClock()
  clock.advance(startsAtSeconds)
  return { clock, store: memoryReplayStore({ clock, ...options }) }
}

/** Claims keys that were not claimed before, each by another client unless `jkt` says whose they are. */
function fill(store: ReplayStore, count: number, { prefix = 'key', ttlSeconds = 60, jkt = '' } = {}): void {
  for (let index = 0; index < count; index += 1) {
    const verdict = store.claim(`${prefix}-${index}`, ttlSeconds, jkt === '' ? `client-${index % 1000}` : jkt)
    if (verdict !== true) throw new Error(`Claim ${index} was given ${String(verdict)}.`)
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const isRefused = (code: string) => expect.objectContaining({ code, constructor: RequestRefused })

describe('The replay store in memory: times', () => {
  it.each([
    { startsAt: 0, ttl: 1, freedAt: 1 },
    { startsAt: 0, ttl: 60, freedAt: 60 },
    { startsAt: 0, ttl: 450, freedAt: 450 },
    { startsAt: 0.001, ttl: 60, freedAt: 61 },
    { startsAt: 0.5, ttl: 60, freedAt: 61 },
    { startsAt: 0.999, ttl: 1, freedAt: 2 },
  ])('frees a key after its time, less than a second late and never early: %j', ({ startsAt, ttl, freedAt }) => {
    const { clock, store } = clocked({}, startsAt)
    const end = freedAt - startsAt
    expect(store.claim('key', ttl, 'jkt')).toBe(true)
    for (const part of [0.25, 0.5, 0.24]) {
      clock.advance(end * part)
      expect(store.claim('key', ttl, 'jkt')).toBe(false)
    }
    clock.advance(end * 0.01 - 0.0005)
    expect(store.claim('key', ttl, 'jkt')).toBe(false)
    clock.advance(0.0005)
    expect(store.claim('key', ttl, 'jkt')).toBe(true)
  })

  it('does not prolong a key that is claimed again, and starts anew when it was freed', () => {
    const { clock, store } = clocked()
    store.claim('key', 10, 'jkt')
    clock.advance(9)
    expect(store.claim('key', 1000, 'jkt')).toBe(false)
    clock.advance(1)
    expect(store.claim('key', 10, 'jkt')).toBe(true)
    clock.advance(9)
    expect(store.claim('key', 10, 'jkt')).toBe(false)
  })

  it.each([10, 430, 3600])('keeps what a wall clock that is set back by %i s makes good again', (seconds) => {
    const { clock, store } = clocked()
    store.claim('key', 60, 'jkt')
    clock.advance(50)
    clock.jump(-seconds)
    clock.advance(9 + seconds)
    expect(store.claim('key', 60, 'jkt')).toBe(false)
    clock.advance(1)
    expect(store.claim('key', 60, 'jkt')).toBe(true)
  })

  it('frees what is due and nothing else, in whatever order it came', () => {
    const { clock, store } = clocked()
    const ttls = [30, 5, 90, 10, 60, 1, 45, 5]
    for (const [index, ttl] of ttls.entries()) store.claim(`key-${index}`, ttl, 'jkt')
    clock.advance(31)
    expect(ttls.map((_, index) => store.claim(`key-${index}`, 1000, 'jkt'))).toEqual(ttls.map((ttl) => ttl <= 31))
  })

  it.each([3600, 86_400 * 365])('does not care for a wall clock that is set ahead by %i s', (seconds) => {
    const { clock, store } = clocked()
    store.claim('key', 60, 'jkt')
    clock.jump(seconds)
    expect(store.claim('key', 60, 'jkt')).toBe(false)
    clock.advance(59)
    expect(store.claim('key', 60, 'jkt')).toBe(false)
    clock.advance(1)
    expect(store.claim('key', 60, 'jkt')).toBe(true)
  })

  it('gives no key up for a clock that gives no number', () => {
    const clock = { ...createTestClock(), monotonicMilliseconds: () => Number.NaN }
    const store = memoryReplayStore({ clock })
    expect(store.claim('key', 60, 'jkt')).toBe(true)
    expect(store.claim('key', 60, 'jkt')).toBe(false)
  })
})

describe('The replay store in memory: room', () => {
  it('I11 holds 100,000 live entries, says that it is full, and gives none of them up', () => {
    const { clock, store } = clocked()
    fill(store, 100_000)
    for (const key of ['new', 'newer', 'newest']) expect(() => store.claim(key, 60, 'jkt')).toThrow(ReplayStoreFull)
    for (let index = 0; index < 100_000; index += 1) {
      if (store.claim(`key-${index}`, 60, `client-${index % 1000}`) !== false)
        throw new Error(`Entry ${index} is gone.`)
    }
    clock.advance(59)
    expect(() => store.claim('new', 60, 'jkt')).toThrow(ReplayStoreFull)
    clock.advance(1)
    fill(store, 100_000, { prefix: 'again' })
  })

  it('I11 has room again for as many entries as expired', () => {
    const { clock, store } = clocked({ maxEntries: 10 })
    fill(store, 4, { prefix: 'brief', ttlSeconds: 5 })
    fill(store, 6, { prefix: 'long', ttlSeconds: 500 })
    expect(() => store.claim('new', 60, 'jkt')).toThrow(ReplayStoreFull)
    clock.advance(5)
    fill(store, 4, { prefix: 'next' })
    expect(() => store.claim('new', 60, 'jkt')).toThrow(ReplayStoreFull)
    expect(store.claim('long-0', 60, 'client-0')).toBe(false)
  })

  it('I11 refuses the 1,001st live entry of one key, and goes on for all others', () => {
    const { clock, store } = clocked()
    fill(store, 1000, { jkt: 'busy' })
    expect(() => store.claim('one-more', 60, 'busy')).toThrow(isRefused('proof_limit_reached'))
    expect(store.claim('one-more', 60, 'another')).toBe(true)
    expect(store.claim('key-0', 60, 'busy')).toBe(false)
    clock.advance(60)
    fill(store, 1000, { prefix: 'again', jkt: 'busy' })
    expect(() => store.claim('one-more-2', 60, 'busy')).toThrow(isRefused('proof_limit_reached'))
  })

  it('I11 does not count a claim that was refused', () => {
    const { clock, store } = clocked({ maxEntries: 3, maxEntriesPerKey: 2 })
    fill(store, 2, { jkt: 'a' })
    for (let again = 0; again < 5; again += 1) {
      expect(store.claim('key-0', 60, 'a')).toBe(false)
      expect(() => store.claim(`over-${again}`, 60, 'a')).toThrow(isRefused('proof_limit_reached'))
    }
    expect(store.claim('b', 60, 'b')).toBe(true)
    for (let again = 0; again < 5; again += 1) expect(() => store.claim('c', 60, 'c')).toThrow(ReplayStoreFull)
    clock.advance(60)
    fill(store, 2, { prefix: 'again', jkt: 'a' })
    expect(store.claim('c', 60, 'c')).toBe(true)
  })

  it('I11 holds no more with time than what is live', () => {
    const { clock, store } = clocked()
    const heldAfter = (seconds: number) => {
      for (let second = 0; second < seconds; second += 1) {
        fill(store, 2000, { prefix: `s${clock.nowSeconds()}`, ttlSeconds: 10 })
        clock.advance(1)
      }
      collectGarbage()
      return process.memoryUsage().heapUsed
    }
    const before = heldAfter(60)
    expect(heldAfter(200) - before).toBeLessThan(5 * 1024 * 1024)
  })
})

describe('The replay store in memory: behind an API', () => {
  async function api(options: MemoryReplayStoreOptions): Promise<{ harness: Harness; clients: readonly DpopClient[] }> {
    let clock: Clock = createTestClock(0)
    // The harness brings its own clock, which the store goes by as well.
    const harnessClock: Clock = {
      epochMilliseconds: () => clock.epochMilliseconds(),
      monotonicMilliseconds: () => clock.monotonicMilliseconds(),
    }
    const harness = await createHarness({
      algorithms: ['ES256'],
      testIssuer: { algorithm: 'ES256' },
      dpop: { replay: memoryReplayStore({ ...options, clock: harnessClock }) },
    })
    clock = harness.clock
    return { harness, clients: await Promise.all([1, 2, 3].map(() => harness.dpopClient())) }
  }
  const headersOf = async (client: DpopClient | undefined) => {
    const { authorization = '', dpop = '' } = (await client?.headers({ url: resourceUrl })) ?? {}
    return ['Authorization', authorization, 'DPoP', dpop]
  }

  it('I11 answers 503 when it is full of live entries, until some expire', async () => {
    const { harness, clients } = await api({ maxEntries: 2 })
    const [first, second, third] = await Promise.all(clients.map(headersOf))
    for (const headers of [first, second]) expect(await harness.outcomeOf(headers ?? [])).toBe('A')
    expect(await harness.outcomeOf(third ?? [])).toBe('U')
    expect(harness.events).toContainEqual({ type: 'replay_store.failed', reason: 'full', failures: 1 })
    for (const headers of [first, second]) expect(await harness.outcomeOf(headers ?? [])).toBe('P')
    expect(harness.events.at(-1)).toMatchObject({ code: 'proof_replayed' })
    // 300 s that the proofs are good for, and 120 s for instances with other clocks.
    harness.clock.advance(421)
    expect(await harness.outcomeOf(await headersOf(clients[2]))).toBe('A')
  })

  it('I11 refuses the proofs of a client that fills its share, and admits others', async () => {
    const { harness, clients } = await api({ maxEntriesPerKey: 2 })
    const [busy, other] = clients
    for (let count = 0; count < 2; count += 1) expect(await harness.outcomeOf(await headersOf(busy))).toBe('A')
    expect(await harness.outcomeOf(await headersOf(busy))).toBe('P')
    expect(harness.events.at(-1)).toMatchObject({ code: 'proof_limit_reached' })
    expect(await harness.outcomeOf(await headersOf(other))).toBe('A')
  })
})

describe('The replay store in memory: options', () => {
  it.each([
    { maxEntries: 0 },
    { maxEntries: -1 },
    { maxEntries: 1.5 },
    { maxEntries: Number.NaN },
    { maxEntries: Number.POSITIVE_INFINITY },
    { maxEntries: 10_000_001 },
    { maxEntries: '10' },
    { maxEntriesPerKey: 0 },
    { maxEntriesPerKey: 10_000_001 },
    { clock: Date },
    { clock: null },
    { max: 5 },
    null,
    [],
  ])('are checked at creation: %j', (options) => {
    expect(() => memoryReplayStore(options as MemoryReplayStoreOptions)).toThrow(InvalidOptions)
    expect(memoryReplayStore({ maxEntries: 1, maxEntriesPerKey: 1 }).claim('key', 1, 'jkt')).toBe(true)
  })
})
