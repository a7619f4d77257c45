import { describe, expect, it } from 'vitest'
import { InvalidOptions } from '../../src/index.js'
import { createTestClock, createTestIssuer, type TestIssuer } from '../../src/testing/index.js'
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.js'

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }

interface MetadataHarness extends Harness {
  /** Every URL that was asked for. */
  readonly urls: readonly string[]
}

/** A harness whose metadata document has these members besides or instead of its own. */
async function withMetadata(members: Readonly<Record<string, unknown>>, options: HarnessOptions = {}) {
  const urls: string[] = []
  const harness: Harness = await createHarness({
    ...fast,
    ...options,
    fetch: async (input, init) => {
      urls.push(String(input))
      const response = await harness.issuer.fetch(input, init)
      if (!String(input).includes('/.well-known/o') || response.status !== 200) return response
      return Response.json({ ...((await response.json()) as object), ...members })
    },
  })
  return { ...harness, urls } satisfies MetadataHarness
}

describe('H. Metadata', () => {
  it.each([
    'https://another.test/',
    'https://issuer.test',
    'https://issuer.test//',
    'https://ISSUER.test/',
    'https://issuer.test:443/',
    'http://issuer.test/',
    'https://issuer.test/ ',
    'https://issuer.test/?',
    '',
    null,
    7,
    ['https://issuer.test/'],
    { 0: 'https://issuer.test/' },
    undefined,
  ])('H09 answers 503 to metadata whose issuer is %j, and fetches no key', async (issuer) => {
    const harness = await withMetadata({ issuer })
    expect(await harness.outcome(await harness.issuer.token())).toBe('U')
    expect(harness.urls).toEqual(['https://issuer.test/.well-known/openid-configuration'])
    expect(harness.events).toContainEqual(expect.objectContaining({ reason: 'issuer_mismatch' }))
  })

  it.each([
    'http://issuer.test/keys',
    'https://another.test/keys',
    'https://issuer.test:8443/keys',
    'https://issuer.test.another.test/keys',
    'https://sub.issuer.test/keys',
    'https://issuer.test@another.test/keys',
    'https://user@issuer.test/keys',
    'https://user:secret@issuer.test/keys',
    'https://:@another.test/keys',
    'file:///etc/hostname',
    'data:application/json,{"keys":[]}',
    'blob:https://issuer.test/0',
    'ftp://issuer.test/keys',
    'javascript:0',
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/',
    'http://localhost/keys',
    'https://localhost/keys',
    'https://[::1]/keys',
    'https://[::ffff:169.254.169.254]/keys',
    '//another.test/keys',
    '/keys',
    'keys',
    '\\\\another.test\\keys',
    'https:\\\\another.test\\keys',
    '',
  ])('H10 answers 503 to the jwks_uri %j, and does not fetch it', async (jwks_uri) => {
    const { events, issuer, outcome, urls } = await withMetadata({ jwks_uri })
    expect(await outcome(await issuer.token())).toBe('U')
    expect(urls).toHaveLength(1)
    expect(events).toContainEqual(expect.objectContaining({ reason: 'jwks_uri_refused' }))
  })

  it.each([
    { jwks_uri: 'https://keys.example.com/.well-known/jwks.json', outcome: 'A' },
    { jwks_uri: 'http://keys.example.com/.well-known/jwks.json', outcome: 'U' },
    { jwks_uri: 'https://keys.example.com:8443/.well-known/jwks.json', outcome: 'U' },
    { jwks_uri: 'https://user@keys.example.com/.well-known/jwks.json', outcome: 'U' },
    { jwks_uri: 'https://sub.keys.example.com/.well-known/jwks.json', outcome: 'U' },
  ])('H10 gives $outcome to $jwks_uri when jwksHosts names keys.example.com', async ({ jwks_uri, outcome }) => {
    const harness = await withMetadata({ jwks_uri }, { jwksHosts: ['keys.example.com'] })
    expect(await harness.outcome(await harness.issuer.token())).toBe(outcome)
    expect(harness.urls).toHaveLength(outcome === 'A' ? 2 : 1)
  })

  const noText: readonly { readonly jwks_uri: unknown }[] = [
    { jwks_uri: undefined },
    { jwks_uri: null },
    { jwks_uri: true },
    { jwks_uri: 7 },
    { jwks_uri: {} },
    { jwks_uri: [] },
    { jwks_uri: ['https://issuer.test/.well-known/jwks.json'] },
    { jwks_uri: { toString: 'https://issuer.test/.well-known/jwks.json' } },
  ]

  it.each(noText)('H11 answers 503 to metadata with %j', async ({ jwks_uri }) => {
    const { issuer, outcome, urls } = await withMetadata({ jwks_uri })
    expect(await outcome(await issuer.token())).toBe('U')
    expect(urls).toHaveLength(1)
  })

  it.each([
    'http://issuer.test/',
    'http://issuer.test:443/',
    'http://169.254.169.254/',
    'ftp://issuer.test/',
    'data:,{}',
  ])(
    'H28 does not create a resource server for the issuer %s, which a stranger on the way could speak for',
    async (issuer) => {
      await expect(createHarness({ ...fast, testIssuer: { issuer } })).rejects.toBeInstanceOf(InvalidOptions)
    },
  )

  it('H28 keeps the good set when metadata turns to http', async () => {
    const members: Record<string, unknown> = {}
    const { api, clock, issuer, outcome, urls } = await withMetadata(members)
    expect(await outcome(await issuer.token())).toBe('A')
    members['jwks_uri'] = 'http://issuer.test/.well-known/jwks.json'
    clock.advance(3700)
    await api.refresh()
    expect(await outcome(await issuer.token())).toBe('A')
    expect(urls.filter((url) => url.startsWith('http:'))).toEqual([])
  })
})

