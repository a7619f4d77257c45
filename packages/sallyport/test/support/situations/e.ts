import { bearer, type Fields, lines, row, type Situation, together } from './kit.js'

/** Everything but workerd parses a head by RFC 9112 to the letter. */
const parsers = { '^(?!.* on workerd)': 'answers 400 before any app' }
const data = { method: 'POST', path: '/data' }
const files = '/files/a'

const authorization = (value: string): Fields => lines(`Authorization: ${value}`)
const both = (one: string, other: string): Fields => lines(`Authorization: ${one}`, `Authorization: ${other}`)
const good = 'Authorization: Bearer {plain}'

const schemes = ['Basic dXNlcjpwYXNz', 'Token {plain}', 'JWT {plain}', 'Bearer{plain}', 'Bearers {plain}', '{plain}']
const malformed = [
  ...['a b', '{plain} x', 'a,b', '"{plain}"', '<{plain}>', '{plain};x', 'token="{plain}"', 'Bearer {plain}'].map(
    (rest) => `Bearer ${rest}`,
  ),
  ...['Bearer: {plain}', '"Bearer" {plain}'],
]
const repeated: readonly (readonly [string, string, string])[] = [
  ['two equal tokens', 'Bearer {plain}', 'Bearer {plain}'],
  ['two tokens', 'Bearer a', 'Bearer b'],
  ['a good token and another scheme', 'Bearer {plain}', 'Basic dXNlcjpwYXNz'],
  ['another scheme and a good token', 'Basic dXNlcjpwYXNz', 'Bearer {plain}'],
  ['a good token and an empty line', 'Bearer {plain}', ''],
]
const joined = ['Bearer a, Bearer b', 'Bearer {plain},Bearer b', 'Basic eA==, Bearer {plain}', 'Bearer {plain},']
const elsewhere = [
  'X-Forwarded-Authorization',
  'X-Original-Authorization',
  'X-Original-Access-Token',
  'X-Access-Token',
  'Authentication',
]
const form = 'Content-Type: application/x-www-form-urlencoded'
const multipart = 'Content-Type: multipart/form-data; boundary=b'
const multipartBody = '--b\r\nContent-Disposition: form-data; name="access_token"\r\n\r\na\r\n--b--\r\n'
const json = 'Content-Type: application/json'
const preflight = ['Origin: https://app.test', 'Access-Control-Request-Method: GET']
const rights = { scope: 'read:data write:data' }
const hugeBody = ['Content-Type: application/octet-stream', 'Content-Length: 104857600']
const bodyFirst = { 'Nest on Fastify': 'reads the body before its guards: 413' }

