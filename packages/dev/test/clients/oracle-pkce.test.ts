import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { both, callbacks, native, type Parties, type Party, startParties, web } from './oracle.js'

const verifier = 'a-verifier-that-is-long-enough-for-everybody-1'
const challenge = createHash('sha256').update(verifier).digest('base64url')

let parties: Parties

beforeAll(async () => {
  parties = await startParties()
})
afterAll(() => parties.close())

type Given = Readonly<Record<string, string>>

const publicClient = { ...native, redirect_uri: callbacks.native }
const confidentialClient = { ...web, redirect_uri: callbacks.web }
const s256 = { code_challenge: challenge, code_challenge_method: 'S256' }

/** @param asked At the authorization endpoint. @param told At the token endpoint. */
async function redeem(party: Party, client: Given, asked: Given, told: Given) {
  const { client_secret: _, ...atAuthorize } = client
  const code = await party.code({ ...atAuthorize, ...asked })
  if (code === undefined) return 'no code'
  return party.token({ ...client, grant_type: 'authorization_code', code, ...told })
}

const rows: readonly (readonly [string, Given, Given, Given, string])[] = [
  ['the verifier', publicClient, s256, { code_verifier: verifier }, 'accepted'],
  ['the verifier of a confidential client', confidentialClient, s256, { code_verifier: verifier }, 'accepted'],
  ['nothing, where nothing was asked', confidentialClient, {}, {}, 'accepted'],
  ['another verifier', publicClient, s256, { code_verifier: `${verifier}2` }, 'refused'],
  ['a verifier in other letters', publicClient, s256, { code_verifier: verifier.toUpperCase() }, 'refused'],
  ['no verifier', publicClient, s256, {}, 'refused'],
  ['an empty verifier', publicClient, s256, { code_verifier: '' }, 'refused'],
  ['no verifier of a confidential client', confidentialClient, s256, {}, 'refused'],
  ['the challenge as verifier, as if it were plain', publicClient, s256, { code_verifier: challenge }, 'refused'],
  ['a verifier that nobody asked for', confidentialClient, {}, { code_verifier: verifier }, 'refused'],
  [
    'another redirect_uri',
    publicClient,
    s256,
    { code_verifier: verifier, redirect_uri: `${callbacks.native}/` },
    'refused',
  ],
  ['the code of another client', publicClient, s256, { ...web, code_verifier: verifier }, 'refused'],
]

describe('at the token endpoint', () => {
  it.each(rows)('%s', async (_, client, asked, told, outcome) => {
    const outcomes = await both(parties, (party) => redeem(party, client, asked, told))
    expect(outcomes).toEqual({ tenant: outcome, oracle: outcome })
  })

  it('a verifier that is too short, though it is the right one', async () => {
    const short = 'too-short'
    const ofShort = { ...s256, code_challenge: createHash('sha256').update(short).digest('base64url') }
    const outcomes = await both(parties, (party) => redeem(party, publicClient, ofShort, { code_verifier: short }))
    expect(outcomes).toEqual({ tenant: 'refused', oracle: 'refused' })
  })

  it('a code a second time', async () => {
    const outcomes = await both(parties, async (party) => {
      const code = (await party.code({ ...publicClient, ...s256 })) ?? ''
      const request = { ...publicClient, grant_type: 'authorization_code', code, code_verifier: verifier }
      return [await party.token(request), await party.token(request)]
    })
    expect(outcomes).toEqual({ tenant: ['accepted', 'refused'], oracle: ['accepted', 'refused'] })
  })
})

const noCode: readonly (readonly [string, Given])[] = [
  ['a public client without a challenge', {}],
  ['an unknown method', { ...s256, code_challenge_method: 'S512' }],
  ['a method in other letters', { ...s256, code_challenge_method: 's256' }],
  ['a challenge that is too short', { ...s256, code_challenge: challenge.slice(1) }],
  ['a challenge that is too long', { ...s256, code_challenge: challenge.repeat(3) }],
  ['a challenge with padding', { ...s256, code_challenge: `${challenge}=` }],
  ['a method without a challenge', { code_challenge_method: 'S256' }],
]

describe('at the authorization endpoint', () => {
  it.each(noCode)('%s', async (_, asked) => {
    const outcomes = await both(parties, (party) => redeem(party, publicClient, asked, { code_verifier: verifier }))
    expect(outcomes).toEqual({ tenant: 'no code', oracle: 'no code' })
  })
})

// The one knowing difference: Auth0 takes the plain method, which the other has given up.
it('the plain method', async () => {
  const asked = { code_challenge: verifier, code_challenge_method: 'plain' }
  const right = await both(parties, (party) => redeem(party, publicClient, asked, { code_verifier: verifier }))
  expect(right).toEqual({ tenant: 'accepted', oracle: 'no code' })
  const wrong = await both(parties, (party) => redeem(party, publicClient, asked, { code_verifier: `${verifier}2` }))
  expect(wrong).toEqual({ tenant: 'refused', oracle: 'no code' })
})
