import { expect } from 'vitest'
import type { DocumentStore } from '../../src/index.js'
import { createTestClock, createTestIssuer, type TestClock, type TestIssuer } from '../../src/testing/index.js'
import { createHarness, type Harness } from './harness.js'

export const metadataKey = 'sallyport:1:metadata:https://issuer.test/.well-known/openid-configuration'
export const jwksKey = 'sallyport:1:jwks:https://issuer.test/.well-known/jwks.json'

export interface MemoryStore extends DocumentStore {
  readonly values: Map<string, string>
  readonly ttls: Map<string, number>
}

function memoryStore(): MemoryStore {
  const values = new Map<string, string>()
  const ttls = new Map<string, number>()
  return {
    values,
    ttls,
    get: (key) => values.get(key),
    set: async (key, value, ttlSeconds) => {
      values.set(key, value)
      ttls.set(key, ttlSeconds)
    },
  }
}

export interface Instances {
  readonly clock: TestClock
  readonly issuer: TestIssuer
  readonly store: MemoryStore
  /** One more instance of the API, with the store that all share or with another. */
  instance(store?: DocumentStore): Promise<Harness>
  fetches(path?: string): number
}

/** Several resource servers in front of one issuer, as instances behind a load balancer are. */
export async function createInstances(): Promise<Instances> {
  const clock = createTestClock()
  const issuer = await createTestIssuer({ clock, algorithm: 'ES256' })
  const store = memoryStore()
  return {
    clock,
    issuer,
    store,
    instance: async (own = store) => {
      const options = { cache: { store: own }, fetch: issuer.fetch, clock, algorithms: ['ES256'] as const }
      return await createHarness({ testIssuer: { algorithm: 'ES256' }, ...options })
    },
    fetches: (path = '') =>
      [...issuer.requests].reduce((sum, [asked, count]) => (asked.includes(path) ? sum + count : sum), 0),
  }
}

/** What the store holds, with these members besides or instead of its own. */
export function tamper({ values }: MemoryStore, key: string, members: Readonly<Record<string, unknown>>): void {
  values.set(key, JSON.stringify({ ...JSON.parse(values.get(key) ?? '{}'), ...members }))
}

/** Both documents are in the store, put there by an instance that served a request. */
export async function filled(): Promise<Instances> {
  const instances = await createInstances()
  const { outcome } = await instances.instance()
  expect(await outcome(await instances.issuer.token())).toBe('A')
  expect([...instances.store.values.keys()]).toEqual([metadataKey, jwksKey])
  return instances
}
