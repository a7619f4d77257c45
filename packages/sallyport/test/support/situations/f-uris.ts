import { at, claiming, htu, row, rows, type Situation } from './kit.js'

const refused = (id: string, texts: readonly string[]) =>
  texts.map((text) => row(`${id} the htu ${JSON.stringify(text)}`, 'P', htu(text)))
const words = (text: string): readonly string[] => text.split(' ')

const characters = ['\t', '\n', '\r', '\0', '\u007f', '\u00a0', '\u2028', '\\', ' ']
const addresses = words('2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 127.1 127.0.0.01 127.0.0.256')

/** What is no http(s) URI, and hosts that look like another. */
export const uriSituations: readonly Situation[] = [
  ...refused('F12', words('http://user@{host}/private http://user:pass@{host}/private http://@{host}/private')),
  ...refused('F12', ['http://{host}@other.test/private']),
  ...refused('F13', [...characters.map((text) => `{url}${text}`), '{origin}/\tprivate', 'http:/\n/{host}/private']),
  ...refused('F13', [' {url}', '{origin}\\private', '{url}%zz']),
  ...refused('F14', words('http:{host}/private http:/{host}/private http:///{host}/private http://')),
  ...refused('F14', ['http:\\\\{host}\\private']),
  ...words('[::1] [0:0:0:0:0:0:0:1] [0:0::1]:80').map((host) =>
    row(`F15 the host ${host}`, 'A', at(['[::1]'], `http://${host}/private`)),
  ),
  ...words('[::1%25lo] [::1%lo] ::1 [::2]').map((host) =>
    row(`F15 the host ${host}`, 'P', at(['[::1]'], `http://${host}/private`)),
  ),
  ...addresses.map((host) => row(`F16 the host ${host}`, 'P', htu(`http://${host}:{port}/private`))),
  row('F16 an address in another spelling in Host', 'R', at(['127.1'], 'http://127.0.0.1/private')),
  row('F17 a dot at the end of Host', 'R', at(['api.test.'], 'http://api.test/private')),
  ...rows('P', [
    ['F17 a dot at the end of an address', htu('http://127.0.0.1.:{port}/private')],
    ['F17 a dot at the end of the host', at(['api.test'], 'http://api.test./private')],
    ['F18 a U-label', at(['xn--mnchen-3ya.test'], 'http://m\u00fcnchen.test/private')],
    ['F18 full-width letters', at(['api.test'], 'http://\uff41pi.test/private')],
    ['F18 the Kelvin sign', at(['k.test'], 'http://\u212a.test/private')],
    ['F18 encoded letters', at(['api.test'], 'http://%61pi.test/private')],
  ]),
  row('F18 an A-label', 'A', at(['xn--mnchen-3ya.test'], 'http://XN--mnchen-3ya.test/private')),
  ...refused('F19', words('/private private //{host}/private {host}/private urn:private blob:{url}')),
  ...refused('F19', words('https://{host}/private ws://{host}/private http://other.test/private')),
  ...[['{url}'], 1, null, ''].map((value) =>
    row(`F20 the htu ${JSON.stringify(value)}`, 'P', claiming({ htu: value })),
  ),
  row('F20 no htu', 'P', claiming({ htu: undefined })),
  row('F20 an htu of 4 KB', 'P', htu(`{url}?${'a'.repeat(4096)}`)),
  row('F20 an htu of 64 KB', 'P', htu(`{url}?${'a'.repeat(65_536)}`), {
    differs: { '^(?!.* on workerd)': 'answers 431 or 400 before any app' },
  }),
]
