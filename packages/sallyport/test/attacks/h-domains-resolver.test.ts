import { afterEach, describe, expect, it, vi } from 'vitest'
import type { DomainsResolver } from '../../src/index.js'
import { createTestClock, createTestIssuer } from '../../src/testing/index.js'
import { createHarness, type HarnessOptions } from '../support/harness.js'

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }
const never = () => new Promise<never>(() => {})

function raise(what: unknown): never {
  throw what
}

function resolvesTo(value: unknown): DomainsResolver {
  return (() => value) as DomainsResolver
}

describe('H. Domains resolver', () => {
  afterEach(() => vi.unstubAllEnvs())

  it.each([
    { given: 'a list', domains: () => ['issuer.test'] },
    { given: 'a promise', domains: async () => ['issuer.test'] },
    { given: 'a list with others', domains: () => ['another.test', 'issuer.test'] },
    { given: 'a list with junk', domains: resolvesTo([null, 'http://issuer.test', 7, 'issuer.test']) },
    {
      given: 'a slow list',
      domains: () => new Promise<string[]>((resolve) => setTimeout(resolve, 300, ['issuer.test'])),
    },
  ])('H24 accepts a token whose issuer is in $given', async ({ domains }) => {
    const { issuer, outcome } = await createHarness({ ...fast, domains })
    const token = await issuer.token()
    expect(await outcome(token)).toBe('A')
    expect(await outcome(token)).toBe('A')
  })

  it.each([
    { fault: 'throws', domains: () => raise(new Error('database is down')) },
    { fault: 'throws what is no error', domains: () => raise('no') },
    { fault: 'throws undefined', domains: () => raise(undefined) },
    { fault: 'rejects', domains: () => Promise.reject(new Error('database is down')) },
    { fault: 'rejects with null', domains: () => Promise.reject(null) },
    { fault: 'gives nothing', domains: resolvesTo(undefined) },
    { fault: 'gives null', domains: resolvesTo(null) },
    { fault: 'gives a string', domains: resolvesTo('issuer.test') },
    { fault: 'gives a set', domains: resolvesTo(new Set(['issuer.test'])) },
    { fault: 'gives an object', domains: resolvesTo({ length: 1, 0: 'issuer.test' }) },
    { fault: 'gives a function', domains: resolvesTo(() => ['issuer.test']) },
  ])('H24 answers 500, and fetches nothing, when the resolver $fault', async ({ domains }) => {
    const { fetches, issuer, outcome } = await createHarness({ ...fast, domains })
    expect(await outcome(await issuer.token())).toBe('X')
    expect(fetches()).toBe(0)
  })

  it('H24 answers 500 when the resolver fails for a token that is remembered', async () => {
    let works = true
    const domains = () => (works ? ['issuer.test'] : raise(new Error('database is down')))
    const { issuer, outcome } = await createHarness({ ...fast, domains })
    const token = await issuer.token()
    expect(await outcome(token)).toBe('A')
    works = false
    expect(await outcome(token)).toBe('X')
  })

  it('H24 refuses a remembered token once the resolver no longer lists its issuer', async () => {
    const listed = ['issuer.test']
    const { issuer, outcome } = await createHarness({ ...fast, domains: () => listed })
    const token = await issuer.token()
    expect(await outcome(token)).toBe('A')
    listed.pop()
    expect(await outcome(token)).toBe('T')
  })

  it.concurrent('H24 answers 503 after one second when the resolver hangs', async () => {
    const { fetches, issuer, outcome } = await createHarness({ ...fast, domains: never })
    const token = await issuer.token()
    const start = performance.now()
    expect(new Set(await Promise.all(Array.from({ length: 100 }, () => outcome(token))))).toEqual(new Set(['U']))
    const seconds = (performance.now() - start) / 1000
    expect(seconds).toBeGreaterThan(0.9)
    expect(seconds).toBeLessThan(1.8)
    expect(fetches()).toBe(0)
  })

  it.concurrent('H24 is not disturbed by a resolver that fails after its time', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const domains = () => new Promise<never>((_, reject) => setTimeout(reject, 1100, new Error('late')))
    const { issuer, outcome } = await createHarness({ ...fast, domains })
    expect(await outcome(await issuer.token())).toBe('U')
    await new Promise((resolve) => setTimeout(resolve, 200))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  it.each([
    { entries: [] },
    { entries: ['another.test'] },
    { entries: ['ISSUER.test.another.test', 'sub.issuer.test', 'test', 'issuer'] },
    { entries: ['http://issuer.test', 'http://issuer.test/', 'https://issuer.test/path', '//issuer.test'] },
    {
      entries: [
        'issuer.test//',
        'issuer.test/path',
        'issuer.test?',
        'issuer.test#',
        'user@issuer.test',
        'issuer.test:',
      ],
    },
    { entries: [' issuer.test', 'issuer.test ', 'issuer.test\n', 'issuer.test\u0000', 'issuer%2etest', 'ıssuer.test'] },
    { entries: ['*', '*.test', 'issuer.*', '.*', '', '.', '..'] },
    { entries: [null, undefined, 7, {}, [], ['issuer.test'], { toString: () => 'issuer.test' }] },
    { entries: ['x'.repeat(100_000), Symbol('issuer.test'), 1n] },
  ])('H24 refuses a token whose issuer is not in $entries, and fetches nothing', async ({ entries }) => {
    const { fetches, issuer, outcome } = await createHarness({ ...fast, domains: resolvesTo(entries) })
    expect(await outcome(await issuer.token())).toBe('T')
    expect(fetches()).toBe(0)
  })

  it.each([
    { iss: 'http://issuer.test/', entry: 'http://issuer.test' },
    { iss: 'https://10.0.0.1/', entry: '10.0.0.1' },
    { iss: 'https://192.168.1.1/', entry: '192.168.1.1' },
    { iss: 'https://169.254.169.254/', entry: '169.254.169.254' },
    { iss: 'http://169.254.169.254/', entry: 'http://169.254.169.254/' },
    { iss: 'https://0.0.0.0/', entry: '0.0.0.0' },
    { iss: 'https://2852039166/', entry: '2852039166' },
    { iss: 'https://0xa9fea9fe/', entry: '0xa9fea9fe' },
    { iss: 'http://127.0.0.1/', entry: '127.1' },
    { iss: 'http://127.0.0.1/', entry: '0x7f.1' },
    { iss: 'https://[fd00::1]/', entry: '[fd00::1]' },
    { iss: 'https://[::ffff:10.0.0.1]/', entry: '[::ffff:10.0.0.1]' },
    { iss: 'https://intranet/', entry: 'intranet' },
    { iss: 'https://issuer.test./', entry: 'issuer.test.' },
    { iss: 'file:///etc/hostname', entry: 'file:///etc/hostname' },
  ])('H24 refuses the issuer $iss although the resolver gives $entry, and fetches nothing', async ({ iss, entry }) => {
    const { events, fetches, issuer, outcome } = await createHarness({ ...fast, domains: () => [entry] })
    expect(await outcome(await issuer.token({ iss }))).toBe('T')
    expect(fetches()).toBe(0)
    expect(events).toContainEqual({ type: 'issuer.ignored', reason: 'not_a_domain' })
  })

  it.each(['localhost:4000', '127.0.0.1', '[::1]:4000', 'tenant.localhost'])(
    'H24 refuses the loopback issuer %s in production, and fetches nothing',
    async (entry) => {
      vi.stubEnv('NODE_ENV', 'production')
      const { fetches, issuer, outcome } = await createHarness({ ...fast, domains: () => [entry] })
      for (const scheme of ['http', 'https']) {
        expect(await outcome(await issuer.token({ iss: `${scheme}://${entry}/` }))).toBe('T')
      }
      expect(fetches()).toBe(0)
    },
  )

  it('H24 holds no more issuers than maxEntries while 1,000 tenants come and go', async () => {
    const clock = createTestClock()
    const issuer = await createTestIssuer({ algorithm: 'ES256', clock })
    const urls: string[] = []
    const { api, outcome } = await createHarness({
      ...fast,
      cache: { maxEntries: 20 },
      domains: ({ unverifiedIssuer }) => [new URL(unverifiedIssuer).host],
      fetch: async (input) => {
        const { href, origin } = new URL(String(input))
        urls.push(href)
        if (href.endsWith('jwks.json')) return Response.json({ keys: [issuer.currentKey().publicJwk] })
        return Response.json({ issuer: `${origin}/`, jwks_uri: `${origin}/jwks.json` })
      },
    })
    const warnings: unknown[] = []
    const note = (warning: unknown) => void warnings.push(warning)
    process.on('warning', note)
    const tokens = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => issuer.token({ iss: `https://tenant-${index}.test/` })),
    )
    expect(new Set(await Promise.all(tokens.map((token) => outcome(token))))).toEqual(new Set(['A']))
    expect(api.health().issuers).toHaveLength(20)
    expect(urls).toHaveLength(2000)
    for (const token of tokens.slice(-20)) expect(await outcome(token)).toBe('A')
    expect(urls).toHaveLength(2000)
    await new Promise((resolve) => setTimeout(resolve, 0))
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it('H24 shows the resolver no credential', async () => {
    const seen: unknown[] = []
    const domains: DomainsResolver = (request) => {
      seen.push(request)
      return ['issuer.test']
    }
    const { issuer, outcomeOf } = await createHarness({ ...fast, domains })
    const token = await issuer.token()
    const headers = ['Host', 'api.test', 'AUTHORIZATION', `DPoP ${token}`, 'dPoP', 'a.b.c', 'Client-Cert', ':MIIB:']
    await outcomeOf(headers)
    expect(seen).toEqual([{ url: '/resource', headers: { host: 'api.test' }, unverifiedIssuer: issuer.issuer }])
  })
})
