import { describe, expect, it } from 'vitest'
import { boundedStore } from '../../src/dpop/bounded-store.js'
import { DependencyUnavailable, type ReplayStore, type SallyportEvent } from '../../src/index.js'
import { createTestClock, type TestClock } from '../../src/testing/index.js'

type Answer = 'true' | 'false' | 'down' | 'silent' | 'wrong'

interface Store {
  readonly clock: TestClock
  readonly events: readonly SallyportEvent[]
  /** How often the store was asked. */
  asked(): number
  /** From now on the store answers this. */
  becomes(answer: Answer): void
  /** What becomes of so many claims at once: a verdict, or `U`. */
  claims(count: number): Promise<readonly (boolean | 'U')[]>
}

function createStore(): Store {
  const clock = createTestClock()
  const events: SallyportEvent[] = []
  let answer: Answer = 'true'
  let asked = 0
  const answers: Readonly<Record<Answer, ReplayStore['claim']>> = {
    true: async () => true,
    false: async () => false,
    down: () => Promise.reject(new Error('down')),
    silent: () => new Promise(() => {}),
    wrong: async () => 1 as unknown as boolean,
  }
  const claim: ReplayStore['claim'] = (...parameters) => {
    asked += 1
    return answers[answer](...parameters)
  }
  const store = boundedStore({ claim }, { clock, onEvent: (event) => events.push(event) })

  async function claimOnce(): Promise<boolean | 'U'> {
    try {
      return await store.claim('key', 60, 'jkt')
    } catch (error) {
      if (error instanceof DependencyUnavailable) return 'U'
      throw error
    }
  }

  return {
    clock,
    events,
    asked: () => asked,
    becomes: (next) => {
      answer = next
    },
    claims: (count) => Promise.all(Array.from({ length: count }, claimOnce)),
  }
}

async function oneByOne(store: Store, count: number): Promise<readonly (boolean | 'U')[]> {
  const outcomes: (boolean | 'U')[] = []
  for (let index = 0; index < count; index += 1) outcomes.push(...(await store.claims(1)))
  return outcomes
}

const all = (outcome: boolean | 'U', count: number) => Array.from({ length: count }, () => outcome)

describe('The rest of a replay store', () => {
  it.each(['down', 'wrong', 'silent'] as const)('I03 begins after five failures in a row: %s', async (trouble) => {
    const store = createStore()
    store.becomes(trouble)
    expect(await oneByOne(store, 4)).toEqual(all('U', 4))
    store.becomes('true')
    expect(await oneByOne(store, 1)).toEqual([true])
    store.becomes(trouble)
    expect(await oneByOne(store, 5)).toEqual(all('U', 5))
    const asked = store.asked()
    store.becomes('true')
    expect(await oneByOne(store, 50)).toEqual(all('U', 50))
    expect(store.asked()).toBe(asked)
  })

  it.each([0, 0.1, 0.499])('I03 lasts for half a second: no claim after %d s', async (seconds) => {
    const store = createStore()
    store.becomes('down')
    await oneByOne(store, 5)
    store.becomes('true')
    store.clock.advance(seconds)
    expect(await oneByOne(store, 3)).toEqual(all('U', 3))
    expect(store.asked()).toBe(5)
    store.clock.advance(0.5 - seconds)
    expect(await oneByOne(store, 100)).toEqual(all(true, 100))
    expect(store.asked()).toBe(105)
  })

  it('I03 ends with one claim, for whose verdict the others do not wait', async () => {
    const store = createStore()
    store.becomes('down')
    await oneByOne(store, 5)
    for (let rest = 0; rest < 10; rest += 1) {
      store.clock.advance(0.5)
      expect(await store.claims(100)).toEqual(all('U', 100))
      expect(store.asked()).toBe(6 + rest)
    }
    store.becomes('false')
    store.clock.advance(0.5)
    expect((await store.claims(100)).filter((outcome) => outcome === false)).toHaveLength(1)
    expect(await store.claims(100)).toEqual(all(false, 100))
  })

  it('I03 begins once for claims that fail together', async () => {
    const store = createStore()
    store.becomes('silent')
    expect(await store.claims(300)).toEqual(all('U', 300))
    expect(store.asked()).toBe(300)
    expect(await store.claims(300)).toEqual(all('U', 300))
    expect(store.asked()).toBe(300)
    store.becomes('true')
    store.clock.advance(0.5)
    expect(await oneByOne(store, 10)).toEqual(all(true, 10))
  })

  it.each([3600, -3600])('I03 does not care for a wall clock that is set by %i s', async (seconds) => {
    const store = createStore()
    store.becomes('down')
    await oneByOne(store, 5)
    store.becomes('true')
    store.clock.jump(seconds)
    expect(await oneByOne(store, 3)).toEqual(all('U', 3))
    store.clock.advance(0.5)
    expect(await oneByOne(store, 3)).toEqual(all(true, 3))
  })
})

describe('The reports of a replay store', () => {
  it('I04 are one event in 10 s, with the number of failures since the last', async () => {
    const store = createStore()
    store.becomes('down')
    await oneByOne(store, 1000)
    expect(store.events).toEqual([{ type: 'replay_store.failed', reason: 'error', failures: 1 }])
    store.clock.advance(9.999)
    await oneByOne(store, 100)
    expect(store.events).toHaveLength(1)
    store.clock.advance(0.001)
    await oneByOne(store, 1)
    expect(store.events.slice(1)).toEqual([{ type: 'replay_store.failed', reason: 'resting', failures: 1100 }])
  })

  it('I04 come again as long as the trouble lasts, and end with it', async () => {
    const store = createStore()
    store.becomes('down')
    for (let second = 0; second < 60; second += 1) {
      await store.claims(10)
      store.clock.advance(1)
    }
    expect(store.events).toHaveLength(6)
    store.becomes('true')
    for (let second = 0; second < 60; second += 1) {
      expect(await store.claims(1)).toEqual([true])
      store.clock.advance(1)
    }
    expect(store.events).toHaveLength(6)
  })

  it('I04 name what went wrong first', async () => {
    const store = createStore()
    for (const [answer, reason] of [
      ['down', 'error'],
      ['wrong', 'wrong_answer'],
      ['silent', 'timeout'],
    ] as const) {
      store.becomes(answer)
      store.clock.advance(10)
      await oneByOne(store, 1)
      expect(store.events.at(-1)).toMatchObject({ reason })
    }
  })
})
