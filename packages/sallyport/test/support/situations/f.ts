import { at, claiming, dpop, htu, lines, type More, row, rows, type Situation, together } from './kit.js'

const admitted = (id: string, texts: readonly string[], more?: More) =>
  texts.map((text) => row(`${id} the htu ${text}`, 'A', htu(text), more))
const refused = (id: string, texts: readonly string[], more?: More) =>
  texts.map((text) => row(`${id} the htu ${text}`, 'P', htu(text), more))

/** A proof for one path, and a request for another. */
const pathTo = (id: string, outcome: 'A' | 'P', proven: string, path: string) =>
  row(`${id} a proof for ${proven} and a request for ${path}`, outcome, htu(`{origin}/files${proven}`), {
    path: `/files${path}`,
  })
const bothWays = (id: string, outcome: 'A' | 'P', one: string, other: string) => [
  pathTo(id, outcome, one, other),
  pathTo(id, outcome, other, one),
]

const root = { path: '/' }
const head = { method: 'HEAD' }
const patch = { method: 'PATCH', path: '/files/a' }
const dotsFirst = {
  '^(?:fetch|core) on (?:Node|Bun|workerd)|^hono on (?:Bun|workerd)': 'removes the dots first: the proof is refused',
}
const upgrade = lines(
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
)

/** What a proof may say about the path and the method of its request. */
export const pathSituations: readonly Situation[] = [
  row('F01 the exact URI', 'A', dpop()),
  pathTo('F01', 'A', "/a;b=c,d@e:f!$&'()*+", "/a;b=c,d@e:f!$&'()*+"),
  ...admitted('F02', ['{url}?b=1', '{url}#b', '{url}?b=1#c', '{url}?https://other.test/']),
  ...refused('F02', ['{url}%3Fb=1']),
  row('F02 a query in the request', 'A', dpop(), { path: '/private?a=1' }),
  ...admitted('F03', ['HTTP://{host}/private', 'hTTp://{host}/private']),
  ...rows('A', [
    ['F03 a host in upper case', at(['API.Test'], 'http://api.test/private')],
    ['F03 a host in upper case in htu', at(['api.test'], 'http://API.TEST/private')],
    ['F04 :80 in htu', at(['api.test'], 'http://api.test:80/private')],
    ['F04 :80 in Host', at(['api.test:80'], 'http://api.test/private')],
    ['F04 an empty port', at(['api.test'], 'http://api.test:/private')],
  ]),
  ...['443', '080', '8080', '0', '65536', '-80', '80a'].map((port) =>
    row(`F04 :${port} in htu`, 'P', at(['api.test'], `http://api.test:${port}/private`)),
  ),
  ...admitted('F05', ['{origin}', '{origin}?b=1', '{origin}#b', '{origin}/'], root),
  ...refused('F05', ['{url}/'], root),
  ...refused('F06', ['{url}/']),
  ...bothWays('F06', 'P', '/a', '/a/'),
  ...bothWays('F07', 'A', '/a', '/%61'),
  ...bothWays('F07', 'A', '/~u', '/%7Eu'),
  ...bothWays('F07', 'P', '/+', '/%2B'),
  ...bothWays('F08', 'A', '/a%2fb', '/a%2Fb'),
  ...bothWays('F08', 'P', '/a%2Fb', '/a/b'),
  ...admitted('F09', ['{origin}/x/../private', '{origin}/./private', '{origin}/../private']),
  ...refused('F09', ['{origin}/x/%2e%2e/private', '{origin}/%2e/private', '{origin}/x/%2E./private', '{url}/..']),
  ...['/x/../a', '/x/%2e%2e/a'].map((path) =>
    row(`F09 a request for ${path}`, 'R', htu('{origin}/files/x/%2e%2e/a'), {
      path: `/files${path}`,
      differs: dotsFirst,
    }),
  ),
  ...bothWays('F10', 'P', '//b', '/b'),
  pathTo('F10', 'A', '/a//b', '/a//b'),
  ...bothWays('F11', 'P', '/a', '/A'),
  ...refused('F11', ['{origin}/Private']),
  ...['get', 'GET ', 'GET\n', 'GET,POST', '', 'HEAD', 'POST', ['GET'], null].map((htm) =>
    row(`F21 the htm ${JSON.stringify(htm)} of a GET`, 'P', claiming({ htm })),
  ),
  row('F21 no htm', 'P', claiming({ htm: undefined })),
  row('F21 the htm GET of a HEAD', 'P', dpop(), head),
  row('F21 the htm HEAD of a HEAD', 'A', dpop({ method: 'HEAD' }), head),
  row('F21 the htm PATCH of a PATCH', 'A', dpop({ method: 'PATCH' }), patch),
  row('F21 the htm POST of a PATCH', 'P', dpop({ method: 'POST' }), patch),
  row('F31 a request for an upgrade', '-', upgrade),
  row('F31 a proof for a WebSocket', 'P', together(htu('ws://{host}/private'), upgrade)),
  row('F31 a stream of events', '-', lines('Accept: text/event-stream')),
]
