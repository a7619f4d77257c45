import { beforeAll, describe, expect, it } from 'vitest'
import type { DpopClient } from '../../src/testing/index.js'
import { createHarness, type Harness } from '../support/harness.js'

/** What a request has besides its proof. The origin is `https://api.test` where it does not say otherwise. */
interface Sent {
  readonly path?: string
  readonly host?: string
  readonly scheme?: 'http' | 'https'
  readonly method?: string
}

const mismatch = 'P proof_uri_mismatch'
const methodMismatch = 'P proof_method_mismatch'
const targetRefused = 'R request_target_refused'
const ownUri = 'https://api.test/resource'

let harness: Harness
let client: DpopClient
let token: string
beforeAll(async () => {
  harness = await createHarness({ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } })
  client = await harness.dpopClient()
  token = await client.token()
})

/** The outcome of a request whose proof has these claims, and the refusal's code. */
async function verdict(claims: Readonly<Record<string, unknown>>, sent: Sent = {}): Promise<string> {
  const { path = '/resource', host = 'api.test', scheme = 'https', method = 'GET' } = sent
  const proof = await client.proof({ url: `${scheme}://${host}${path}`, method, token, claims })
  const headers = ['Host', host, 'Authorization', `DPoP ${token}`, 'DPoP', proof]
  const outcome = await harness.outcomeOfRequest({ method, url: path, scheme, headers })
  const event = harness.events.at(-1)
  return event?.type === 'request.refused' ? `${outcome} ${event.code}` : outcome
}

/** Refused for its `htu`, and for nothing else: the same request with its own URI is admitted. */
async function expectMismatch(htu: unknown, sent: Sent = {}): Promise<void> {
  expect(await verdict({ htu }, sent)).toBe(mismatch)
  expect(await verdict({}, sent)).toBe('A')
}

/** As `expectMismatch`, for what is no URI: the event has none to show. */
async function expectNoUri(htu: unknown, sent: Sent = {}): Promise<void> {
  expect(await verdict({ htu }, sent)).toBe(mismatch)
  expect(harness.events.at(-1)).not.toHaveProperty('receivedUri')
  expect(await verdict({}, sent)).toBe('A')
}

async function expectPathsApart(one: string, other: string): Promise<void> {
  await expectMismatch(`https://api.test${one}`, { path: other })
  await expectMismatch(`https://api.test${other}`, { path: one })
}

async function expectPathsAlike(one: string, other: string): Promise<void> {
  expect(await verdict({ htu: `https://api.test${one}` }, { path: other })).toBe('A')
  expect(await verdict({ htu: `https://api.test${other}` }, { path: one })).toBe('A')
}

const words = (text: string): readonly string[] => text.split(' ')
const pairs = (...texts: readonly string[]) => texts.map((text) => text.split(' ') as [string, string])

describe('F. Spellings of one URI in htu', () => {
  const paths = "/ /resource /a/ /a//b //a/b /a%20b /~u /a;b=c,d@e:f!$&'()*+ /.well-known/x /..."
  it.each(words(paths))('F01 admits the exact htu of %s', async (path) => {
    expect(await verdict({ htu: `https://api.test${path}` }, { path })).toBe('A')
    await expectMismatch(`https://api.test${path}x`, { path })
    await expectMismatch(`https://other.test${path}`, { path })
  })

  const ends = '? # ?x=1 #f ?x=1#f #f?x=1 ?x=1&x=2 ?/../other ?https://other.test/ ?a=%C3%A9'
  it.each(words(ends))('F02 ignores %s at the end of htu', async (end) => {
    expect(await verdict({ htu: `${ownUri}${end}` })).toBe('A')
    expect(await verdict({ htu: `${ownUri}${end}` }, { path: '/resource?y=2' })).toBe('A')
    await expectMismatch(`https://api.test/other${end}`)
  })
  it.each(words('/resource%3Fx=1 /resource%23f ?/resource #/resource'))(
    'F02 takes %s for no query of /resource',
    async (rest) => expectMismatch(`https://api.test${rest}`),
  )

  it.each(words('HTTPS://api.test hTTps://api.test https://API.TEST Https://Api.Test'))(
    'F03 reads %s in any case',
    async (origin) => {
      expect(await verdict({ htu: `${origin}/resource` })).toBe('A')
      expect(await verdict({ htu: ownUri }, { host: 'API.Test' })).toBe('A')
    },
  )

  it.each([
    { scheme: 'https', host: 'api.test', port: ':443' },
    { scheme: 'https', host: 'api.test', port: ':' },
    { scheme: 'http', host: 'api.test', port: ':80' },
    { scheme: 'https', host: '[::1]', port: ':443' },
  ] as const)('F04 admits the port $port for $scheme://$host', async ({ scheme, host, port }) => {
    expect(await verdict({ htu: `${scheme}://${host}${port}/resource` }, { scheme, host })).toBe('A')
    expect(await verdict({ htu: `${scheme}://${host}/resource` }, { scheme, host: `${host}${port}` })).toBe('A')
  })
  it.each(words(':80 :444 :8443 :0 :65535'))('F04 refuses the port %s, which is another', async (port) => {
    await expectMismatch(`https://api.test${port}/resource`)
    await expectMismatch(ownUri, { host: `api.test${port}` })
  })
  const noPorts = ':0443 :00443 :65536 :99999999 :-443 :+443 :443a :0x1bb :443:443 ::443 :4_43 :%34%34%33 :443.'
  it.each(words(noPorts))('F04 refuses %s, which is no port', async (port) =>
    expectNoUri(`https://api.test${port}/resource`),
  )
  it('F04 refuses the port of the other scheme', async () => {
    await expectMismatch('http://api.test:443/resource', { scheme: 'http' })
    await expectMismatch('http://api.test:443/resource')
    await expectMismatch('https://api.test:80/resource', { scheme: 'http' })
  })

  it.each(['', ...words('? # ?x=1 / /?x=1 :443 :443/')])('F05 reads https://api.test%s as its root', async (end) => {
    expect(await verdict({ htu: `https://api.test${end}` }, { path: '/' })).toBe('A')
    expect(await verdict({ htu: `https://api.test${end}` }, { path: '/?y=2' })).toBe('A')
    await expectMismatch(`https://api.test${end}`)
  })
  it('F05 does not take two slashes for one', async () => expectMismatch('https://api.test//', { path: '/' }))
})

