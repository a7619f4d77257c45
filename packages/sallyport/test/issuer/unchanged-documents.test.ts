import { describe, expect, it } from 'vitest'
import type { DocumentStore } from '../../src/index.js'
import { createTestKey, type TestKey } from '../../src/testing/index.js'
import { createHarness, type HarnessOptions } from '../support/harness.js'

const metadataPath = '/.well-known/openid-configuration'

/** An issuer whose documents are here, with entity tags, and that answers 304 to those who have them. */
async function createTaggedHarness(options: Partial<HarnessOptions> = {}) {
  const served = {
    jwksPath: '/a',
    keys: [] as readonly TestKey[],
    tag: '"1"',
    isSilent: (_path: string) => false,
    isDown: false,
  }
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { pathname } = new URL(String(input))
    asked.push(pathname)
    if (served.isDown) throw new TypeError('fetch failed')
    if (served.isSilent(pathname)) {
      await new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
    }
    if (pathname === metadataPath) {
      return Response.json({ issuer: 'https://issuer.test/', jwks_uri: `https://issuer.test${served.jwksPath}` })
    }
    const headers = { etag: served.tag }
    if (new Headers(init?.headers).get('if-none-match') === served.tag)
      return new Response(null, { status: 304, headers })
    return Response.json({ keys: served.keys.map((key) => key.publicJwk) }, { headers })
  }
  const harness = await createHarness({ fetch, algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' }, ...options })
  const key = harness.issuer.currentKey()
  served.keys = [key]
  return { ...harness, asked, key, served }
}

describe('a document that the issuer says is unchanged', () => {
  it('keeps its keys and is fresh again', async () => {
    const { api, clock, issuer, outcome } = await createTaggedHarness()
    expect(await outcome(await issuer.token())).toBe('A')
    clock.advance(590)
    await api.refresh()
    expect(api.health().issuers[0]).toMatchObject({ state: 'fresh', ageSeconds: 0 })
  })

  it('is another document at another address, whatever its entity tag', async () => {
    const { api, clock, issuer, key, outcome, served } = await createTaggedHarness()
    expect(await outcome(await issuer.token({}, { key }))).toBe('A')
    served.jwksPath = '/b'
    served.keys = [await createTestKey('ES256')]
    clock.advance(3600)
    await api.refresh()
    expect(await outcome(await issuer.token({}, { key }))).toBe('T')
  })

  it('does not confirm keys that came from the store', async () => {
    const entries = new Map<string, string>()
    const store: DocumentStore = { get: (key) => entries.get(key), set: (key, value) => entries.set(key, value) }
    const foreign = await createTestKey('ES256')
    const first = await createTaggedHarness({ cache: { store } })
    expect(await first.outcome(await first.issuer.token())).toBe('A')
    const [jwksEntry = ''] = [...entries.keys()].filter((name) => name.includes(':jwks:'))
    const stored = JSON.parse(entries.get(jwksEntry) ?? '')
    entries.set(jwksEntry, JSON.stringify({ ...stored, body: JSON.stringify({ keys: [foreign.publicJwk] }) }))
    const second = await createTaggedHarness({ cache: { store } })
    const forged = await second.issuer.token({}, { key: foreign })
    expect(await second.outcome(forged)).toBe('A')
    await second.api.refresh()
    expect(await second.outcome(forged)).toBe('T')
  })

  it('ends a row of failures', async () => {
    const entries = new Map<string, string>()
    const store: DocumentStore = { get: (key) => entries.get(key), set: (key, value) => entries.set(key, value) }
    const first = await createTaggedHarness({ cache: { store } })
    await first.outcome(await first.issuer.token())
    const { api, clock, issuer, outcome, served } = await createTaggedHarness({ cache: { store } })
    clock.advance(700)
    served.isDown = true
    await outcome(await issuer.token())
    expect(api.health().issuers[0]).toMatchObject({ state: 'stale', consecutiveFailures: 1 })
    served.isDown = false
    for (let times = 0; times < 3; times += 1) {
      await api.refresh()
      expect(api.health().issuers[0]).toMatchObject({ state: 'fresh', consecutiveFailures: 0 })
    }
  })
})

describe('metadata that is due while its endpoint is silent', () => {
  it('leaves time for the key set', async () => {
    const { api, asked, clock, issuer, outcome, served } = await createTaggedHarness()
    expect(await outcome(await issuer.token())).toBe('A')
    clock.advance(3600)
    served.isSilent = (path) => path === metadataPath
    served.tag = '"2"'
    await api.refresh()
    expect(asked.slice(-2)).toEqual([metadataPath, '/a'])
    expect(api.health().issuers[0]).toMatchObject({ state: 'fresh', consecutiveFailures: 0 })
    await api.refresh()
    expect(asked.slice(-2)).toEqual(['/a', '/a'])
  })
})
