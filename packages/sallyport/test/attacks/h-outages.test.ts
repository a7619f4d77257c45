import { describe, expect, it } from 'vitest'
import { answerTo, DependencyUnavailable } from '../../src/index.js'
import type { Outage } from '../../src/testing/index.js'
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.js'
import { createHostileHarness } from '../support/hostile-harness.js'
import { createHostileServer, json, jwksPath, unusedPort } from '../support/hostile-server.js'

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }
const hour = 3600

async function warmHarness(options: HarnessOptions = {}): Promise<Harness> {
  const harness = await createHarness({ ...fast, ...options })
  expect(await harness.outcome(await harness.issuer.token())).toBe('A')
  return harness
}

/** The answer's `Retry-After`. */
async function retryAfter({ api }: Harness, token: string): Promise<number> {
  try {
    await api.authenticate({ method: 'GET', url: '/', headers: ['Authorization', `Bearer ${token}`] })
  } catch (error) {
    return Number(answerTo(error, api).headers['retry-after'])
  }
  throw new Error('The request was admitted.')
}

describe('H. Issuer out of reach: cold', () => {
  it('H01 boots while the issuer is down, answers 503, and tells warmUp() so', async () => {
    const { api, issuer, outcome } = await createHarness(fast)
    issuer.outage('down')
    expect(api.health()).toMatchObject({ status: 'degraded', issuers: [{ state: 'cold', keys: 0 }] })
    await expect(api.warmUp()).rejects.toBeInstanceOf(DependencyUnavailable)
    expect(await outcome(await issuer.token())).toBe('U')
  })

  it.each([0, 1, 5, 60, hour, 24 * hour])('H01 recovers within 2 s after a cold outage of %i s', async (seconds) => {
    const { api, clock, issuer, outcome } = await createHarness(fast)
    const token = await issuer.token({}, { expiresInSeconds: 48 * hour })
    issuer.outage('down')
    expect(await outcome(token)).toBe('U')
    for (let elapsed = 0; elapsed < seconds; elapsed += seconds / 20) {
      clock.advance(seconds / 20)
      expect(await outcome(token)).toBe('U')
    }
    issuer.restore()
    clock.advance(2)
    expect(await outcome(token)).toBe('A')
    expect(api.health().status).toBe('ok')
  })

  it('H01 recovers over real sockets once something listens on the port', async () => {
    const port = await unusedPort()
    const issuer = `http://127.0.0.1:${port}/`
    const harness = await createHarness({
      ...fast,
      testIssuer: { ...fast.testIssuer, issuer },
      fetch: globalThis.fetch,
    })
    const token = await harness.issuer.token()
    expect(await harness.outcome(token)).toBe('U')
    const server = await createHostileServer([harness.issuer.currentKey().publicJwk], { port })
    try {
      harness.clock.advance(2)
      expect(await harness.outcome(token)).toBe('A')
    } finally {
      await server.close()
    }
  })
})

describe('H. Issuer out of reach: warm', () => {
  it.each([
    { age: 0, outcome: 'A', state: 'fresh', alarms: 0 },
    { age: 599, outcome: 'A', state: 'fresh', alarms: 0 },
    { age: 600, outcome: 'A', state: 'stale', alarms: 1 },
    { age: 600 + hour - 1, outcome: 'A', state: 'stale', alarms: 1 },
    { age: 600 + hour, outcome: 'U', state: 'expired', alarms: 0 },
    { age: 24 * hour, outcome: 'U', state: 'expired', alarms: 0 },
  ])('H02 gives $outcome from a $state set of $age s while the issuer is down', async (row) => {
    const { api, clock, events, issuer, outcome } = await warmHarness()
    const tokens = await Promise.all([1, 2].map(() => issuer.token({}, { expiresInSeconds: 48 * hour })))
    for (const token of tokens) expect(await outcome(token)).toBe('A')
    issuer.outage('down')
    clock.advance(row.age)
    for (const token of [...tokens, await issuer.token()]) expect(await outcome(token)).toBe(row.outcome)
    expect(api.health().issuers[0]?.state).toBe(row.state)
    expect(events.filter(({ type }) => type === 'keys.stale_served')).toHaveLength(row.alarms)
  })

  it.each([60, 3599])('H02 serves stale for as long as staleIfErrorSeconds says: %i s', async (staleIfErrorSeconds) => {
    const { clock, issuer, outcome } = await warmHarness({ cache: { staleIfErrorSeconds } })
    const token = await issuer.token({}, { expiresInSeconds: 2 * hour })
    issuer.outage('down')
    clock.advance(600 + staleIfErrorSeconds - 1)
    expect(await outcome(token)).toBe('A')
    clock.advance(1)
    expect(await outcome(token)).toBe('U')
  })

  it('H02 recovers within 2 s from an outage that outlived the stale set', async () => {
    const { clock, issuer, outcome } = await warmHarness()
    const token = await issuer.token({}, { expiresInSeconds: 24 * hour })
    issuer.outage('down')
    for (let minute = 0; minute < 120; minute += 1) {
      clock.advance(60)
      await outcome(token)
    }
    expect(await outcome(token)).toBe('U')
    issuer.restore()
    clock.advance(2)
    expect(await outcome(token)).toBe('A')
  })

  it('H02 answers 503 and not 401 to a kid that only the issuer that is down could know', async () => {
    const { clock, issuer, outcome } = await warmHarness()
    await issuer.rotateKey()
    issuer.outage('down')
    const token = await issuer.token({}, { expiresInSeconds: 24 * hour })
    for (const seconds of [31, 1, 29, 31, 60, 400, 60, 600, hour]) {
      clock.advance(seconds)
      expect(await outcome(token)).toBe('U')
    }
  })
})

