import { describe, expect, it } from 'vitest'
import { DependencyUnavailable, type SallyportEvent } from '../../src/index.js'
import { createHostileHarness, eventually } from '../support/hostile-harness.js'
import {
  type Behaviour,
  createHostileServer,
  endlessChunks,
  gzipBomb,
  json,
  jwksPath,
  large,
  metadataPath,
  revalidated,
  status,
  text,
} from '../support/hostile-server.js'

interface Case {
  readonly answer: string
  readonly behaviour: Behaviour
  readonly reason: string
}

const asJson = { 'content-type': 'application/json' }
const mebibyte = 1024 * 1024

const oversized: readonly Case[] = [
  { answer: '200 MB', behaviour: large(200 * mebibyte), reason: 'too_large' },
  { answer: '128 KiB and one byte', behaviour: large(128 * 1024 + 1), reason: 'too_large' },
  { answer: 'endless chunks', behaviour: endlessChunks, reason: 'too_large' },
  { answer: 'a gzip bomb', behaviour: gzipBomb(200 * mebibyte), reason: 'too_large' },
]

const unreadable: readonly Case[] = [
  { answer: 'HTML', behaviour: text('<!doctype html>', { 'content-type': 'text/html' }), reason: 'content_type' },
  { answer: 'HTML that says JSON', behaviour: text('<!doctype html>', asJson), reason: 'not_json' },
  { answer: 'nothing', behaviour: text('', asJson), reason: 'not_json' },
  { answer: 'nothing, untyped', behaviour: text('', {}), reason: 'content_type' },
  { answer: 'null', behaviour: text('null', asJson), reason: 'not_json' },
  { answer: '[]', behaviour: text('[]', asJson), reason: 'not_json' },
  { answer: '"keys"', behaviour: text('"keys"', asJson), reason: 'not_json' },
  { answer: '128 KiB of space', behaviour: large(128 * 1024), reason: 'not_json' },
  { answer: 'truncated JSON', behaviour: text('{"keys":[{"kty":"EC"', asJson), reason: 'not_json' },
  { answer: 'two values', behaviour: text('{}{}', asJson), reason: 'not_json' },
  { answer: 'a member twice', behaviour: text('{"keys":[],"keys":[]}', asJson), reason: 'not_json' },
  { answer: 'a byte order mark', behaviour: text('\ufeff{"keys":[]}', asJson), reason: 'not_json' },
  { answer: 'broken gzip', behaviour: text('{}', { ...asJson, 'content-encoding': 'gzip' }), reason: 'network' },
  { answer: 'text/plain', behaviour: json({ keys: [] }, { 'content-type': 'text/plain' }), reason: 'content_type' },
  { answer: 'json-seq', behaviour: json({}, { 'content-type': 'application/json-seq' }), reason: 'content_type' },
  { answer: 'a content type of junk', behaviour: json({}, { 'content-type': ';;/' }), reason: 'content_type' },
]

const documents = [metadataPath, jwksPath]

function onBoth(cases: readonly Case[]): readonly (Case & { readonly path: string })[] {
  return cases.flatMap((row) => documents.map((path) => ({ ...row, path })))
}

function reasonsOf(events: readonly SallyportEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'keys.refresh_failed' ? [event.reason] : []))
}

/** The key set answers like this after a good start: the refresh fails, and the keys at hand go on serving. */
async function refusedRefresh(behaviour: Behaviour): Promise<readonly string[]> {
  const { api, clock, events, issuer, outcome, server } = await createHostileHarness()
  const tokens = await Promise.all([1, 2].map(() => issuer.token()))
  expect(await outcome(tokens[0] ?? '')).toBe('A')
  server.on(jwksPath, behaviour)
  clock.advance(700)
  await expect(api.refresh()).rejects.toBeInstanceOf(DependencyUnavailable)
  for (const token of tokens) expect(await outcome(token)).toBe('A')
  expect(api.health().issuers).toMatchObject([{ state: 'stale', keys: 1, consecutiveFailures: 1 }])
  return reasonsOf(events)
}

async function refusedStart(path: string, behaviour: Behaviour) {
  const harness = await createHostileHarness()
  harness.server.on(path, behaviour)
  const start = performance.now()
  expect(await harness.outcome(await harness.issuer.token())).toBe('U')
  return { ...harness, seconds: (performance.now() - start) / 1000, reasons: reasonsOf(harness.events) }
}

describe('H. Documents that are too large', () => {
  it.each(onBoth(oversized))('H06 stops at 128 KiB when $path is $answer', async ({ path, behaviour, reason }) => {
    const { reasons, seconds, server } = await refusedStart(path, behaviour)
    expect(reasons).toEqual([reason])
    expect(seconds).toBeLessThan(2)
    expect(server.bytesSent()).toBeLessThan(16 * mebibyte)
  })

  it.each(oversized)('H06 keeps the old set when the new one is $answer', async ({ behaviour, reason }) => {
    expect(await refusedRefresh(behaviour)).toEqual([reason])
  })

  it('H06 holds no more than it may while fifty bombs are thrown at once', async () => {
    const harnesses = await Promise.all(Array.from({ length: 50 }, () => createHostileHarness()))
    for (const { server } of harnesses) server.on(jwksPath, gzipBomb(50 * mebibyte))
    const before = process.memoryUsage().rss
    const outcomes = await Promise.all(harnesses.map(async ({ issuer, outcome }) => outcome(await issuer.token())))
    expect(new Set(outcomes)).toEqual(new Set(['U']))
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * mebibyte)
  })
})

