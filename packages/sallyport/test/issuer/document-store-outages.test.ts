import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DocumentStore, InvalidOptions } from '../../src/index.js'
import { createHarness, type HarnessOptions } from '../support/harness.js'

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }

function raise(what: unknown): never {
  throw what
}

function fails(how: () => unknown): DocumentStore {
  return { get: how as DocumentStore['get'], set: how }
}

const later = (milliseconds: number) =>
  new Promise<never>((_, reject) => setTimeout(reject, milliseconds, new Error('late')))

describe('A store in trouble', () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => void unhandled.push(reason)
  beforeAll(() => void process.on('unhandledRejection', note))
  afterAll(() => {
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  it.concurrent.each([
    { fault: 'throws', how: () => raise(new Error('no')) },
    { fault: 'throws undefined', how: () => raise(undefined) },
    { fault: 'rejects', how: () => Promise.reject(new Error('no')) },
    { fault: 'rejects with null', how: () => Promise.reject(null) },
    { fault: 'hangs', how: () => new Promise(() => {}) },
    { fault: 'fails after its time', how: () => later(300) },
    { fault: 'gives a thenable that throws', how: () => Object.fromEntries([['then', () => raise(new Error('no'))]]) },
  ])('changes nothing when it $fault, and is reported', async ({ how }) => {
    const { clock, events, fetches, issuer, outcome } = await createHarness({ ...fast, cache: { store: fails(how) } })
    const token = await issuer.token()
    const start = performance.now()
    expect(await outcome(token)).toBe('A')
    expect(performance.now() - start).toBeLessThan(4 * 250 + 500)
    expect(fetches()).toBe(2)
    const failures = events.filter(({ type }) => type === 'document_store.failed')
    expect(failures.map((event) => 'operation' in event && event.operation)).toEqual(['get', 'set', 'get', 'set'])
    await issuer.rotateKey()
    clock.advance(31)
    expect(await outcome(await issuer.token())).toBe('A')
  })

  it.each([
    { what: 'a number', value: 7 },
    { what: 'an object', value: { body: '{}' } },
    { what: 'bytes', value: new TextEncoder().encode('{}') },
    { what: 'true', value: true },
    { what: 'an empty list', value: [] },
  ])('asks the issuer when it gives $what', async ({ value }) => {
    const { fetches, issuer, outcome } = await createHarness({ ...fast, cache: { store: fails(() => value) } })
    expect(await outcome(await issuer.token())).toBe('A')
    expect(fetches()).toBe(2)
  })

  it.each([undefined, null])('takes %s as a document that is not there', async (value) => {
    const { events, issuer, outcome } = await createHarness({ ...fast, cache: { store: fails(() => value) } })
    expect(await outcome(await issuer.token())).toBe('A')
    expect(events.filter(({ type }) => type.startsWith('document_store.'))).toEqual([])
  })

  it('does not turn an outage of the issuer into anything but 503', async () => {
    const { issuer, outcome } = await createHarness({ ...fast, cache: { store: fails(() => raise(new Error('no'))) } })
    issuer.outage('down')
    expect(await outcome(await issuer.token())).toBe('U')
  })

  it.each([null, 7, 'redis', [], {}, { get: () => undefined }, { get: 1, set: 2 }])(
    'is refused at creation when it is %j',
    async (store) => {
      const cache = { store: store as unknown as DocumentStore }
      await expect(createHarness({ ...fast, cache })).rejects.toBeInstanceOf(InvalidOptions)
    },
  )

  it('keeps its own this', async () => {
    class Store {
      readonly #values = new Map<string, string>()
      get(key: string): string | undefined {
        return this.#values.get(key)
      }
      set(key: string, value: string): void {
        this.#values.set(key, value)
      }
    }
    const { events, issuer, outcome } = await createHarness({ ...fast, cache: { store: new Store() } })
    expect(await outcome(await issuer.token())).toBe('A')
    expect(events.filter(({ type }) => type.startsWith('document_store.'))).toEqual([])
  })
})
