import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audience, both, machine, type Parties, type Party, startParties } from './oracle.js'

let parties: Parties

beforeAll(async () => {
  parties = await startParties()
})
afterAll(() => parties.close())

type Members = Readonly<Record<string, unknown>>
type Sign = (input: Buffer, key: KeyObject) => Buffer

interface Proof {
  /** In place of what is right, or `undefined` to leave it out. */
  readonly header?: Members
  readonly claims?: Members
  readonly sign?: Sign
}

const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const es256: Sign = (input, key) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' })

function makeProof({ header = {}, claims = {}, sign: signature = es256 }: Proof, htu: string): string {
  const now = Math.floor(Date.now() / 1000)
  const head = { typ: 'dpop+jwt', alg: 'ES256', jwk: own.publicKey.export({ format: 'jwk' }), ...header }
  const body = { htm: 'POST', htu, iat: now, jti: randomUUID(), ...claims }
  const input = [head, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${input}.${signature(Buffer.from(input), own.privateKey).toString('base64url')}`
}

const send = (party: Party, dpop: string) =>
  party.token({ ...machine, grant_type: 'client_credentials', audience }, { dpop })

const now = Math.floor(Date.now() / 1000)
const secret = Buffer.alloc(32, 1)

const faults: Readonly<Record<string, readonly (readonly [string, Proof])[]>> = {
  typ: [
    ['none', { header: { typ: undefined } }],
    ['JWT', { header: { typ: 'JWT' } }],
    ['at+jwt', { header: { typ: 'at+jwt' } }],
  ],
  alg: [
    ['none', { header: { alg: undefined } }],
    ['"none"', { header: { alg: 'none' }, sign: () => Buffer.alloc(0) }],
    ['one of another kind of key', { header: { alg: 'RS256' } }],
    ['one of another curve', { header: { alg: 'ES384' } }],
    [
      'HS256, with its secret in the proof',
      {
        header: { alg: 'HS256', jwk: { kty: 'oct', k: secret.toString('base64url') } },
        sign: (input) => createHmac('sha256', secret).update(input).digest(),
      },
    ],
  ],
  jwk: [
    ['none', { header: { jwk: undefined } }],
    ['the private one', { header: { jwk: own.privateKey.export({ format: 'jwk' }) } }],
    ['that of somebody else', { header: { jwk: other.publicKey.export({ format: 'jwk' }) } }],
    ['no object', { header: { jwk: 'own' } }],
  ],
  signature: [
    ['by another key', { sign: (input) => es256(input, other.privateKey) }],
    ['of something else', { sign: (_, key) => es256(Buffer.from('something else'), key) }],
    ['none', { sign: () => Buffer.alloc(0) }],
    ['in the form of ASN.1', { sign: (input, key) => sign('sha256', input, key) }],
  ],
  crit: [['something that nobody knows', { header: { crit: ['unknown'], unknown: true } }]],
  htm: [
    ['none', { claims: { htm: undefined } }],
    ['GET', { claims: { htm: 'GET' } }],
    ['in small letters', { claims: { htm: 'post' } }],
  ],
  htu: [
    ['none', { claims: { htu: undefined } }],
    ['another host', { claims: { htu: 'https://other.example/oauth/token' } }],
    ['no URL', { claims: { htu: '/oauth/token' } }],
    ['a list', { claims: { htu: ['http://localhost/oauth/token'] } }],
  ],
  iat: [
    ['none', { claims: { iat: undefined } }],
    ['ten minutes ago', { claims: { iat: now - 600 } }],
    ['in ten minutes', { claims: { iat: now + 600 } }],
    ['a text', { claims: { iat: String(now) } }],
  ],
  jti: [
    ['none', { claims: { jti: undefined } }],
    ['empty', { claims: { jti: '' } }],
    ['a number', { claims: { jti: 1 } }],
  ],
  exp: [['past', { claims: { exp: now - 600 } }]],
  nbf: [['to come', { claims: { nbf: now + 600 } }]],
  nonce: [['that nobody gave', { claims: { nonce: 'made up' } }]],
}

it('a good proof is accepted, again and again with new ones', async () => {
  for (let round = 0; round < 2; round += 1) {
    const outcomes = await both(parties, (party) => send(party, makeProof({}, party.tokenEndpoint)))
    expect(outcomes).toEqual({ tenant: 'accepted', oracle: 'accepted' })
  }
})

const sameInOtherWords: readonly (readonly [string, (endpoint: string) => Proof])[] = [
  ['a typ in other letters', () => ({ header: { typ: 'DPoP+JWT' } })],
  ['a typ with its prefix', () => ({ header: { typ: 'application/dpop+jwt' } })],
  ['a host in other letters', (endpoint) => ({ claims: { htu: endpoint.replace('localhost', 'LOCALHOST') } })],
  ['an htu with a query', (endpoint) => ({ claims: { htu: `${endpoint}?more` } })],
  ['an htu with a fragment', (endpoint) => ({ claims: { htu: `${endpoint}#more` } })],
]
it.each(sameInOtherWords)('%s is accepted', async (_, proofFor) => {
  const outcomes = await both(parties, (party) => {
    const { tokenEndpoint } = party
    return send(party, makeProof(proofFor(tokenEndpoint), tokenEndpoint))
  })
  expect(outcomes).toEqual({ tenant: 'accepted', oracle: 'accepted' })
})

describe.each(Object.entries(faults))('%s', (_, rows) => {
  it.each(rows)('%s', async (_, proof) => {
    const outcomes = await both(parties, (party) => send(party, makeProof(proof, party.tokenEndpoint)))
    expect(outcomes).toEqual({ tenant: 'refused', oracle: 'refused' })
  })
})

describe('as a whole', () => {
  const wholes: readonly (readonly [string, (proof: string, endpoint: string) => string])[] = [
    ['two proofs', (proof, endpoint) => `${proof}, ${makeProof({}, endpoint)}`],
    ['no JWT', () => 'proof'],
    ['without its last part', (proof) => proof.slice(0, proof.lastIndexOf('.'))],
    ['with a part too many', (proof) => `${proof}.`],
    ['for a path beneath', (_, endpoint) => makeProof({}, `${endpoint}/`)],
    ['for another endpoint of the same server', (_, endpoint) => makeProof({}, new URL('/userinfo', endpoint).href)],
    ['for the same over https', (_, endpoint) => makeProof({}, endpoint.replace('http:', 'https:'))],
  ]
  it.each(wholes)('%s', async (_, make) => {
    const outcomes = await both(parties, (party) =>
      send(party, make(makeProof({}, party.tokenEndpoint), party.tokenEndpoint)),
    )
    expect(outcomes).toEqual({ tenant: 'refused', oracle: 'refused' })
  })

  it('the same proof a second time', async () => {
    const outcomes = await both(parties, async (party) => {
      const proof = makeProof({}, party.tokenEndpoint)
      return [await send(party, proof), await send(party, proof)]
    })
    expect(outcomes).toEqual({ tenant: ['accepted', 'refused'], oracle: ['accepted', 'refused'] })
  })

  it('another proof with the same jti and key', async () => {
    const outcomes = await both(parties, async (party) => {
      const claims = { jti: randomUUID() }
      const first = makeProof({ claims }, party.tokenEndpoint)
      const second = makeProof({ claims: { ...claims, iat: now - 1 } }, party.tokenEndpoint)
      return [await send(party, first), await send(party, second)]
    })
    expect(outcomes).toEqual({ tenant: ['accepted', 'refused'], oracle: ['accepted', 'refused'] })
  })
})
