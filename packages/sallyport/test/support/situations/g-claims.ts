import { createHash } from 'node:crypto'
import { signCompact } from '../../../src/testing/index.js'
import { claiming, dpop, type Fields, row, type Situation } from './kit.js'

/** Seconds from now, to the millisecond. */
const from = (name: string, seconds: number): Fields => claiming(() => ({ [name]: Date.now() / 1000 + seconds }))
const customised = { setup: 'customised' } as const

/** Values of a claim that are no good whatever else is right. */
const strange: readonly unknown[] = [undefined, null, 'now', []]
const valued = (id: string, name: string, given: readonly unknown[]) =>
  given.map((value) =>
    row(`${id} the ${name} ${(JSON.stringify(value) ?? 'left out').slice(0, 30)}`, 'P', claiming({ [name]: value })),
  )

/** Good claims with another text for `iat`, which `JSON.stringify` would never write. */
const iatText =
  (text: string): Fields =>
  async ({ client, url, tokens: { bound: token } }) => {
    const claims = {
      jti: crypto.randomUUID(),
      htm: 'GET',
      htu: url,
      iat: 'IAT',
      ath: hash('sha256', token).toString('base64url'),
    }
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: client.publicJwk }
    const proof = await signCompact(header, JSON.stringify(claims).replace('"IAT"', text), client.key)
    return ['Authorization', `DPoP ${token}`, 'DPoP', proof]
  }

function hash(name: string, text: string): Buffer {
  return createHash(name).update(text).digest()
}

const athOf = (text: string) => hash('sha256', text).toString('base64url')

const wrongHashes: readonly (readonly [title: string, write: (token: string) => unknown])[] = [
  ['no ath', () => undefined],
  ['null as ath', () => null],
  ['a list as ath', (token) => [athOf(token)]],
  ['the ath of another token', (token) => athOf(`${token}x`)],
  ['the ath of the token with a space', (token) => athOf(`${token} `)],
  ['the ath of the token with its scheme', (token) => athOf(`DPoP ${token}`)],
  ['a padded ath', (token) => `${athOf(token)}=`],
  ['a hexadecimal ath', (token) => hash('sha256', token).toString('hex')],
  ['an ath by SHA-1', (token) => hash('sha1', token).toString('base64url')],
  ['an ath by SHA-512', (token) => hash('sha512', token).toString('base64url')],
  ['the token as ath', (token) => token],
]
const withHash =
  (write: (token: string) => unknown): Fields =>
  async ({ client, url, tokens: { bound: token } }) => {
    const proof = await client.proof({ url, token, claims: { ath: write(token) } })
    return ['Authorization', `DPoP ${token}`, 'DPoP', proof]
  }

/** What a proof claims besides the URI and the method. */
export const proofClaimSituations: readonly Situation[] = [
  ...valued('G11', 'jti', [undefined, null, '', 1, [], {}, 'a'.repeat(257), '\ud800']),
  row(
    'G11 a jti of 256 characters',
    'A',
    claiming(() => ({ jti: crypto.randomUUID().padEnd(256, 'a') })),
  ),
  row(
    'G11 a jti with every kind of character',
    'A',
    claiming(() => ({ jti: `${crypto.randomUUID()}\r\n\0"\u{1f600}` })),
  ),
  row('G11 a jti of 4 KB', 'P', claiming({ jti: 'a'.repeat(4096) })),
  row('G11 a jti of 100 KB', 'P', claiming({ jti: 'a'.repeat(100_000) }), {
    differs: { '': 'answers 431 or 400 before any app' },
  }),
  ...valued('G12', 'iat', strange),
  row('G12 an iat 290 s ago', 'A', from('iat', -290)),
  row('G12 an iat 300.1 s ago', 'P', from('iat', -300.1)),
  row('G12 an iat in 29 s', 'A', from('iat', 29)),
  row('G12 an iat in 31 s', 'P', from('iat', 31)),
  row('G12 an iat 50 s ago, 60 s being allowed', 'A', from('iat', -50), customised),
  row('G12 an iat 60.1 s ago, 60 s being allowed', 'P', from('iat', -60.1), customised),
  row('G12 an iat 61 s ago, 60 s being allowed', 'P', from('iat', -61), customised),
  row('G12 an iat in 9.5 s, 10 s being allowed', 'A', from('iat', 9.5), customised),
  row('G12 an iat in 11 s, 10 s being allowed', 'P', from('iat', 11), customised),
  row('G12 an iat in 61 s', 'P', from('iat', 61)),
  row(
    'G12 an iat in milliseconds',
    'P',
    claiming(() => ({ iat: Date.now() })),
  ),
  ...['0', '-1', '1e300', '1e400', 'NaN', '01700000000'].map((text) => row(`G12 the iat ${text}`, 'P', iatText(text))),
  row('G12 an iat with an exponent', 'A', (kit) => iatText(`${Math.floor(Date.now() / 1000)}.0e0`)(kit)),
  ...['exp', 'nbf'].flatMap((name) => valued('G13', name, [null, 'never', -1])),
  row('G13 an exp in an hour', 'A', from('exp', 3600)),
  row('G13 an exp 31 s ago', 'P', from('exp', -31)),
  row('G13 an nbf now', 'A', from('nbf', 0)),
  row('G13 an nbf in 31 s', 'P', from('nbf', 31)),
  ...wrongHashes.map(([title, write]) => row(`G14 ${title}`, 'P', withHash(write))),
  row(
    'G14 the ath of another token of the client',
    'P',
    dpop(async ({ client }) => ({ token: await client.token() })),
  ),
  row('G32 a proof that was made for later', 'P', from('iat', 3600)),
]
