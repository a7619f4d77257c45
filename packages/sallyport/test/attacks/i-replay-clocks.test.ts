import { describe, expect, it } from 'vitest'
import { answerTo, type Clock, createResourceServer, memoryReplayStore, type ReplayStore } from '../../src/index.js'
import {
  createTestClock,
  createTestIssuer,
  type DpopClient,
  dpopClient,
  type TestClock,
} from '../../src/testing/index.js'
import { createHarness, type Harness, resourceUrl } from '../support/harness.js'

const fast = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } } as const

/** Two instances whose clocks are so many seconds off, the store and the client whose clocks are right. */
interface Apart {
  readonly first: Harness
  readonly second: Harness
  readonly client: DpopClient
  readonly clock: TestClock
  advance(seconds: number): void
}

interface Dpop {
  readonly proofMaxAgeSeconds?: number
  readonly clockToleranceSeconds?: number
  readonly nonce?: { readonly secrets: string }
}

async function createApart(skews: readonly [number, number], dpop: Dpop): Promise<Apart> {
  const clock = createTestClock()
  const issuer = await createTestIssuer({ algorithm: 'ES256', clock })
  const replay = memoryReplayStore({ clock })
  const instance = async (skew: number) => {
    // Tokens are not what is tested: they live through all clocks.
    const options = { ...fast, clockToleranceSeconds: 300, fetch: issuer.fetch, dpop: { ...dpop, replay } }
    const harness = await createHarness(options)
    harness.clock.jump(clock.nowSeconds() + skew - harness.clock.nowSeconds())
    return harness
  }
  const [first, second] = [await instance(skews[0]), await instance(skews[1])]
  const client = await dpopClient({ issuer, clock })
  const advance = (seconds: number) => {
    for (const one of [clock, first.clock, second.clock]) one.advance(seconds)
  }
  return { first, second, client, clock, advance }
}

const skews = [
  [0, 0],
  [5, -5],
  [-5, 5],
  [60, -60],
  [-60, 60],
  [60, 0],
  [0, -60],
] as const

describe('I. Clocks that are apart', () => {
  const rows = skews.flatMap((pair) =>
    [
      {},
      { proofMaxAgeSeconds: 60, clockToleranceSeconds: 60 },
      { proofMaxAgeSeconds: 1, clockToleranceSeconds: 0 },
    ].map((dpop) => ({ skews: pair, ...dpop })),
  )

  it.each(rows)(
    'I13 accepts a proof on one of two instances, whenever it comes: %j',
    async ({ skews: pair, ...dpop }) => {
      const { first, second, client, clock, advance } = await createApart(pair, dpop)
      const token = await client.token({}, { expiresInSeconds: 7200 })
      const [maxAge, tolerance] = [dpop.proofMaxAgeSeconds ?? 300, dpop.clockToleranceSeconds ?? 30]
      // Proofs that the first instance has just begun to accept, accepts for long, and is about to refuse.
      const ahead = [pair[0] + tolerance, pair[0], pair[0] - maxAge]
      const requests = await Promise.all(
        ahead.map(async (seconds) => {
          const claims = { iat: clock.nowSeconds() + seconds }
          return ['Authorization', `DPoP ${token}`, 'DPoP', await client.proof({ url: resourceUrl, token, claims })]
        }),
      )
      for (const request of requests) expect(await first.outcomeOf(request)).toBe('A')
      // The moments at which the second instance accepts each of them for the last time, and those around.
      const last = ahead.map((seconds) => seconds + maxAge - pair[1])
      const moments = last.flatMap((moment) => [moment - 1, moment - 0.001, moment, moment + 0.001, moment + 1])
      const steps = [0, 1, 30, ...moments, 1000].filter((moment) => moment >= 0).sort((a, b) => a - b)
      let elapsed = 0
      for (const step of steps) {
        advance(step - elapsed)
        elapsed = step
        for (const request of requests) {
          expect([step, await second.outcomeOf(request)]).toEqual([step, 'P'])
          expect([step, await first.outcomeOf(request)]).toEqual([step, 'P'])
        }
      }
    },
  )

  it.each(skews)(
    'I13 accepts a proof with a nonce on one of two instances: clocks %i s and %i s off',
    async (...pair) => {
      const { first, second, client, advance } = await createApart(pair, {
        nonce: { secrets: 'a secret of at least 32 characters' },
      })
      advance(60 - (first.clock.nowSeconds() % 60))
      const token = await client.token({}, { expiresInSeconds: 7200 })
      const nonce = await nonceOf(first, client)
      const proof = await client.proof({ url: resourceUrl, token, nonce })
      const request = ['Authorization', `DPoP ${token}`, 'DPoP', proof]
      expect(await first.outcomeOf(request)).toBe('A')
      for (let elapsed = 0; elapsed < 600; elapsed += 5) {
        for (const part of [0, 0.001, 4.998, 0.001]) {
          advance(part)
          expect(await second.outcomeOf(request)).toMatch(/^[PN]$/)
          expect(await first.outcomeOf(request)).toMatch(/^[PN]$/)
        }
      }
    },
  )

  async function nonceOf({ api }: Harness, client: DpopClient): Promise<string> {
    const headers = { host: 'api.test', ...(await client.headers({ url: resourceUrl })) }
    try {
      await api.authenticate({ method: 'GET', url: '/resource', scheme: 'https', headers })
    } catch (error) {
      return String(Object(error).nonce)
    }
    throw new Error('No nonce was wanted.')
  }
})

