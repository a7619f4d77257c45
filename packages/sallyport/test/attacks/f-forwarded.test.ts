import { beforeAll, describe, expect, it } from 'vitest'
import type { RequestHeaders, TrustProxy } from '../../src/index.js'
import { createHarness } from '../support/harness.js'

/** Field lines, as `Name: value`. */
type Lines = readonly string[]
type Outcome = (htu: string, lines: Lines, host?: string) => Promise<string>

interface Setting {
  readonly trustProxy?: TrustProxy
  readonly publicUrl?: string
  /** The peer of the connection. */
  readonly peer?: string
  /** The form in which the framework has the headers. Default: a flat list. */
  readonly form?: ((pairs: [string, string][]) => RequestHeaders) | undefined
}

const mismatch = 'P proof_uri_mismatch'
const refused = 'P forwarded_refused'
/** The URI of a request that comes without proxies. */
const ownUri = 'http://inner.test/resource'
const publicUri = 'https://api.test/resource'

/** Gives the outcome of `GET /resource` with these lines and a proof for `htu`, and the refusal's code. */
async function createSite({ peer, form = (pairs) => pairs.flat(), ...options }: Setting): Promise<Outcome> {
  const harness = await createHarness({ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' }, ...options })
  const client = await harness.dpopClient()
  const token = await client.token()
  return async (htu, lines, host = 'inner.test') => {
    const proof = await client.proof({ url: htu, token })
    const all = [`Host: ${host}`, ...lines, `Authorization: DPoP ${token}`, `DPoP: ${proof}`]
    const headers = form(all.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]))
    const outcome = await harness.outcomeOfRequest({ scheme: 'http', remoteAddress: peer, headers })
    const event = harness.events.at(-1)
    return event?.type === 'request.refused' ? `${outcome} ${event.code}` : outcome
  }
}

const xForwarded = ['X-Forwarded-Proto: https', 'X-Forwarded-Host: api.test']
const forwarded = ['Forwarded: proto=https;host=api.test']
/** Each says `https://api.test`. */
const sayings: readonly Lines[] = [xForwarded, forwarded, [...forwarded, ...xForwarded]]
const malformed = ['X-Forwarded-Proto: x', 'X-Forwarded-Host: a@b', 'X-Forwarded-Prefix: /../', 'Forwarded: host="']