describe('F. Paths in htu', () => {
  it.each(pairs('/a /a/', '/a/ /a//', '/a/b /a/b/', '/%61 /a/'))('F06 keeps %s and %s apart', expectPathsApart)

  const unreserved = pairs(
    '/resource /%72%65source',
    '/~u /%7Eu',
    '/~u /%7eu',
    '/a-b_c.d /a%2Db%5fc%2ed',
    '/Z9 /%5A%39',
  )
  it.each(unreserved)('F07 reads %s and %s as one', async (plain, encoded) => {
    await expectPathsAlike(plain, encoded)
    await expectPathsAlike(encoded, encoded)
  })
  const reserved = pairs('/%3B /;', '/%40 /@', '/%2B /+', '/%3A /:', '/%24 /$', '/%2561 /a', '/%2561 /%61', '/+ /%20')
  it.each(reserved)('F07 keeps %s and %s apart', expectPathsApart)

  const hexDigits = pairs('/a%2fb /a%2Fb', '/%c3%a9 /%C3%a9', '/%e2%82%ac /%E2%82%AC', '/%00 /%00', '/%0d%0a /%0D%0A')
  it.each(hexDigits)('F08 reads %s and %s as one', expectPathsAlike)
  const others = pairs('/a%2fb /a/b', '/a%2Fb /a/b', '/a%252fb /a%2Fb', '/a%5Cb /a/b', '/%C3%A9 /e%CC%81', '/a%00 /a')
  it.each(others)('F08 keeps %s and %s apart', expectPathsApart)

  const dotted = '/x/../resource /./resource /../resource /x/./../resource /x/y/../../resource /../../resource'
  it.each(words(dotted))('F09 removes the dot segments of %s in htu, and takes none from a router', async (path) => {
    expect(await verdict({ htu: `https://api.test${path}` })).toBe('A')
    await expectMismatch(`https://api.test${path}/..`)
    for (const htu of [`https://api.test${path}`, ownUri]) expect(await verdict({ htu }, { path })).toBe(targetRefused)
  })
  const otherDots = '/resource/. /resource/x/.. /x/../resource/ /x//../resource /..resource /resource.. /%2E%2Eresource'
  it.each(words(otherDots))('F09 does not take %s for /resource', async (path) =>
    expectMismatch(`https://api.test${path}`),
  )
  const encoded = '/x/%2e%2e/resource /%2e/resource /x/.%2E/resource /x/%2e./resource /%2E%2E/%2e%2e/resource'
  const mixed = '/x/%2e%2e/../resource /%2e%2e/../resource /x/%2e/../resource /%2e%2e/x/../../resource'
  it.each(words(`${encoded} ${mixed}`))('F09 refuses the encoded dot segments of %s', async (path) => {
    await expectNoUri(`https://api.test${path}`)
    for (const htu of [`https://api.test${path}`, ownUri]) expect(await verdict({ htu }, { path })).toBe(targetRefused)
  })

  const slashes = pairs(
    '//resource /resource',
    '/a//b /a/b',
    '//a/b /a/b',
    '/a///b /a//b',
    '//api.test/resource /resource',
  )
  it.each(slashes)('F10 keeps %s and %s apart', expectPathsApart)

  it.each(pairs('/resource /Resource', '/a/B /a/b', '/%41 /a'))('F11 keeps %s and %s apart', expectPathsApart)
})

