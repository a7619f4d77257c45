import { at, lines, row, type Situation } from './kit.js'

const uri = 'http://api.test/private'
const nodeServer = '(?:Hono|fetch|core|hono) on Node'
const noUrl = 'makes no URL of it'
const unreadable = `${nodeServer}|hono on Bun|workerd`
const notFound = 'finds no route: 404'

const hosts: readonly (readonly [
  title: string,
  hosts: readonly string[],
  differs: Readonly<Record<string, string>>,
])[] = [
  ['an empty Host', [''], { [unreadable]: noUrl }],
  ['user information in Host', ['a@api.test'], { [unreadable]: noUrl }],
  ['a port that is none in Host', ['api.test:99999'], { [`${nodeServer}|workerd`]: noUrl }],
  ['a path in Host', ['api.test/private'], { [`${unreadable}|Deno`]: noUrl }],
  ['a letter beyond ASCII in Host', ['\u00e4pi.test'], { [unreadable]: noUrl }],
  ['two Hosts', ['api.test', 'other.test'], { 'Deno|workerd': noUrl }],
  ['two equal Hosts', ['api.test', 'api.test'], { 'Deno|workerd': noUrl }],
]

/** Absolute request targets where `Host` is that of `uri`, and what the proof is for. */
const targets: readonly (readonly [target: string, htu: string, differs: Readonly<Record<string, string>>])[] = [
  ...['http://other.test/private', 'http://api.test:8080/private', 'http://user@other.test/private'].map(
    (target) => [target, target, { workerd: noUrl, Bun: 'ignores the host of the target' }] as const,
  ),
  [
    'https://api.test/private',
    'http://other.test/private',
    { workerd: noUrl, '(?:fetch|core) on Node|Deno|Bun': 'is not told the scheme of the connection' },
  ],
]

/** Other spellings of guarded paths: who finds a route for one has a guard on it. */
const spellings: readonly (readonly [target: string, unknownTo: string])[] = [
  ['/%70rivate', '^(?!Fastify|Nest on Fastify|.*[hH]ono)'],
  ['//private', ''],
  ['/private/', '^(?!Express|Nest on Express)'],
  ['/PRIVATE', '^(?!Express|Nest on Express)'],
  ['/private;x=1', ''],
  ['/private%2f', ''],
  ['/./private', '^(?:Fastify|Express|Nest)|Deno'],
]

/** What the request line and `Host` say. */
export const targetSituations: readonly Situation[] = [
  ...hosts.map(([title, values, differs]) => row(`F26 ${title}`, 'R', at(values, uri), { differs })),
  row('F26 HTTP/1.0 without Host', 'R', at([], uri), {
    version: '1.0',
    differs: { [`${unreadable}|Deno`]: noUrl },
  }),
  row('F26 a Host that is none, and a Bearer token', 'A', lines('Host: api.test.', 'Authorization: Bearer {plain}')),
  row('F27 a target with the own host', 'A', at(['api.test'], uri), { path: uri, differs: { workerd: noUrl } }),
  row('F27 a target with the own host, and a proof for another', 'P', at(['api.test'], 'http://other.test/private'), {
    path: uri,
    differs: { workerd: noUrl },
  }),
  ...targets.map(([path, htu, differs]) =>
    row(`F27 the target ${path}`, 'R', at(['api.test'], htu), { path, differs }),
  ),
  row('F27 a fragment', 'R', at(['api.test'], 'http://api.test/'), {
    path: '/private#x',
    differs: { workerd: 'leaves it out: the proof is refused' },
  }),
  ...spellings.map(([path, unknownTo]) =>
    row(`F29 a request for ${path}`, '-', () => [], { path, differs: { [unknownTo]: notFound } }),
  ),
  row('F29 HEAD', '-', () => [], { method: 'HEAD' }),
  row('F32 a body of 1 GB that never comes', '-', lines('Content-Length: 1073741824'), {
    method: 'POST',
    path: '/data',
    differs: { 'Nest on Fastify': 'reads the body before its guards: 413', Bun: 'takes no body of that size: 413' },
  }),
]
