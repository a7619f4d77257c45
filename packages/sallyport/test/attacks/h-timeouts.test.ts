import { beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Outcome } from '../support/harness.js'
import { createHostileHarness } from '../support/hostile-harness.js'
import {
  type Behaviour,
  bodyDrip,
  headerDrip,
  json,
  jwksPath,
  late,
  metadataPath,
  silent,
} from '../support/hostile-server.js'

interface Timed {
  readonly outcome: Outcome
  readonly seconds: number
}

const slow: readonly { readonly trouble: string; readonly behaviour: Behaviour }[] = [
  { trouble: 'is silent', behaviour: silent },
  { trouble: 'drips a header', behaviour: headerDrip },
  { trouble: 'drips a body', behaviour: bodyDrip },
]

const colds = slow.flatMap((row) => [metadataPath, jwksPath].map((path) => ({ ...row, path })))

/** Starts every run of a table at once, so that five seconds are waited for only once. */
function startedTogether<Row, Result>(
  rows: readonly Row[],
  start: (row: Row) => Promise<Result>,
): readonly (Row & { readonly run: () => Promise<Result> })[] {
  let started: readonly Promise<Result>[] = []
  beforeAll(() => {
    started = rows.map(start)
    void Promise.allSettled(started)
  })
  return rows.map((row, index) => ({ ...row, run: () => started[index] ?? Promise.reject(new Error('Not started.')) }))
}

async function timed(pending: Promise<Outcome>): Promise<Timed> {
  const start = performance.now()
  return { outcome: await pending, seconds: (performance.now() - start) / 1000 }
}

describe('H. Five seconds for everything', () => {
  const cold = startedTogether(colds, async ({ path, behaviour }) => {
    const { issuer, outcome, server } = await createHostileHarness()
    server.on(path, behaviour)
    return timed(outcome(await issuer.token()))
  })

  const unknown = startedTogether(slow, async ({ behaviour }) => {
    const { clock, issuer, outcome, server } = await createHostileHarness()
    expect(await outcome(await issuer.token())).toBe('A')
    await issuer.rotateKey()
    server.on(jwksPath, behaviour)
    clock.advance(31)
    return timed(outcome(await issuer.token()))
  })

  const others = startedTogether(
    [
      { what: 'metadata that comes after 1.5 s and keys that never come', start: slowMetadataAndSilentKeys },
      { what: 'a fetch that does not look at its signal', start: deafFetch },
    ],
    ({ start }) => start(),
  )

  const flights = startedTogether([{ path: metadataPath }, { path: jwksPath }], followersAndAfterwards)
  const [late_] = startedTogether([{}], refetchThatOutlastsItsWait)

  it.each(cold)('H05 answers 503 within 5 s when $path $trouble', async ({ run }) => {
    const { outcome, seconds } = await run()
    expect(outcome).toBe('U')
    expect(seconds).toBeGreaterThan(4.5)
    expect(seconds).toBeLessThan(6)
  })

  it.each(unknown)('H05 lets an unknown kid wait 2 s at most when the issuer $trouble', async ({ run }) => {
    const { outcome, seconds } = await run()
    expect(outcome).toBe('U')
    expect(seconds).toBeLessThan(3)
  })

  it.each(others)('H05 answers 503 within 5 s to $what', async ({ run }) => {
    const { outcome, seconds } = await run()
    expect(outcome).toBe('U')
    expect(seconds).toBeLessThan(6)
  })

  it.each(flights)('H22 gives every follower 503 when $path times out, and begins afresh', async ({ run }) => {
    expect(await run()).toEqual({ followers: ['U'], afterwards: 'A', requests: 2 })
  })

  it('H22 lets an unknown kid in when a refetch that outlasted its wait has ended well', async () => {
    expect(await late_?.run()).toEqual({ waited: 'U', afterwards: 'A', requests: 2 })
  })

  it('H22 gives 503 at once to those who wait when the resource server is closed', async () => {
    const { api, issuer, outcome, server } = await createHostileHarness()
    server.on(jwksPath, silent)
    const token = await issuer.token()
    const followers = Array.from({ length: 10 }, () => outcome(token))
    setTimeout(() => api.close(), 50)
    const start = performance.now()
    expect(new Set(await Promise.all(followers))).toEqual(new Set(['U']))
    expect(performance.now() - start).toBeLessThan(1000)
  })

  it.each(slow)('H05 serves the stale set at once when the issuer $trouble', async ({ behaviour }) => {
    const { clock, issuer, outcome, server } = await createHostileHarness()
    expect(await outcome(await issuer.token())).toBe('A')
    server.on(jwksPath, behaviour)
    clock.advance(700)
    const got = await timed(outcome(await issuer.token()))
    expect(got.outcome).toBe('A')
    expect(got.seconds).toBeLessThan(0.5)
  })

  it('H05 stops reading a body whose fetch does not look at its signal', async () => {
    let chunks = 0
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        await new Promise((resolve) => setTimeout(resolve, 50))
        chunks += 1
        controller.enqueue(new Uint8Array([0x20]))
      },
    })
    const { api, issuer, outcome } = await createHarness({
      algorithms: ['ES256'],
      testIssuer: { algorithm: 'ES256' },
      fetch: async () => new Response(body, { headers: { 'content-type': 'application/json' } }),
    })
    const pending = outcome(await issuer.token())
    setTimeout(() => api.close(), 200)
    expect(await pending).toBe('U')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const before = chunks
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(chunks).toBe(before)
  })
})

async function slowMetadataAndSilentKeys(): Promise<Timed> {
  const { issuer, outcome, server } = await createHostileHarness()
  server.on(metadataPath, late(1.5, json({ issuer: server.issuer, jwks_uri: `${server.issuer}jwks.json` })))
  server.on(jwksPath, silent)
  return timed(outcome(await issuer.token()))
}

async function deafFetch(): Promise<Timed> {
  const { issuer, outcome } = await createHarness({
    algorithms: ['ES256'],
    testIssuer: { algorithm: 'ES256' },
    fetch: () => new Promise(() => {}),
  })
  return timed(outcome(await issuer.token()))
}

async function followersAndAfterwards({ path }: { readonly path: string }) {
  const { clock, goodKeys, issuer, outcome, server } = await createHostileHarness()
  server.on(path, silent)
  const token = await issuer.token()
  const followers = await Promise.all(Array.from({ length: 100 }, () => outcome(token)))
  server.on(metadataPath, json({ issuer: server.issuer, jwks_uri: `${server.issuer}jwks.json` }))
  server.on(jwksPath, json(goodKeys))
  clock.advance(2)
  const afterwards = await outcome(token)
  return { followers: [...new Set(followers)], afterwards, requests: server.requests(path) }
}

async function refetchThatOutlastsItsWait() {
  const { clock, issuer, outcome, server } = await createHostileHarness()
  await outcome(await issuer.token())
  const { publicJwk } = await issuer.rotateKey()
  server.on(jwksPath, late(2.5, json({ keys: [publicJwk] })))
  clock.advance(31)
  const token = await issuer.token()
  const waited = await outcome(token)
  await new Promise((resolve) => setTimeout(resolve, 1200))
  return { waited, afterwards: await outcome(token), requests: server.requests(jwksPath) }
}
