import { createHmac } from 'node:crypto'
import { answerTo, createResourceServer } from '../../../src/index.js'
import { claiming, dpop, type Fields, type Kit, row, rows, type Situation, sendFirst } from './kit.js'
import { setups } from './setups.js'

const strict = { setup: 'strict' } as const
const [secret, olderSecret] = setups.strict.dpop.nonce.secrets

/** The nonce that the server gives to a client without one. */
async function nonceOf(kit: Kit): Promise<string> {
  const { nonces } = await kit.send(await dpop()(kit))
  return nonces[0] ?? ''
}

/** The nonce of another server, which differs in its secret or its audience. */
async function nonceElsewhere(kit: Kit, secrets: string, audience = kit.options.audience): Promise<string> {
  const { errorProfile: _, ...options } = kit.options
  const api = createResourceServer({ ...options, audience, dpop: { nonce: { secrets } } })
  const token = await kit.client.token({ aud: audience })
  const { authorization, dpop: proof } = await kit.client.headers({ url: kit.url, token })
  const headers = { host: new URL(kit.url).host, authorization, dpop: proof }
  try {
    await api.authenticate({ method: 'GET', url: '/private', headers })
  } catch (error) {
    return String(answerTo(error, api).headers['dpop-nonce'])
  }
  throw new Error('No nonce was wanted.')
}

/** A proof with a nonce that is made of the server's. */
const withNonce = (change: (nonce: string) => unknown, claims: () => object = () => ({})): Fields =>
  claiming(async (kit) => ({ nonce: change(await nonceOf(kit)), ...claims() }))
const withForeignNonce = (secret: string, audience?: string): Fields =>
  claiming(async (kit) => ({ nonce: await nonceElsewhere(kit, secret, audience) }))

const same = (nonce: string) => nonce
const flipped = (nonce: string) => (nonce.startsWith('A') ? 'B' : 'A') + nonce.slice(1)
const otherBits = (nonce: string) => nonce.slice(0, 42) + String.fromCharCode(nonce.charCodeAt(42) + 1)
const nowPlus = (seconds: number) => () => ({ iat: Math.floor(Date.now() / 1000) + seconds })

async function withoutNonceAfterOne(kit: Kit): Promise<readonly string[]> {
  await sendFirst(kit, await withNonce(same)(kit))
  return dpop()(kit)
}

/** The minute, under a key that anyone knows. */
function guessed(): { readonly nonce: string } {
  const minute = String(Math.floor(Date.now() / 60_000))
  return { nonce: createHmac('sha256', 'sallyport').update(minute).digest('base64url') }
}

/** With nonces on, and no Bearer tokens. */
export const nonceSituations: readonly Situation[] = [
  ...['', 'a', ' ', 'A'.repeat(43), '\0', '\u{1f600}'].map((nonce) =>
    row(`G24 the nonce ${JSON.stringify(nonce)}`, 'N', claiming({ nonce }), strict),
  ),
  ...[null, 1, true, {}, ['a']].map((nonce) =>
    row(`G24 the nonce ${JSON.stringify(nonce)}`, 'P', claiming({ nonce }), strict),
  ),
  row('G24 a nonce where nobody wants one', 'A', claiming({ nonce: 'a' })),
  ...rows(
    'N',
    [
      ['G24 no nonce', dpop()],
      ['G24 the nonce of a server with another secret', withForeignNonce('x'.repeat(32))],
      ['G24 the nonce of a server for another audience', withForeignNonce(secret, 'https://other.test')],
      ['G25 no nonce, another proof having had one', withoutNonceAfterOne],
      ['G28 a nonce that is cut', withNonce((nonce) => nonce.slice(0, 42))],
      ['G28 a nonce that is longer', withNonce((nonce) => `${nonce}A`)],
      ['G28 a nonce with another bit', withNonce(flipped)],
      ['G28 a nonce with other unused bits', withNonce(otherBits)],
      ['G28 a nonce that was guessed', claiming(guessed)],
    ],
    strict,
  ),
  ...rows(
    'P',
    [
      ['G24 a nonce in a list', withNonce((nonce) => [nonce])],
      ['G24 a nonce of 10 KB', claiming({ nonce: 'a'.repeat(10_240) })],
      ['G26 the newest nonce and a bad htu', withNonce(same, () => ({ htu: 'http://other.test/' }))],
      ['G31 no iat', withNonce(same, () => ({ iat: undefined }))],
    ],
    strict,
  ),
  ...rows(
    'A',
    [
      ['G26 the newest nonce', withNonce(same)],
      ['G27 a nonce of the secret before', withForeignNonce(olderSecret)],
      ['G31 a clock that is an hour behind', withNonce(same, nowPlus(-3600))],
      ['G31 a clock that is an hour ahead', withNonce(same, nowPlus(3600))],
    ],
    strict,
  ),
]