describe('I. Time that passes during a request', () => {
  interface Recording extends ReplayStore {
    readonly ttls: number[]
  }
  const recordingStore = (): Recording => {
    const ttls: number[] = []
    return { ttls, claim: (_, ttlSeconds) => ttls.push(ttlSeconds) > 0 }
  }

  /** A request whose clock leaps at the given look at it. */
  async function outcomeWithLeap(atLook: number, leap: (milliseconds: number) => number) {
    const begun = createTestClock()
    let looks = 0
    const clock: Clock = {
      epochMilliseconds: () => {
        looks += 1
        return looks > atLook ? leap(begun.epochMilliseconds()) : begun.epochMilliseconds()
      },
      monotonicMilliseconds: () => begun.monotonicMilliseconds(),
    }
    const issuer = await createTestIssuer({ algorithm: 'ES256', clock: begun })
    const replay = recordingStore()
    const { issuer: name, audience, fetch } = issuer
    const api = createResourceServer({ issuer: name, audience, fetch, clock, algorithms: ['ES256'], dpop: { replay } })
    const client = await dpopClient({ issuer, clock: begun })
    const headers = { host: 'api.test', ...(await client.headers({ url: resourceUrl })) }
    try {
      await api.authenticate({ method: 'GET', url: '/resource', scheme: 'https', headers })
      return { status: 200, error: undefined, ttls: replay.ttls, looks }
    } catch (error) {
      const { status, body } = answerTo(error, { ...api, errorProfile: 'rfc' })
      return { status, error: 'error' in body ? body.error : undefined, ttls: replay.ttls, looks }
    }
  }

  it.each([
    ['ten minutes ahead', (now: number) => now + 600_000],
    ['a year ahead', (now: number) => now + 365 * 86_400_000],
    ['to no number', () => Number.NaN],
    ['to infinity', () => Number.POSITIVE_INFINITY],
  ])('I17 never stores a proof for no time, whenever the clock leaps %s', async (_, leap) => {
    const { looks, ...calm } = await outcomeWithLeap(Number.POSITIVE_INFINITY, leap)
    expect(calm).toEqual({ status: 200, error: undefined, ttls: [421] })
    const seen = new Set<string>()
    for (let atLook = 0; atLook < looks; atLook += 1) {
      const { status, error, ttls } = await outcomeWithLeap(atLook, leap)
      seen.add(`${status} ${error}`)
      expect(ttls).toEqual(status === 200 ? [421] : [])
    }
    expect(seen).toContain('401 invalid_dpop_proof')
  })

  it('I17 keeps nothing of a proof that grew too old while the keys of the issuer were fetched', async () => {
    const shared = await createTestIssuer({ algorithm: 'ES256' })
    const replay = recordingStore()
    let api: Harness | undefined
    const slow: typeof fetch = async (...parameters) => {
      api?.clock.advance(200)
      return shared.fetch(...parameters)
    }
    api = await createHarness({ ...fast, fetch: slow, dpop: { replay } })
    const client = await api.dpopClient({ issuer: shared })
    const request = async () => {
      const { authorization, dpop } = await client.headers({ url: resourceUrl })
      return ['Authorization', authorization, 'DPoP', dpop]
    }
    const old = await request()
    expect(await api.outcomeOf(old)).toBe('P')
    expect(api.events.at(-1)).toMatchObject({ code: 'proof_time_refused' })
    expect(replay.ttls).toEqual([])
    expect(await api.outcomeOf(await request())).toBe('A')
    expect(replay.ttls).toEqual([421])
  })
})