describe('H. Issuer that answers with an error', () => {
  const statuses: readonly Outage[] = [400, 401, 403, 404, 429, 500, 502, 503, 504, 206, 204].map((status) => ({
    status,
  }))

  it.each(statuses)('H03 answers 503 on a cold start when the issuer answers %j', async (outage) => {
    const { issuer, outcome } = await createHarness(fast)
    issuer.outage(outage)
    expect(await outcome(await issuer.token())).toBe('U')
  })

  it.each(statuses)('H03 serves stale when the issuer answers %j', async (outage) => {
    const { api, clock, issuer, outcome } = await warmHarness()
    issuer.outage(outage)
    clock.advance(700)
    const token = await issuer.token()
    expect(await outcome(token)).toBe('A')
    await expect(api.refresh()).rejects.toBeInstanceOf(DependencyUnavailable)
    expect(await outcome(token)).toBe('A')
  })

  it.each([
    { given: 30, honoured: 30 },
    { given: 60, honoured: 60 },
    { given: 86_400, honoured: 60 },
    { given: Number.MAX_SAFE_INTEGER, honoured: 60 },
  ])('H03 asks again after Retry-After: $given in $honoured s, not before', async ({ given, honoured }) => {
    const harness = await createHarness(fast)
    const { clock, fetches, issuer, outcome } = harness
    const token = await issuer.token()
    issuer.outage({ status: 503, retryAfterSeconds: given })
    expect(await outcome(token)).toBe('U')
    expect(await retryAfter(harness, token)).toBe(honoured)
    issuer.restore()
    const before = fetches()
    clock.advance(honoured - 1)
    expect(await outcome(token)).toBe('U')
    expect(fetches()).toBe(before)
    clock.advance(1)
    expect(await outcome(token)).toBe('A')
  })

  it.each(['', '-5', '0', 'soon', 'NaN', '1e3', '5, 10', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'H03 goes by its own back-off when Retry-After is %j',
    async (value) => {
      const harness = await createHostileHarness()
      const { clock, goodKeys, issuer, outcome, server } = harness
      server.on(jwksPath, (_, response) => response.writeHead(503, { 'retry-after': value }).end())
      expect(await outcome(await issuer.token())).toBe('U')
      server.on(jwksPath, json(goodKeys))
      clock.advance(2)
      expect(await outcome(await issuer.token())).toBe('A')
    },
  )

  it('H03 understands a Retry-After date, and never waits longer than 60 s for it', async () => {
    const harness = await createHostileHarness()
    const { clock, issuer, outcome, server } = harness
    const date = new Date(Date.now() + 3_600_000).toUTCString()
    server.on(jwksPath, (_, response) => response.writeHead(429, { 'retry-after': date }).end())
    const token = await issuer.token()
    expect(await outcome(token)).toBe('U')
    expect(await retryAfter(harness, token)).toBe(60)
    expect(server.requests(jwksPath)).toBe(1)
    clock.advance(60)
    expect(await outcome(token)).toBe('U')
    expect(server.requests(jwksPath)).toBe(2)
  })
})