describe('F. Forwarded headers and whom they come from', () => {
  it.each<[string, Setting]>([
    ['no proxy is trusted', { peer: '10.0.0.1' }],
    ['trustProxy is false', { trustProxy: false, peer: '127.0.0.1' }],
    ['the peer is not on the list', { trustProxy: ['10.0.0.0/8'], peer: '11.0.0.1' }],
    ['the peer is next to a range', { trustProxy: ['10.0.0.0/30', '10.0.1.1'], peer: '10.0.0.4' }],
    ['the list has IPv4 addresses and the peer is none', { trustProxy: ['10.0.0.1'], peer: '::a00:1' }],
    ['the peer maps an address that is not on the list', { trustProxy: ['10.0.0.1'], peer: '::ffff:10.0.0.2' }],
    ['the peer is next to an IPv6 range', { trustProxy: ['fd00::/64'], peer: 'fd00:0:0:1::1' }],
    ['the peer has no address', { trustProxy: ['0.0.0.0/0', '::/0'] }],
    ['the address of the peer is empty', { trustProxy: ['0.0.0.0/0', '::/0'], peer: '' }],
    ['the address of the peer is none', { trustProxy: ['0.0.0.0/0', '::/0'], peer: '10.0.0.1.' }],
  ])('F22 ignores forwarded headers when %s', async (_, setting) => {
    const outcomeOf = await createSite(setting)
    for (const addresses of [[], ['X-Forwarded-For: 10.0.0.1, 10.0.0.1, fd00::1, ::1']]) {
      for (const lines of sayings) {
        expect(await outcomeOf(publicUri, [...addresses, ...lines])).toBe(mismatch)
        expect(await outcomeOf(ownUri, [...addresses, ...lines])).toBe('A')
      }
    }
    expect(await outcomeOf(ownUri, malformed)).toBe('A')
  })

  it.each<[string, Setting]>([
    ['trustProxy is true', { trustProxy: true }],
    ['one hop is trusted', { trustProxy: 1, peer: '192.0.2.1' }],
    ['the peer is on the list', { trustProxy: ['192.0.2.1', '10.0.0.1'], peer: '10.0.0.1' }],
    ['the peer is within a range', { trustProxy: ['10.0.0.0/8'], peer: '10.255.255.255' }],
    ['the peer maps an address on the list', { trustProxy: ['10.0.0.0/8'], peer: '::ffff:10.1.2.3' }],
    ['the list maps the address of the peer', { trustProxy: ['::ffff:10.0.0.0/104'], peer: '10.1.2.3' }],
    ['the list spells the address of the peer otherwise', { trustProxy: ['FD00:0::1'], peer: 'fd00::1' }],
    ['the peer is within an IPv6 range', { trustProxy: ['fd00::/8'], peer: 'fdff::1' }],
    ['the list has every address', { trustProxy: ['::/0'], peer: '10.0.0.1' }],
  ])('F22 believes forwarded headers when %s', async (_, setting) => {
    const outcomeOf = await createSite(setting)
    for (const lines of sayings) {
      expect(await outcomeOf(publicUri, lines)).toBe('A')
      expect(await outcomeOf(ownUri, lines)).toBe(mismatch)
    }
    expect(await outcomeOf(ownUri, [])).toBe('A')
    expect(await outcomeOf(publicUri, malformed)).toBe(refused)
  })

  it.each<[string, Setting]>([
    ['nobody', {}],
    ['every peer', { trustProxy: true }],
    ['the peer', { trustProxy: ['10.0.0.1'], peer: '10.0.0.1' }],
  ])('F22 lets publicUrl say everything where it trusts %s', async (_, setting) => {
    const outcomeOf = await createSite({ ...setting, publicUrl: 'https://api.test/v1/' })
    const other = ['X-Forwarded-Proto: http', 'X-Forwarded-Host: other.test', 'X-Forwarded-Prefix: /v2']
    for (const lines of [[], other, malformed, ...sayings]) {
      for (const host of ['inner.test', 'other.test', 'a@b', ''])
        expect(await outcomeOf('https://api.test/v1/resource', lines, host)).toBe('A')
      for (const htu of [ownUri, publicUri, 'http://other.test/v2/resource', 'http://api.test/v1/resource'])
        expect(await outcomeOf(htu, lines)).toBe(mismatch)
    }
  })
})

/** What hops say, one after the other, the outermost first. */
const saidBy: Readonly<Record<string, (...origins: readonly string[]) => Lines>> = {
  'X-Forwarded-*': (...origins) =>
    origins.flatMap((origin) => {
      const [proto, host] = origin.split('://')
      return [`X-Forwarded-Proto: ${proto}`, `X-Forwarded-Host: ${host}`]
    }),
  Forwarded: (...origins) =>
    origins.map(
      (origin) => `Forwarded: for=192.0.2.9;host="${origin.split('://')[1]}";proto=${origin.split('://')[0]}`,
    ),
}