describe('H. Documents that are not what they have to be', () => {
  it.each(onBoth(unreadable))('H07 answers 503 when $path is $answer', async ({ path, behaviour, reason }) => {
    expect((await refusedStart(path, behaviour)).reasons).toEqual([reason])
  })

  it.each(unreadable)('H07 keeps the old set when the new one is $answer', async ({ behaviour, reason }) => {
    expect(await refusedRefresh(behaviour)).toEqual([reason])
  })

  it.each(unreadable)('H07 keeps the old metadata when the new is $answer', async ({ behaviour }) => {
    const { clock, issuer, outcome, server } = await createHostileHarness()
    expect(await outcome(await issuer.token())).toBe('A')
    server.on(metadataPath, behaviour)
    clock.advance(3700)
    expect(await outcome(await issuer.token())).toBe('A')
    await eventually(() => server.requests(jwksPath) === 2)
    expect(server.requests(metadataPath)).toBe(2)
    expect(await outcome(await issuer.token())).toBe('A')
  })

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/jwk-set+json'])(
    'H07 reads a key set that is %s',
    async (contentType) => {
      const { goodKeys, issuer, outcome, server } = await createHostileHarness()
      server.on(jwksPath, json(goodKeys, { 'content-type': contentType }))
      expect(await outcome(await issuer.token())).toBe('A')
    },
  )
})

describe('H. Redirects', () => {
  const statuses = [300, 301, 302, 303, 307, 308]
  const places = ['elsewhere', 'https', 'private address', 'loop', 'file', 'nowhere']

  function locationOf(place: string, path: string, elsewhere: string): string | undefined {
    if (place === 'elsewhere') return `${elsewhere}good.json`
    if (place === 'https') return 'https://another.test/keys'
    if (place === 'private address') return 'http://169.254.169.254/latest/meta-data/'
    if (place === 'file') return 'file:///etc/hostname'
    return place === 'loop' ? path : undefined
  }

  const rows = statuses.flatMap((code) => places.flatMap((place) => documents.map((path) => ({ code, place, path }))))

  it.each(rows)('H08 does not follow a $code of $path to $place', async ({ code, place, path }) => {
    const { events, goodKeys, issuer, outcome, server } = await createHostileHarness()
    const elsewhere = await createHostileServer([])
    try {
      elsewhere.on('/good.json', json(path === jwksPath ? goodKeys : { issuer: server.issuer, jwks_uri: jwksPath }))
      const location = locationOf(place, path, elsewhere.issuer)
      server.on(path, status(code, location === undefined ? {} : { location }))
      expect(await outcome(await issuer.token())).toBe('U')
      expect(reasonsOf(events)).toEqual(['redirect'])
      expect(server.requests(path)).toBe(1)
      expect(elsewhere.requests()).toBe(0)
    } finally {
      await elsewhere.close()
    }
  })

  it.each(statuses)('H08 keeps the old set when the new one is a %i', async (code) => {
    expect(await refusedRefresh(status(code, { location: '/elsewhere' }))).toEqual(['redirect'])
  })
})

describe('H. Revalidation', () => {
  it('H20 takes 304 as a fresh copy of the set at hand', async () => {
    const { api, clock, goodKeys, issuer, outcome, server } = await createHostileHarness()
    server.on(jwksPath, revalidated(goodKeys, '"one"'))
    const token = await issuer.token()
    for (let round = 1; round <= 5; round += 1) {
      expect(await outcome(token)).toBe('A')
      await eventually(() => server.requests(jwksPath) === round && api.health().status === 'ok')
      clock.advance(620)
    }
    expect(api.health().issuers).toMatchObject([{ state: 'stale', consecutiveFailures: 0 }])
  })

  it('H20 takes 304 as a fresh copy even of a set that has expired', async () => {
    const { clock, goodKeys, issuer, outcome, server } = await createHostileHarness()
    server.on(jwksPath, revalidated(goodKeys, 'W/"weak"'))
    expect(await outcome(await issuer.token())).toBe('A')
    clock.advance(24 * 3600)
    expect(await outcome(await issuer.token())).toBe('A')
  })

  it('H20 goes by the freshness that the 304 names', async () => {
    const { api, clock, goodKeys, issuer, outcome, server } = await createHostileHarness()
    server.on(jwksPath, json(goodKeys, { etag: '"one"' }))
    expect(await outcome(await issuer.token())).toBe('A')
    server.on(jwksPath, status(304, { 'cache-control': 'max-age=3600' }))
    await api.refresh()
    clock.advance(2800)
    expect(api.health().status).toBe('ok')
  })

  it.each(documents)('H20 answers 503 when a 304 comes for %s without a copy', async (path) => {
    const { issuer, outcome, server } = await createHostileHarness()
    server.on(path, status(304, { etag: '"one"' }))
    expect(await outcome(await issuer.token())).toBe('U')
  })

  it('H20 takes a 304 that was not asked for as a failed refresh', async () => {
    expect(await refusedRefresh(status(304))).toHaveLength(1)
  })
})
