import { signCompact } from '../../../src/testing/index.js'
import { withSignature } from '../forgery.js'
import { bearer, claiming, dpop, type Fields, lines, row, rows, type Situation } from './kit.js'

const characters = '"\\\r\nSet-Cookie: a=b\0\u0080\u00ff\u{1f511}{{7*7}}%0d%0a'
/** What a field line can have. */
const fieldText = '"\\><script>\u0080\u00ff{{7*7}}%0d%0a'
const long = 'x'.repeat(2048)
const manyScopes = Array.from({ length: 100 }, (_, index) => `"scope\\${index}`).join(' ')

/** A text in every member that an answer might speak of. */
const inTokens = (text: string): readonly (readonly [title: string, fields: Fields])[] => [
  ['K01 the alg of a token', bearer({}, { header: { alg: text } })],
  ['K01 the kid of a token', bearer({}, { header: { kid: text } })],
  ['K01 the typ of a token', bearer({}, { typ: text })],
  ['K01 the iss of a token', bearer({ iss: text })],
  ['K01 the aud of a token', bearer({ aud: text })],
  ['K01 the cnf of a token', bearer({ cnf: { [text]: text } })],
  ['K01 the exp of a token', bearer({ exp: text, [text]: text })],
]
const inProofs = (text: string): readonly (readonly [title: string, fields: Fields])[] => [
  ['K01 the typ of a proof', dpop({ header: { typ: text } })],
  ['K01 the alg of a proof', dpop({ header: { alg: text } })],
  ['K01 the jwk of a proof', dpop({ header: { jwk: { kty: 'EC', crv: text } } })],
  ['K01 the htm of a proof', claiming({ htm: text })],
  ['K01 the htu of a proof', claiming({ htu: `https://api.test/${text}` })],
  ['K01 the ath of a proof', claiming({ ath: text })],
  ['K01 the iat of a proof', claiming({ iat: text })],
]

const forwardedText = lines('Authorization: DPoP {bound}', 'DPoP: {proof}', `X-Forwarded-Host: ${fieldText}`)
const spoiled: Fields = ({ tokens }) => ['Authorization', `Bearer ${withSignature(tokens.plain, new Uint8Array(64))}`]
const deep: Fields = async ({ issuer }) => {
  const key = issuer.currentKey()
  const header = { alg: 'ES256', kid: key.kid, typ: 'at+jwt' }
  return ['Authorization', `Bearer ${await signCompact(header, `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`, key)}`]
}

/** What a client might get to see of itself or of the server. Each answer of the contract is searched for both. */
export const disclosureSituations: readonly Situation[] = [
  ...rows('T', inTokens(characters)),
  ...rows('P', inProofs(characters)),
  row('K01 2 KB as the kid of a token', 'T', bearer({}, { header: { kid: long } })),
  row('K01 2 KB as the htu of a proof', 'P', claiming({ htu: `https://api.test/${long}` })),
  row('K01 the scope of a token', 'S', bearer({ scope: characters }), { path: '/messages' }),
  row('K01 a hundred scopes', 'S', bearer({ scope: manyScopes }), { path: '/messages' }),
  row('K01 the nonce of a proof', 'N', claiming({ nonce: characters }), { setup: 'strict' }),
  row('K01 hostile text as a token', 'R', lines(`Authorization: Bearer ${fieldText}`, `DPoP: ${fieldText}`)),
  row('K01 hostile text as a proof', 'P', lines('Authorization: DPoP {bound}', `DPoP: ${fieldText}`)),
  row('K01 hostile text as a scheme', 'R', lines(`Authorization: ${fieldText} a`)),
  row('K01 hostile text as a forwarded host', 'P', forwardedText, { setup: 'proxied' }),
  row('K01 hostile text in the query', '-', () => [], { path: '/private?%22%3E%3Cscript%3E%0d%0aSet-Cookie:a=b' }),
  ...rows('T', [
    ['K04 claims a thousand levels deep', deep],
    ['K05 a key set elsewhere', bearer({}, { header: { jku: 'https://evil.test/jwks', kid: 'unknown' } })],
    ['K06 another audience', bearer({ aud: 'https://other.test' })],
    ['K06 another issuer', bearer({ iss: 'https://other.test/' })],
    ['K06 an algorithm that is not allowed', bearer({}, { header: { alg: 'HS256' } })],
    ['K07 an unknown key', bearer({}, { header: { kid: 'unknown' } })],
    ['K07 a signature that is none', spoiled],
    ['K07 an expired token', bearer({}, { expiresInSeconds: -60 })],
  ]),
]