describe('H. Several issuers', () => {
  const hosts = ['one.test', 'two.test'] as const

  async function twoIssuers(options: HarnessOptions = {}) {
    const clock = createTestClock()
    const make = (host: string) => createTestIssuer({ algorithm: 'ES256', clock, issuer: `https://${host}/` })
    const [one, two] = await Promise.all([make(hosts[0]), make(hosts[1])])
    const all = new Map<string, TestIssuer>([
      [hosts[0], one],
      [hosts[1], two],
    ])
    const harness = await createHarness({
      ...fast,
      domains: hosts,
      fetch: (input, init) => (all.get(new URL(String(input)).host) ?? one).fetch(input, init),
      ...options,
    })
    const fetches = (issuer: TestIssuer) => [...issuer.requests.values()].reduce((sum, count) => sum + count, 0)
    return { ...harness, one, two, fetchesOf: fetches }
  }

  /** Both publish a key with this kid, each its own. */
  function shareKid(issuers: readonly TestIssuer[], kid: string): void {
    for (const issuer of issuers) issuer.publish([{ ...issuer.currentKey().publicJwk, kid }])
  }

  it('H23 keeps the keys of two issuers with one kid apart', async () => {
    const { one, two, outcome } = await twoIssuers()
    shareKid([one, two], 'shared')
    const header = { kid: 'shared' }
    expect(await outcome(await one.token({}, { header }))).toBe('A')
    expect(await outcome(await two.token({}, { header }))).toBe('A')
    expect(await outcome(await one.token({ iss: two.issuer }, { header }))).toBe('T')
    expect(await outcome(await two.token({ iss: one.issuer }, { header }))).toBe('T')
  })

  it('H23 does not look for a kid at the other issuer', async () => {
    const { clock, fetchesOf, one, two, outcome } = await twoIssuers()
    expect(await outcome(await one.token())).toBe('A')
    clock.advance(31)
    const token = await two.token({ iss: one.issuer })
    expect(await outcome(token)).toBe('T')
    expect(fetchesOf(two)).toBe(0)
  })

  it('H23 feels the outage of one issuer at that one alone', async () => {
    const { one, two, outcome } = await twoIssuers()
    one.outage('down')
    expect(await outcome(await one.token())).toBe('U')
    expect(await outcome(await two.token())).toBe('A')
  })

  it('H23 lets a flood at one issuer use up the cooldown of that one alone', async () => {
    const { clock, one, two, outcome } = await twoIssuers()
    expect(await outcome(await one.token())).toBe('A')
    expect(await outcome(await two.token())).toBe('A')
    clock.advance(31)
    expect(await outcome(await one.token({}, { header: { kid: 'random' } }))).toBe('T')
    await two.rotateKey()
    expect(await outcome(await two.token())).toBe('A')
  })

  it.each([
    { domains: ['one.test', 'one.test'] },
    { domains: ['one.test', 'ONE.test', 'https://one.test/', 'one.test:443'] },
  ])('H29 has one cache for the entries $domains', async ({ domains }) => {
    const { api, fetchesOf, one, outcome } = await twoIssuers({ domains })
    await api.warmUp()
    expect(await outcome(await one.token())).toBe('A')
    expect(api.health().issuers).toHaveLength(1)
    expect(fetchesOf(one)).toBe(2)
  })

  it('H29 has one cache for what a resolver spells in several ways', async () => {
    const spellings = ['one.test', 'ONE.test', 'one.test:443']
    let call = 0
    const domains = () => [spellings[call++ % spellings.length] ?? '']
    const { api, fetchesOf, one, outcome } = await twoIssuers({ domains })
    for (const _ of spellings) expect(await outcome(await one.token())).toBe('A')
    expect(api.health().issuers).toHaveLength(1)
    expect(fetchesOf(one)).toBe(2)
  })
})