describe('F. What is no http(s) URI in htu', () => {
  const users = 'user@ user:password@ @ :@ other.test@ api.test:443@ a@b@ api.test%40'
  it.each(words(users))('F12 refuses the user information %s', async (user) => {
    await expectNoUri(`https://${user}api.test/resource`)
    await expectNoUri(`https://api.test@${user}/resource`)
  })

  const characters = [...' \t\n\r\u0000\u0001\u001f\u007f\u0080\u00a0\u2028\ufeff\u200b\u202e\\"<>^`{|}']
  it.each(characters)('F13 refuses the character %j anywhere', async (character) => {
    const uri = `${ownUri}?x#y`
    for (const index of [0, 2, 6, 7, 8, 10, 16, 20, 26, 28, uri.length])
      expect(await verdict({ htu: uri.slice(0, index) + character + uri.slice(index) })).toBe(mismatch)
    await expectNoUri(`${ownUri}${character}`)
  })
  it.each(words('% %4 %zz %u0061 %%36%31 [ ]'))('F13 refuses %s in a path', async (text) => {
    await expectNoUri(`${ownUri}${text}`)
    await expectNoUri(`https://api.test/${text}/../resource`)
  })

  const fewSlashes = 'https:api.test/resource https:/api.test/resource https//api.test/resource https:resource https:'
  const manySlashes = 'https:///api.test/resource https:////api.test/resource https:///resource https:///'
  const backslashes = 'https:\\\\api.test\\resource https:/\\api.test/resource'
  const noHost =
    'https:// https://?api.test/resource https://#api.test/resource https://:443/resource ://api.test/resource'
  it.each(words(`${fewSlashes} ${manySlashes} ${backslashes} ${noHost}`))('F14 refuses %s', async (htu) =>
    expectNoUri(htu),
  )
})

describe('F. Hosts in htu', () => {
  const loopback = '[::1] [0:0:0:0:0:0:0:1] [0000:0000::0001] [0:0::1] [::0.0.0.1]'
  it.each(words(loopback))('F15 reads %s as [::1]', async (host) => {
    expect(await verdict({ htu: `https://${host}/resource` }, { host: '[::1]' })).toBe('A')
    expect(await verdict({ htu: 'https://[::1]/resource' }, { host })).toBe('A')
    await expectMismatch('https://[::2]/resource', { host })
  })
  it.each(pairs('[::ffff:127.0.0.1] [::FFFF:7F00:1]', '[2001:DB8::A] [2001:db8:0::000a]'))(
    'F15 reads %s and %s as one',
    async (one, other) => {
      expect(await verdict({ htu: `https://${one}/resource` }, { host: other })).toBe('A')
      expect(await verdict({ htu: `https://${other}/resource` }, { host: one })).toBe('A')
    },
  )
  const zones = '[::1%25lo] [::1%lo] [::1%251] [fe80::1%25eth0]'
  it.each(words(`${zones} ::1 [::1 ::1] [[::1]] [:::1] [::1::] [127.0.0.1] [v1.a] [] [::1]. [::1]x`))(
    'F15 refuses the host %s',
    async (host) => {
      await expectNoUri(`https://${host}/resource`, { host: '[::1]' })
      expect(await verdict({ htu: 'https://[::1]/resource' }, { host })).toBe(targetRefused)
    },
  )
  it('F15 does not take an IPv4 address for the IPv6 address that maps it', async () => {
    await expectMismatch('https://[::ffff:127.0.0.1]/resource', { host: '127.0.0.1' })
  })

  const wholes = '2130706433 0x7f000001 017700000001 0x7F000001'
  const parts = '127.1 127.0.1 0x7f.0.0.1 0177.0.0.1 127.0.0.01 127.000.000.001 127.0.0.0x1 127.0.0.1.'
  it.each(words(`${wholes} ${parts} 127.0.0.256 1.2.3.4.5 %31%32%37.0.0.1`))(
    'F16 refuses %s for an IPv4 address',
    async (host) => {
      await expectNoUri(`https://${host}/resource`, { host: '127.0.0.1' })
      expect(await verdict({ htu: 'https://127.0.0.1/resource' }, { host })).toBe(targetRefused)
    },
  )

  it.each(words('api.test. api.test.. . API.TEST. api.test.:443'))('F17 refuses the host %s', async (host) => {
    await expectNoUri(`https://${host}/resource`)
    for (const htu of [`https://${host}/resource`, ownUri]) expect(await verdict({ htu }, { host })).toBe(targetRefused)
  })
  it.each(words('api..test .api.test api-.test xapi.test test api.test.other.test api.tes'))(
    'F17 does not take %s for api.test',
    async (host) => expectMismatch(`https://${host}/resource`),
  )

  it.each(words('xn--mnchen-3ya.test XN--MNCHEN-3YA.test'))('F18 admits the A-label %s', async (host) => {
    expect(await verdict({ htu: `https://${host}/resource` }, { host: 'xn--mnchen-3ya.test' })).toBe('A')
  })
  it.each([
    ['a U-label', 'm\u00fcnchen.test', 'xn--mnchen-3ya.test'],
    ['an encoded U-label', 'm%C3%BCnchen.test', 'xn--mnchen-3ya.test'],
    ['full-width letters', '\uff41\uff50\uff49.test', 'api.test'],
    ['an ideographic full stop', 'api\u3002test', 'api.test'],
    ['a full-width solidus', 'api.test\uff0f', 'api.test'],
    ['a Cyrillic letter', '\u0430pi.test', 'api.test'],
    ['a soft hyphen', 'a\u00adpi.test', 'api.test'],
    ['the Kelvin sign, whose lower case is k', '\u212a.test', 'k.test'],
    ['the long s, whose upper case is S', 'api.te\u017ft', 'api.test'],
    ['circled letters', '\u24d0pi.test', 'api.test'],
    ['encoded letters', '%61pi.test', 'api.test'],
  ])('F18 refuses a host with %s', async (_, written, host) => {
    await expectNoUri(`https://${written}/resource`, { host })
    expect(await verdict({ htu: `https://${host}/resource` }, { host: written })).toBe(targetRefused)
  })
})

