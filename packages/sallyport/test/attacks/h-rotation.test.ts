import { describe, expect, it } from 'vitest'
import { createHarness, type Harness, type HarnessOptions, type Outcome } from '../support/harness.js'
import { createHostileHarness, eventually } from '../support/hostile-harness.js'
import { json, jwksPath, late } from '../support/hostile-server.js'
import { withKid } from '../support/random-kid.js'

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }
const long = { expiresInSeconds: 48 * 3600 }

async function warmHarness(options: HarnessOptions = {}): Promise<Harness & { readonly oldToken: string }> {
  const harness = await createHarness({ ...fast, ...options })
  const oldToken = await harness.issuer.token({}, long)
  expect(await harness.outcome(oldToken)).toBe('A')
  return { ...harness, oldToken }
}

function keySetFetches({ issuer }: Harness): number {
  return issuer.requests.get('/.well-known/jwks.json') ?? 0
}

/** Uses the token once a second and gives the outcomes, each once, in order of appearance. */
async function everySecond({ clock, outcome }: Harness, seconds: number, token: string): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (let second = 0; second < seconds; second += 1) {
    clock.advance(1)
    outcomes.push(await outcome(token))
  }
  return [...new Set(outcomes)]
}

describe('H. Rotation', () => {
  it('H12 accepts a new kid after one refetch, in less than a second', async () => {
    const { clock, issuer, outcome, server } = await createHostileHarness()
    expect(await outcome(await issuer.token())).toBe('A')
    const { publicJwk } = await issuer.rotateKey()
    server.on(jwksPath, json({ keys: [publicJwk] }))
    clock.advance(31)
    const token = await issuer.token()
    const start = performance.now()
    expect(await Promise.all([1, 2, 3].map(() => outcome(token)))).toEqual(['A', 'A', 'A'])
    expect(performance.now() - start).toBeLessThan(1000)
    expect(server.requests(jwksPath)).toBe(2)
  })

  it('H12 accepts the old and the new key while both are published', async () => {
    const { clock, issuer, oldToken, outcome } = await warmHarness()
    await issuer.rotateKey()
    clock.advance(31)
    expect(await outcome(await issuer.token())).toBe('A')
    expect(await outcome(oldToken)).toBe('A')
  })

  it('H12 refuses a removed key after the next refresh, remembered tokens too', async () => {
    const harness = await warmHarness()
    const { api, issuer, oldToken, outcome } = harness
    await issuer.rotateKey({ dropOld: true })
    expect(await outcome(oldToken)).toBe('A')
    await api.refresh()
    const before = harness.fetches()
    expect(await outcome(oldToken)).toBe('T')
    expect(harness.fetches()).toBe(before)
    expect(await outcome(await issuer.token())).toBe('A')
    expect(api.health().issuers).toMatchObject([{ keys: 1 }])
  })

  it('H12 notices a removed key by itself before its set is no longer fresh', async () => {
    const harness = await warmHarness()
    await harness.issuer.rotateKey({ dropOld: true })
    harness.clock.advance(540)
    expect(await harness.outcome(harness.oldToken)).toBe('A')
    await eventually(() => keySetFetches(harness) === 2 && harness.api.health().issuers[0]?.ageSeconds === 0)
    expect(await harness.outcome(harness.oldToken)).toBe('T')
  })

  it('H12 does not refresh before 80 % of the freshness', async () => {
    const harness = await warmHarness()
    harness.clock.advance(479)
    expect(await harness.outcome(harness.oldToken)).toBe('A')
    expect(keySetFetches(harness)).toBe(1)
  })

  it('H12 accepts a kid that the issuer publishes later, as soon as the cooldown is over', async () => {
    const harness = await warmHarness()
    const { clock, issuer, outcome } = harness
    const published = [issuer.currentKey().publicJwk]
    issuer.publish(published)
    const { publicJwk } = await issuer.rotateKey()
    const early = await issuer.token({}, long)
    clock.advance(31)
    expect(await outcome(early)).toBe('T')
    issuer.publish([...published, publicJwk])
    clock.advance(30)
    expect(await outcome(early)).toBe('A')
  })

  it('H30 settles after a lagging node: no thrash, and the new key is back when its cooldown is over', async () => {
    const harness = await warmHarness()
    const { api, issuer, oldToken, outcome } = harness
    const older = [issuer.currentKey().publicJwk]
    await issuer.rotateKey()
    await api.refresh()
    const newToken = await issuer.token({}, long)
    expect(await outcome(newToken)).toBe('A')
    issuer.publish(older)
    await api.refresh()
    const before = keySetFetches(harness)
    expect(await everySecond(harness, 120, newToken)).toEqual(['T'])
    expect(keySetFetches(harness) - before).toBeLessThanOrEqual(4)
    expect(await outcome(oldToken)).toBe('A')
    issuer.publish()
    await everySecond(harness, 30, newToken)
    expect(await outcome(newToken)).toBe('A')
  })

  it('H30 asks at most once in 30 s while the nodes disagree', async () => {
    const harness = await warmHarness()
    const { issuer, oldToken, outcome } = harness
    const older = [issuer.currentKey().publicJwk]
    await issuer.rotateKey()
    const newToken = await issuer.token({}, long)
    const before = keySetFetches(harness)
    for (let second = 0; second < 400; second += 1) {
      issuer.publish(second % 2 === 0 ? older : undefined)
      await everySecond(harness, 1, withKid(newToken, `other-${second}`))
      expect(await outcome(oldToken)).toBe('A')
    }
    expect(keySetFetches(harness) - before).toBeLessThanOrEqual(14)
  })
})

describe('H. Single flight', () => {
  it('H21 fetches metadata once and keys once for 1,000 concurrent cold requests', async () => {
    const { goodKeys, issuer, outcome, server } = await createHostileHarness()
    server.on(jwksPath, late(0.05, json(goodKeys)))
    const tokens = await Promise.all(Array.from({ length: 10 }, () => issuer.token()))
    const outcomes = await Promise.all(Array.from({ length: 1000 }, (_, index) => outcome(tokens[index % 10] ?? '')))
    expect(new Set(outcomes)).toEqual(new Set(['A']))
    expect(server.requests()).toBe(2)
    expect(server.requests(jwksPath)).toBe(1)
  })

  it('H21 shares one fetch between warmUp() and requests, and the next between all calls of refresh()', async () => {
    const { api, issuer, outcome, server } = await createHostileHarness()
    const token = await issuer.token()
    await Promise.all([api.warmUp(), api.refresh(), outcome(token), api.refresh(), api.warmUp()])
    expect(server.requests(jwksPath)).toBe(2)
    expect(server.requests()).toBe(3)
  })

  it('H21 makes one fetch for 1,000 concurrent requests after the set has expired', async () => {
    const { clock, issuer, outcome, server } = await createHostileHarness()
    expect(await outcome(await issuer.token())).toBe('A')
    clock.advance(24 * 3600)
    const token = await issuer.token()
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => outcome(token)))
    expect(new Set(outcomes)).toEqual(new Set(['A']))
    expect(server.requests(jwksPath)).toBe(2)
  })

  it('H21 makes one fetch for 1,000 concurrent requests with one new kid', async () => {
    const harness = await warmHarness()
    await harness.issuer.rotateKey()
    harness.clock.advance(31)
    const token = await harness.issuer.token()
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => harness.outcome(token)))
    expect(new Set(outcomes)).toEqual(new Set(['A']))
    expect(keySetFetches(harness)).toBe(2)
  })
})