describe.each(Object.entries(saidBy))('F. Several values of %s', (_, said) => {
  const forms: readonly (readonly [string, Setting['form']])[] = [
    ['on several lines', undefined],
    ['on one line', (pairs) => new Headers(pairs)],
  ]

  it.each(forms)('F23 takes the value that the nearest hop added, %s', async (_, form) => {
    const outcomeOf = await createSite({ trustProxy: true, form })
    const lines = said('http://evil.test', 'https://evil.test:8443', 'https://api.test')
    expect(await outcomeOf(publicUri, lines)).toBe('A')
    for (const origin of ['http://evil.test', 'https://evil.test:8443', 'https://evil.test', 'http://inner.test'])
      expect(await outcomeOf(`${origin}/resource`, lines)).toBe(mismatch)
  })

  it.each(forms)('F23 takes the value that the outermost of three trusted hops added, %s', async (_, form) => {
    const outcomeOf = await createSite({ trustProxy: 3, form })
    for (const forged of [[], ['https://evil.test'], ['https://evil.test', 'http://evil.test']]) {
      const lines = said(...forged, 'https://api.test', 'http://outer.test', 'http://middle.test')
      expect(await outcomeOf(publicUri, lines)).toBe('A')
      for (const host of ['evil.test', 'outer.test', 'middle.test'])
        expect(await outcomeOf(`https://${host}/resource`, lines)).toBe(mismatch)
    }
  })

  it.each(forms)('F23 takes the first value where trusted hops replace it, %s', async (_, form) => {
    const outcomeOf = await createSite({ trustProxy: 3, form })
    expect(await outcomeOf(publicUri, said('https://api.test'))).toBe('A')
    expect(await outcomeOf(publicUri, said('https://api.test', 'http://inner.test'))).toBe('A')
    expect(await outcomeOf('http://inner.test', said('https://api.test', 'http://inner.test'))).toBe(mismatch)
  })

  it.each<[string, Lines]>([
    ['nothing', []],
    ['an address', ['192.0.2.9']],
    ['trusted addresses', ['10.0.0.7, 10.0.0.8', '::1, 10.0.0.2']],
    ['no address', ['unknown, 10.0.0.2']],
  ])('F23 believes the trusted peer alone, whatever X-Forwarded-For says: %s', async (_, addresses) => {
    const outcomeOf = await createSite({ trustProxy: ['10.0.0.0/8', '::1'], peer: '10.0.0.1' })
    const others = ['https://evil3.test', 'https://evil2.test', 'https://evil1.test']
    const lines = [...addresses.map((address) => `X-Forwarded-For: ${address}`), ...said(...others, 'https://api.test')]
    expect(await outcomeOf(publicUri, lines)).toBe('A')
    for (const other of others) expect(await outcomeOf(`${other}/resource`, lines)).toBe(mismatch)
  })

  it('F23 does not find the hops of Forwarded by an X-Forwarded-For that the client sent', async () => {
    const outcomeOf = await createSite({ trustProxy: ['10.0.0.0/8'], peer: '10.0.0.1' })
    const lines = ['Forwarded: host=evil.test;proto=https', 'Forwarded: for=192.0.2.9;host=api.test;proto=https']
    expect(await outcomeOf(publicUri, lines)).toBe('A')
    expect(await outcomeOf('https://evil.test/resource', ['X-Forwarded-For: 10.0.0.2', ...lines])).not.toBe('A')
  })
})

