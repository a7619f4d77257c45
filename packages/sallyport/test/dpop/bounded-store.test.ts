import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { boundedStore, type ReplayStoreFailure } from '../../src/dpop/bounded-store.js'
import {
  DependencyUnavailable,
  type ReplayStore,
  ReplayStoreFull,
  RequestRefused,
  type SallyportEvent,
} from '../../src/index.js'
import { createTestClock, type TestClock } from '../../src/testing/index.js'

type Claim = ReplayStore['claim']
type Given =
  | { readonly verdict: boolean }
  | { readonly code: string }
  | { readonly reason: ReplayStoreFailure | undefined }

interface Bounded {
  readonly clock: TestClock
  readonly reports: readonly SallyportEvent[]
  /** How often the store was asked. */
  asked(): number
  claim(): boolean | Promise<boolean>
  /** What a claim comes to, and why when the store gives no verdict. */
  outcome(): Promise<Given>
}

/** A store behind its limits; an event of each failure, so that the reason of each can be seen. */
function bounded(given: Claim): Bounded {
  const clock = createTestClock()
  const reports: SallyportEvent[] = []
  let asked = 0
  const counted: ReplayStore = {
    claim: (...parameters) => {
      asked += 1
      return given(...parameters)
    },
  }
  const store = boundedStore(counted, { clock, onEvent: (event) => reports.push(event) })
  const claim = () => store.claim('key', 60, 'jkt')
  async function outcome(): Promise<Given> {
    try {
      return { verdict: await claim() }
    } catch (error) {
      if (error instanceof RequestRefused) return { code: error.code }
      expect(error).toBeInstanceOf(DependencyUnavailable)
      expect(error).toMatchObject({ dependency: 'replay_store', retryAfterSeconds: 1 })
      const last = reports.at(-1)
      return { reason: last?.type === 'replay_store.failed' ? last.reason : undefined }
    }
  }
  return { clock, reports, asked: () => asked, claim, outcome }
}

const never = () => new Promise<boolean>(() => {})
const answering =
  (answer: unknown): Claim =>
  () =>
    answer as boolean
/** A store may give anything, such as what only looks like a promise. */
const thenable = (then: unknown) => Object.fromEntries([['then', then]])

describe('The limits of a replay store: verdicts', () => {
  it.each([true, false])('I18 passes %s on, with or without a promise', async (verdict) => {
    for (const answer of [
      verdict,
      Promise.resolve(verdict),
      thenable((give: (value: boolean) => void) => give(verdict)),
    ])
      expect(await bounded(answering(answer)).outcome()).toEqual({ verdict })
  })

  it('I18 does not make a promise of a verdict that is here', () => {
    expect(bounded(answering(true)).claim()).toBe(true)
  })

  it.each([
    ['1', 1],
    ['0', 0],
    ['NaN', Number.NaN],
    ['1n', 1n],
    ['"true"', 'true'],
    ['"OK"', 'OK'],
    ['an empty string', ''],
    ['null', null],
    ['undefined', undefined],
    ['{}', {}],
    ['{ added: true }', { added: true }],
    ['[true]', [true]],
    ['a Boolean object', Object(true)],
    ['a symbol', Symbol('true')],
    ['a function', () => true],
    ['an Error', new Error('down')],
    ['an object whose then is no function', thenable(true)],
  ])('I18 takes %s for no verdict', async (_, answer) => {
    for (const given of [answer, Promise.resolve(answer), Promise.resolve().then(() => answer)])
      expect(await bounded(answering(given)).outcome()).toEqual({ reason: 'wrong_answer' })
  })
})

