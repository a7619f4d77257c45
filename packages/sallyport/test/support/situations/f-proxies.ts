import { dpop, type Fields, htu, lines, row, rows, type Situation, together } from './kit.js'

const publicUri = 'https://api.test/private'
const saysPublic = ['X-Forwarded-Proto: https', 'X-Forwarded-Host: api.test']
const proxied = { setup: 'proxied' } as const
const customised = { setup: 'customised' } as const
const mounted = { path: '/messages' }

/** A proof with this `htu`, and these lines besides. */
const forwarded = (text: string, ...texts: readonly string[]): Fields => together(htu(text), lines(...texts))

const admitted: readonly (readonly [id: string, htu: string, ...lines: string[]])[] = [
  ['F23', publicUri, ...saysPublic],
  ['F23', publicUri, 'X-Forwarded-Proto: http, https', 'X-Forwarded-Host: evil.test, api.test'],
  ['F23', publicUri, 'X-Forwarded-Host: evil.test', ...saysPublic],
  ['F04', 'https://api.test:443/private', ...saysPublic],
  ['F24', publicUri, 'Forwarded: for=192.0.2.9;host="api.test";proto=https'],
  ['F24', publicUri, 'Forwarded: HOST=API.test;Proto=HTTPS'],
  ['F24', 'http://b.test/private', 'Forwarded: host="a.test";proto=https, host=b.test'],
  ['F24', publicUri, 'Forwarded: host=api.test;proto=https', ...saysPublic],
  ['F24', publicUri, 'Forwarded: proto=wss;host=api.test'],
  ['F25', 'https://api.test/v1/private', ...saysPublic, 'X-Forwarded-Prefix: /v1/'],
  ['F25', 'https://api.test/v1/private', ...saysPublic, 'X-Forwarded-Prefix: /evil, /v1'],
]
const refused: readonly (readonly [id: string, htu: string, ...lines: string[]])[] = [
  ['F23', 'https://evil.test/private', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: evil.test, api.test'],
  ['F23', 'http://api.test/private', 'X-Forwarded-Proto: http, https', 'X-Forwarded-Host: api.test'],
  ['F04', 'https://api.test:0443/private', ...saysPublic],
  ['F04', 'https://api.test:80/private', ...saysPublic],
  ['F24', 'http://a.test/private', 'Forwarded: host="a.test", host=b.test'],
  ['F24', publicUri, 'Forwarded: host=other.test;proto=https', ...saysPublic],
  ['F24', publicUri, 'Forwarded: proto=http', ...saysPublic],
  ['F25', publicUri, ...saysPublic, 'X-Forwarded-Prefix: /v1'],
]
/** No URI can be made of these, whatever the proof says. */
const unreadable: readonly (readonly [id: string, line: string])[] = [
  ...['host=api.test;host=api.test', 'host="api.test', 'host=a@b', 'host', 'proto=ftp', 'host="api.test."'].map(
    (value) => ['F24', `Forwarded: ${value}`] as const,
  ),
  ...['a@b', 'api.test/x', 'api.test:99999', 'api.test evil.test', 'm\u00fcnchen.test', '127.1'].map(
    (value) => ['F24', `X-Forwarded-Host: ${value}`] as const,
  ),
  ...['ftp', 'https://', '"https"'].map((value) => ['F24', `X-Forwarded-Proto: ${value}`] as const),
  ...['/../', '/v1/../v2', '/%2e%2e', '//evil.test/v1', 'https://evil.test/', '\\v1', '/v1?x', '/%zz'].map(
    (value) => ['F25', `X-Forwarded-Prefix: ${value}`] as const,
  ),
]
const named = (id: string, texts: readonly string[]) => `${id} ${texts.join(' / ')}`

/** What requests say about the URI on their way, and to whom they say it. */
export const proxySituations: readonly Situation[] = [
  ...[saysPublic, ['Forwarded: proto=https;host=api.test']].flatMap((texts) => [
    row(`${named('F22', texts)}, and a proof for it`, 'P', forwarded(publicUri, ...texts)),
    row(`${named('F22', texts)}, and a proof for the own URI`, 'A', forwarded('{url}', ...texts)),
  ]),
  row('F22 malformed headers that nobody reads', 'A', forwarded('{url}', 'X-Forwarded-Host: a@b', 'Forwarded: host="')),
  row('F22 nothing from the proxy', 'A', dpop(), proxied),
  ...admitted.map(([id, uri, ...texts]) =>
    row(`${named(id, texts)}, and a proof for ${uri}`, 'A', forwarded(uri, ...texts), proxied),
  ),
  ...refused.map(([id, uri, ...texts]) =>
    row(`${named(id, texts)}, and a proof for ${uri}`, 'P', forwarded(uri, ...texts), proxied),
  ),
  ...unreadable.map(([id, text]) => row(`${id} ${text}`, 'P', forwarded('{url}', text), proxied)),
  row(
    'F24 an unreadable header next to a Bearer token',
    'A',
    lines('Authorization: Bearer {plain}', 'Forwarded: host="'),
    proxied,
  ),
  ...rows(
    'A',
    [
      ['F28 a public URL', dpop()],
      ['F28 a public URL, whatever the host', forwarded('{url}', 'Host: other.test')],
      ['F28 a public URL, whatever is forwarded', forwarded('{url}', 'X-Forwarded-Host: a@b', 'Forwarded: host="')],
    ],
    customised,
  ),
  ...rows(
    'P',
    [
      ['F28 a proof without the prefix', htu(publicUri)],
      ['F28 a proof for the prefix twice', htu('https://api.test/v1/v1/private')],
      ['F28 a proof with the scheme of the connection', htu('http://api.test/v1/private')],
    ],
    customised,
  ),
  row('F28 a mounted router', 'A', dpop({}, { scope: 'read:messages' }), mounted),
  row('F28 a proof for the path below a mount', 'P', htu('{origin}/'), mounted),
]