/** Credentials of requests that have nothing to do with DPoP. */
export const bearerSituations: readonly Situation[] = [
  row('E01 no credentials', '-', () => []),
  row('E01 no credentials on a public route', 'A', () => [], { path: '/public' }),
  row('E02 a scheme alone', 'R', authorization('Bearer')),
  row('E02 a scheme and a tab', 'R', authorization('Bearer\t')),
  row('E02 a tab before the token', 'R', authorization('Bearer\t{plain}')),
  row('E02 two spaces', 'A', authorization('Bearer  {plain}')),
  row('E02 an empty line', 'R', authorization(''), { differs: { ' on workerd': 'leaves empty fields out' } }),
  ...['bearer', 'BEARER', 'BeArEr'].map((scheme) =>
    row(`E03 the scheme ${scheme}`, 'A', lines(`AUTHORIZATION: ${scheme} {plain}`)),
  ),
  ...schemes.map((value) => row(`E04 ${value}`, '-', authorization(value))),
  ...malformed.map((value) => row(`E05 ${value}`, 'R', authorization(value))),
  ...repeated.map(([title, one, other]) => row(`E06 ${title}`, 'R', both(one, other))),
  row('E06 an empty line and a bad token', 'R', both('', 'Bearer a'), {
    differs: { ' on workerd': 'leaves empty fields out' },
  }),
  row('E07 a NUL behind the token', 'R', authorization('Bearer {plain}\0'), { differs: { '': 'answers 400' } }),
  row('E07 a NUL before the token', 'R', authorization('Bearer \0{plain}'), { differs: { '': 'answers 400' } }),
  row('E07 a folded line', 'R', authorization('Bearer {plain}\r\n x'), { differs: parsers }),
  row('E07 a line that a carriage return ends', 'R', authorization('Bearer a\rAuthorization: Bearer {plain}'), {
    differs: { ...parsers, ' on workerd': 'takes it for two lines' },
  }),
  row('E07 a space before the colon', 'T', lines('Authorization : Bearer a'), { differs: parsers }),
  ...joined.map((value) => row(`E08 ${value}`, 'R', authorization(value))),
  row('E09 a token in the query', '-', () => [], { path: '/private?access_token=a' }),
  row('E09 a token in the query too', 'R', lines(good), { path: '/private?b=1&access_token=a' }),
  row('E09 a token in the query where it is optional', 'A', () => [], { path: '/maybe?access_token=a' }),
  row('E09 another parameter', 'A', lines(good), { path: '/private?xaccess_token=a' }),
  row('E10 a token in a form', '-', lines(form), { ...data, body: 'access_token=a' }),
  row('E10 a token in JSON', '-', lines(json), { ...data, body: '{"access_token":"a"}' }),
  row('E10 a token in multipart', '-', lines(multipart), {
    ...data,
    body: multipartBody,
    differs: { 'Nest on Fastify': 'has no parser for it: 415' },
  }),
  row('E10 a token in the body of a GET', '-', lines(form), { body: 'access_token=a' }),
  row('E10 a token in JSON too', 'A', together(bearer(rights), lines(json)), {
    ...data,
    body: '{"access_token":"a"}',
  }),
  row('E10 a bad token, and another in a form', 'T', lines('Authorization: Bearer a', form), {
    ...data,
    body: 'access_token=b',
  }),
  ...['access_token[]=a', 'access_token[0]=a', 'access_token%5B%5D=a'].flatMap((query) => [
    row(`E11 ${query}`, '-', () => [], { path: `/private?${query}` }),
    row(`E11 ${query} next to a good token`, 'A', lines(good), { path: `/private?${query}` }),
  ]),
  row('E11 a list in JSON', '-', lines(json), { ...data, body: '{"access_token":["a"]}' }),
  row('E12 a token in a cookie', '-', lines('Cookie: access_token={plain}; token={plain}')),
  row('E12 a good token next to a cookie', 'A', lines('Cookie: access_token=a', good)),
  row('E13 Proxy-Authorization', '-', lines('Proxy-Authorization: Bearer {plain}')),
  row('E13 Proxy-Authorization next to a good token', 'A', lines('Proxy-Authorization: DPoP a', good)),
  ...elsewhere.map((name) => row(`E14 ${name}`, '-', lines(`${name}: Bearer {plain}`))),
  row('E14 a good token elsewhere', 'T', lines('X-Forwarded-Authorization: {plain}', 'Authorization: Bearer a')),
  ...['\u00ff{plain}', '{plain}\u00ff', '{plain}\u00a0', '{plain}\u00f0\u009f\u0098\u0080'].map((token) =>
    row(`E23 ${JSON.stringify(token)}`, 'T', authorization(`Bearer ${token}`)),
  ),
  row('E24 HEAD', '-', () => [], { method: 'HEAD' }),
  row('E24 HEAD with a good token', 'A', lines(good), { method: 'HEAD' }),
  ...['OPTIONS', 'TRACE', 'DELETE', 'PURGE'].flatMap((method) => {
    const differs = method === 'PURGE' ? { Fastify: 'does not know the method' } : {}
    return [
      row(`E24 ${method}`, '-', () => [], { method, path: files, differs }),
      row(`E24 ${method} with a bad token`, 'T', authorization('Bearer a'), { method, path: files, differs }),
    ]
  }),
  row('E24 OPTIONS of another origin', '-', lines('Origin: https://app.test'), { method: 'OPTIONS', path: files }),
  row('E24 a preflight with credentials', 'T', lines(...preflight, 'Authorization: Bearer a'), {
    method: 'OPTIONS',
    path: files,
  }),
  row('E24 a GET that looks like a preflight', '-', lines(...preflight)),
  row('E24 an override of the method', '-', lines('X-HTTP-Method-Override: OPTIONS', ...preflight), data),
  row('E24 an override in the query', '-', lines('X-Method-Override: GET'), { ...data, path: '/data?_method=GET' }),
  row('E25 a body that waits for 100', '-', lines('Expect: 100-continue', ...hugeBody), {
    ...data,
    differs: bodyFirst,
  }),
  row('E25 a body that waited for 100', 'A', together(bearer(rights), lines('Expect: 100-continue', json)), {
    ...data,
    body: '{}',
  }),
  row('E26 no credentials where they are optional', 'A', () => [], { path: '/maybe' }),
  row('E26 bad ones where they are optional', 'T', authorization('Bearer a'), { path: '/maybe' }),
  row('E26 another scheme where they are optional', '-', authorization('Basic eA=='), { path: '/maybe' }),
  row('E26 two where they are optional', 'R', both('Bearer a', 'Bearer b'), { path: '/maybe' }),
]