describe('The limits of a replay store: stores that throw', () => {
  const thrown = [
    ['an Error', new Error('down')],
    ['a TypeError', new TypeError('down')],
    ['a DependencyUnavailable', new DependencyUnavailable('issuer', 60)],
    ['a string', 'down'],
    ['an empty string', ''],
    ['undefined', undefined],
    ['null', null],
    ['false', false],
    ['true', true],
    ['0', 0],
    ['an object', { code: 'ECONNREFUSED' }],
    ['something without a prototype', Object.create(null)],
  ] as const

  it.each(thrown)('I12 answers 503 when the store throws %s', async (_, error) => {
    const throwing: Claim = () => {
      throw error
    }
    expect(await bounded(throwing).outcome()).toEqual({ reason: 'error' })
  })

  it.each(thrown)('I12 answers 503 when the store rejects with %s', async (_, error) => {
    expect(await bounded(() => Promise.reject(error)).outcome()).toEqual({ reason: 'error' })
    expect(await bounded(() => wait(5).then(() => Promise.reject(error))).outcome()).toEqual({ reason: 'error' })
  })

  it.each([
    [
      'then throws',
      thenable(() => {
        throw new Error('down')
      }),
    ],
    ['then rejects with nothing', thenable((_: unknown, reject: (error?: unknown) => void) => reject())],
    [
      'then cannot be read',
      Object.defineProperty({}, 'then', {
        get: () => {
          throw new Error('down')
        },
      }),
    ],
  ])('I12 answers 503 for an answer whose %s', async (_, answer) => {
    expect(await bounded(answering(answer)).outcome()).toEqual({ reason: 'error' })
  })

  it('I12 lets a store refuse the client, and does not count that as a failure', async () => {
    const refusing: Claim = () => {
      throw new RequestRefused('proof_limit_reached')
    }
    const { asked, outcome, reports } = bounded(refusing)
    for (let count = 0; count < 20; count += 1) expect(await outcome()).toEqual({ code: 'proof_limit_reached' })
    expect(asked()).toBe(20)
    expect(reports).toEqual([])
  })

  it('I12 says that a store is full, and asks it again at once', async () => {
    let isFull = true
    const { asked, outcome } = bounded(() => {
      if (isFull) throw new ReplayStoreFull()
      return true
    })
    for (let count = 0; count < 20; count += 1) expect(await outcome()).toEqual({ reason: 'full' })
    isFull = false
    expect(await outcome()).toEqual({ verdict: true })
    expect(asked()).toBe(21)
  })

  it('I12 calls the store as a method of what it belongs to', async () => {
    class Store implements ReplayStore {
      readonly #keys = new Set<string>()
      claim(key: string): boolean {
        return this.#keys.size < this.#keys.add(key).size
      }
    }
    const store = boundedStore(new Store(), { clock: createTestClock(), onEvent: undefined })
    expect([store.claim('key', 60, 'jkt'), store.claim('key', 60, 'jkt')]).toEqual([true, false])
  })
})

describe('The limits of a replay store: time', () => {
  it('I12 waits for 200 ms and no longer for a store that never answers', async () => {
    const { outcome } = bounded(never)
    const begun = performance.now()
    expect(await outcome()).toEqual({ reason: 'timeout' })
    const milliseconds = performance.now() - begun
    expect(milliseconds).toBeGreaterThan(190)
    expect(milliseconds).toBeLessThan(1000)
  })

  it.each([
    ['true', () => Promise.resolve(true)],
    ['false', () => Promise.resolve(false)],
    ['nonsense', () => Promise.resolve('late' as unknown as boolean)],
    ['an error', () => Promise.reject(new Error('late'))],
  ])('I12 does not hear an answer that comes too late: %s', async (_, late) => {
    const { outcome, reports } = bounded(() => wait(260).then(late))
    expect(await outcome()).toEqual({ reason: 'timeout' })
    await wait(120)
    expect(reports).toHaveLength(1)
  })

  it('I03 lets 1,000 claims wait and turns the next one away at once, until they have an end', async () => {
    const gives: ((verdict: boolean) => void)[] = []
    const { asked, outcome } = bounded(() => new Promise((give) => gives.push(give)))
    const waiting = Array.from({ length: 1000 }, () => outcome())
    for (let count = 0; count < 5; count += 1) expect(await outcome()).toEqual({ reason: 'busy' })
    expect(asked()).toBe(1000)
    for (const give of gives.splice(0)) give(true)
    expect(new Set((await Promise.all(waiting)).map((given) => JSON.stringify(given)))).toEqual(
      new Set(['{"verdict":true}']),
    )
    const next = outcome()
    for (const give of gives) give(false)
    expect(await next).toEqual({ verdict: false })
  })

  it('I03 has room again after 1,000 claims that were given up', async () => {
    let isSlow = true
    const { clock, outcome } = bounded(() => (isSlow ? never() : true))
    await Promise.all(Array.from({ length: 1100 }, () => outcome()))
    isSlow = false
    clock.advance(0.5)
    for (let count = 0; count < 1100; count += 1) expect(await outcome()).toEqual({ verdict: true })
  })

  it('gives the place of a claim to another where a runtime let it never end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const { asked, claim, clock, outcome } = bounded(never)
    for (let count = 0; count < 1000; count += 1) void claim()
    expect(await outcome()).toEqual({ reason: 'busy' })
    clock.advance(11)
    void claim()
    expect(asked()).toBe(1001)
    vi.useRealTimers()
  })
})