describe('F. Other claims than a URI and a method', () => {
  const relative = '/resource resource ./resource //api.test/resource ? # * api.test/resource api.test:443/resource'
  it.each(words(`${relative} urn:resource data:,resource`))('F19 refuses %s', async (htu) => expectNoUri(htu))
  it.each(
    words('wss:// ftp:// file:// httpss:// http+unix:// https+x:// xhttps:// blob:https:// 1https:// //https://'),
  )('F19 refuses the scheme of %sapi.test', async (scheme) => expectNoUri(`${scheme}api.test/resource`))
  it('F19 keeps http and https apart', async () => {
    await expectMismatch('http://api.test/resource')
    await expectMismatch(ownUri, { scheme: 'http' })
  })

  it.each<[string, unknown]>([
    ['a list', [ownUri]],
    ['an object', { href: ownUri }],
    ['an object that reads as text', { toString: ownUri, length: ownUri.length, 0: ownUri }],
    ['a number', 1],
    ['true', true],
    ['null', null],
    ['an empty text', ''],
    ['nothing', undefined],
  ])('F20 refuses %s as htu', async (_, htu) => expectNoUri(htu))
  it('F20 refuses an htu of 64 KB unparsed, and admits one of 2 KB', async () => {
    const path = `/${'a'.repeat(2000)}`
    expect(await verdict({ htu: `https://api.test/${'a'.repeat(65_536)}` })).toBe('P proof_too_large')
    expect(await verdict({ htu: `https://api.test${path}` }, { path })).toBe('A')
  })
  it('F20 cuts long URIs in the event', async () => {
    const path = `/${'a'.repeat(2000)}`
    expect(await verdict({ htu: `https://api.test${path}b` }, { path })).toBe(mismatch)
    const cut = `https://api.test${path}`.slice(0, 512)
    expect(harness.events.at(-1)).toMatchObject({ expectedUri: cut, receivedUri: cut })
  })
  it('shows both URIs of a mismatch in normal form, without their queries', async () => {
    const htu = 'HTTPS://Other.test:443/%7eu?secret=1#f'
    expect(await verdict({ htu }, { path: '/resource?secret=2' })).toBe(mismatch)
    expect(harness.events.at(-1)).toMatchObject({ expectedUri: ownUri, receivedUri: 'https://other.test/~u' })
  })

  const methods = ['', 'GET ', ' GET', 'GET\n', 'GET\u0000', ...words('get Get GE GETS POST HEAD GET,POST *')]
  it.each<unknown>([...methods, ['GET'], { htm: 'GET' }, null, undefined, 1])(
    'F21 refuses the htm %j of a GET',
    async (htm) => {
      expect(await verdict({ htm })).toBe(methodMismatch)
      expect(await verdict({})).toBe('A')
    },
  )
  it.each(pairs('HEAD GET', 'GET HEAD', 'POST PUT', 'purge PURGE', 'PURGE purge', 'PATCH patch', 'OPTIONS GET'))(
    'F21 refuses the htm %s for the method %s',
    async (htm, method) => {
      expect(await verdict({ htm }, { method })).toBe(methodMismatch)
      expect(await verdict({}, { method })).toBe('A')
    },
  )
})
