import type { ProofOptions } from '../../../src/testing/index.js'
import { segment, withSignature } from '../forgery.js'
import { twinOf } from '../proof-forgery.js'
import {
  claiming,
  dpop,
  type Fields,
  type FirstRequest,
  type Kit,
  lines,
  made,
  row,
  rows,
  type Situation,
  sendFirst,
  together,
} from './kit.js'

type Changes = Partial<ProofOptions>

interface First extends FirstRequest {
  readonly changes?: Changes
}

/** A proof that is sent first, and then one with the same `jti` for the same token. */
const twice =
  (changes: Changes | ((kit: Kit) => Changes) = {}, first: First = {}): Fields =>
  async (kit) => {
    const { client, url, tokens } = kit
    const jti = crypto.randomUUID()
    const fields = async (given: Changes) => {
      const proof = await client.proof({ url, token: tokens.bound, ...given, claims: { jti, ...given.claims } })
      return ['Authorization', `DPoP ${tokens.bound}`, 'DPoP', proof]
    }
    const firstUrl = first.path === undefined ? url : `${new URL(url).origin}${first.path}`
    await sendFirst(kit, await fields({ url: firstUrl, ...first.changes }), first)
    return fields(await made(changes, kit))
  }

/** A proof that is used, and then this text made of it. */
const usedAs =
  (change: (proof: string) => string, first: (proof: string) => string = (proof) => proof): Fields =>
  async (kit) => {
    const [name = '', token = '', proofName = '', proof = ''] = await dpop()(kit)
    await sendFirst(kit, [name, token, proofName, first(proof)])
    return [name, token, proofName, change(proof)]
  }

const otherBits = (proof: string) => proof.slice(0, -1) + String.fromCharCode(proof.charCodeAt(proof.length - 1) + 1)

/** A proof of which many copies come at once, before one more. */
async function copied(kit: Kit): Promise<readonly string[]> {
  const fields = await dpop()(kit)
  const answers = await Promise.all(Array.from({ length: 19 }, () => kit.send(fields)))
  const admitted = answers.filter(({ status }) => status === 200)
  if (admitted.length !== 1) throw new Error(`${admitted.length} of the copies were admitted.`)
  return fields
}

/** A thief's proof with the `jti` of the client's next one. */
const foreseen =
  (steal: (kit: Kit, jti: string) => Promise<readonly string[]>, first: FirstRequest = { isRefused: true }): Fields =>
  async (kit) => {
    const jti = crypto.randomUUID()
    await sendFirst(kit, await steal(kit, jti), first)
    return claiming({ jti })(kit)
  }

const withOwnToken = async ({ thief, url, tokens: { foreign: token } }: Kit, jti: string) => {
  return ['Authorization', `DPoP ${token}`, 'DPoP', await thief.proof({ url, token, claims: { jti } })]
}
const forged = async (kit: Kit, jti: string) => dpop({ signWith: kit.thief.key, claims: { jti } })(kit)
const withSpoiledToken = async ({ client, url, tokens }: Kit, jti: string) => {
  const token = withSignature(tokens.bound, new Uint8Array(64))
  return ['Authorization', `DPoP ${token}`, 'DPoP', await client.proof({ url, token, claims: { jti } })]
}

const spoiledTokens: readonly (readonly [title: string, make: (kit: Kit) => Promise<string>])[] = [
  ['a broken signature', async ({ tokens }) => withSignature(tokens.bound, new Uint8Array(64))],
  ['an end in the past', ({ client }) => client.token({}, { expiresInSeconds: -60 })],
  ['another audience', ({ client }) => client.token({ aud: 'https://other.test' })],
  ['another issuer', ({ client }) => client.token({ iss: 'https://other.test/' })],
  ['a binding to nothing', ({ client }) => client.token({ cnf: {} })],
]

const spellings: readonly (readonly [title: string, changes: Changes | ((kit: Kit) => Changes)])[] = [
  ['a query in htu', ({ url }) => ({ claims: { htu: `${url}?a=1` } })],
  ['its scheme in upper case', ({ url }) => ({ claims: { htu: url.replace('http', 'HTTP') } })],
  ['htm in lower case', { claims: { htm: 'get' } }],
  ['another typ', { header: { typ: 'application/DPoP+JWT' } }],
]
const faults: readonly (readonly [title: string, changes: Changes])[] = [
  ['its typ', { header: { typ: 'JWT' } }],
  ['its key', { header: { jwk: {} } }],
  ['its htu', { claims: { htu: 'http://other.test/' } }],
  ['its htm', { claims: { htm: 'POST' } }],
  ['its iat', { claims: { iat: 1 } }],
  ['its ath', { claims: { ath: 'a' } }],
]

const files = { path: '/files/a' }
const same = (proof: string) => proof

/** How often proofs are used, and with what. */
export const proofUseSituations: readonly Situation[] = [
  row('G15 a proof that was used', 'P', usedAs(same)),
  row('G17 a proof of which nineteen copies came at once', 'P', copied),
  row('G18 the jti of another client', 'A', foreseen(withOwnToken, { isRefused: false })),
  row('G18 a jti that a thief could not use up', 'A', foreseen(forged)),
  row('G19 a used jti for another URI', 'P', twice({}, { path: '/private' }), files),
  row('G19 a used jti for another method', 'P', twice({ method: 'PUT' }), { ...files, method: 'PUT' }),
  ...rows('P', [
    ['G19 a used jti with another iat', twice(() => ({ claims: { iat: Math.floor(Date.now() / 1000) - 20 } }))],
    ['G20 a used proof with padding', usedAs((proof) => `${proof}=`)],
    ['G20 a used proof and a dot', usedAs((proof) => `${proof}.`)],
    ['G20 a used proof with other unused bits', usedAs(otherBits)],
    ['G20 a used proof with the twin of its signature', usedAs(twinOf)],
    ['G20 a proof, its twin being used', usedAs(same, twinOf)],
    ['G22 a proof whose caller the handler refused', twice({}, { path: '/inside', isRefused: true })],
  ]),
  ...spellings.map(([title, changes]) => row(`G20 a used jti with ${title}`, 'P', twice(changes))),
  ...faults.map(([title, changes]) =>
    row(`G22 a jti of a proof that was refused for ${title}`, 'A', twice({}, { changes, isRefused: true })),
  ),
  row(
    'G22 a proof that was refused for the rights of its token',
    'A',
    twice({}, { path: '/messages', isRefused: true }),
  ),
  ...spoiledTokens.map(([title, make]) =>
    row(`G23 a good proof and a token with ${title}`, 'T', async (kit) => {
      const token = await make(kit)
      return ['Authorization', `DPoP ${token}`, 'DPoP', await kit.client.proof({ url: kit.url, token })]
    }),
  ),
  row('G23 a jti that came with a bad token', 'A', foreseen(withSpoiledToken)),
  row('G30 a token that is bound to a certificate too', 'T', boundTwice),
  row('G30 a certificate in a header that nobody sets', 'T', together(boundTwice, lines('Client-Cert: :AAAA:'))),
]

function boundTwice(kit: Kit): Promise<readonly string[]> | readonly string[] {
  const certificate = segment(new Uint8Array(32))
  return dpop({}, { cnf: { jkt: kit.client.jkt, 'x5t#S256': certificate } })(kit)
}