describe('F. The text of forwarded headers', () => {
  let outcomeOf: Outcome
  beforeAll(async () => {
    outcomeOf = await createSite({ trustProxy: true })
  })

  /** Refused, and for this line: without it the request is admitted. */
  async function expectRefused(line: string, ...lines: Lines): Promise<void> {
    for (const htu of [ownUri, publicUri]) expect(await outcomeOf(htu, [line, ...lines])).toBe(refused)
    expect(await outcomeOf(lines.length === 0 ? ownUri : publicUri, lines)).toBe('A')
  }

  it.each([
    ['host="api.test";proto=https', publicUri],
    ['HOST=API.test;Proto=HTTPS', publicUri],
    ['for="[2001:db8::1]:4711";by=_hidden;proto=https;host=api.test;ext="a b"', publicUri],
    ['proto=https;host="api.test:443";', publicUri],
    ['host="a.test";proto=https, host=b.test', 'http://b.test/resource'],
    ['for=192.0.2.9, for=unknown', ownUri],
    ['host="[::1]:8443";proto="https"', 'https://[::1]:8443/resource'],
    ['proto=https', 'https://inner.test/resource'],
    ['', ownUri],
    [', ,', ownUri],
  ])('F24 reads Forwarded: %s', async (value, htu) => {
    expect(await outcomeOf(htu, [`Forwarded: ${value}`])).toBe('A')
    expect(await outcomeOf('https://evil.test/resource', [`Forwarded: ${value}`])).toBe(mismatch)
  })

  it.each([
    'host',
    'host=',
    'host="',
    'host=""',
    'host="api.test',
    'host=api.test"',
    'host="api\\.test"',
    "host='api.test'",
    'host = api.test',
    'host=api.test host=api.test',
    'host=api.test;host=api.test',
    'host=api.test;HOST=other.test',
    'proto=https;proto=http',
    'host=a@b',
    'host="api.test, other.test"',
    'host=api.test/x',
    'host="api.test/x"',
    'host="api.test:99999"',
    'host="api.test."',
    'host=0x7f.1',
    'host=m\u00fcnchen.test',
    'proto=ftp',
    'proto=javascript',
    'proto="https "',
    'proto="https://"',
    'a b=c',
    '=x',
  ])('F24 refuses Forwarded: %s', async (value) => {
    await expectRefused(`Forwarded: ${value}`)
  })

  it.each([
    'Forwarded: host=other.test',
    'Forwarded: host="api.test:8443"',
    'Forwarded: proto=http',
    'Forwarded: proto=http;host=api.test',
    'Forwarded: host=api.test, host=other.test',
  ])('F24 refuses %s where X-Forwarded-* says another', async (line) => expectRefused(line, ...xForwarded))

  it.each([
    ['X-Forwarded-Proto: wss', 'X-Forwarded-Host: api.test'],
    ['Forwarded: proto=wss;host=api.test'],
    ['Forwarded: host=other.test" , ;;=, proto=https;host=api.test'],
  ])('F24 admits %j', async (...lines) => {
    expect(await outcomeOf(publicUri, lines)).toBe('A')
  })

  it('F24 admits the two ways when they agree, in any case', async () => {
    expect(await outcomeOf(publicUri, ['Forwarded: host=API.test;proto=HTTPS', ...xForwarded])).toBe('A')
    expect(await outcomeOf(publicUri, ['Forwarded: host=api.test', 'X-Forwarded-Proto: https'])).toBe('A')
  })

  const hosts =
    'a@b api.test/x http://api.test [::1 ::1 127.1 api.test. api.test\\ api.test?x # "api.test" api.test:99999'
  it.each([...hosts.split(' '), 'api.test evil.test', 'm\u00fcnchen.test', 'api.test\r\nX: y', 'api.test\u0000'])(
    'F24 refuses X-Forwarded-Host: %j',
    async (host) => expectRefused(`X-Forwarded-Host: ${host}`),
  )
  it.each(['ftp', 'wsx', 'javascript', 'https:', 'https://', 'https http', '"https"', 'on', '443', 'https\r\nX: y'])(
    'F24 refuses X-Forwarded-Proto: %j',
    async (proto) => expectRefused(`X-Forwarded-Proto: ${proto}`),
  )

  it.each([
    ['/v1', '/v1'],
    ['/v1/', '/v1'],
    ['/a/b', '/a/b'],
    ['/%7eu/%2f', '/~u/%2F'],
    ['/', ''],
    ['//', ''],
    ['', ''],
    ['/evil, /v1', '/v1'],
    ['/v1;x=1', '/v1;x=1'],
    ['/...', '/...'],
  ])('F25 puts X-Forwarded-Prefix: %s before the path', async (value, prefix) => {
    const lines = [...xForwarded, `X-Forwarded-Prefix: ${value}`]
    expect(await outcomeOf(`https://api.test${prefix}/resource`, lines)).toBe('A')
    expect(await outcomeOf(`https://api.test${prefix}/evil/resource`, lines)).toBe(mismatch)
    expect(await outcomeOf(publicUri, lines)).toBe(prefix === '' ? 'A' : mismatch)
  })

  const dots = '/../ /.. /. /v1/.. /v1/../v2 /./v1 /%2e%2e /v1/.%2E/ /..'
  const others =
    'v1 . .. ///  /v1//v2 //evil.test //evil.test/v1 https://evil.test/ https:/v1 \\v1 /v1\\v2 /v1?x /v1#x /%zz /%'
  it.each([...`${dots} ${others}`.split(/ +/), '/v1 /v2', '/v1\r\nX: y', '/v1\u0000', '/m\u00fc', '/v1, //evil.test'])(
    'F25 refuses X-Forwarded-Prefix: %j',
    async (prefix) => expectRefused(`X-Forwarded-Prefix: ${prefix}`),
  )
})
