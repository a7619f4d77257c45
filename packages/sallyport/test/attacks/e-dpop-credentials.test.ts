import { beforeAll, describe, expect, it } from 'vitest'
import { answerTo, type RequestHeaders, type Requirement } from '../../src/index.js'
import { answerOf, type Cells, type Door, modes, openDoors } from '../support/expected-answer.js'
import { createHarness, type Harness } from '../support/harness.js'
import { credentialValues } from '../support/proof-forgery.js'

/** Field lines as they arrive, with the placeholders of `values`. */
type Fields = readonly (readonly [name: string, value: string])[]

const forms: readonly (readonly [string, (fields: Fields) => RequestHeaders])[] = [
  ['a flat list', (fields) => fields.flat()],
  ['a Headers object', (fields) => new Headers(fields.map(([name, value]) => [name, value]))],
  ['an object of lists', asLists],
]

interface Case {
  readonly url?: string
  readonly requirement?: Requirement
}

const anyScheme = (code: string): Cells => [`${code} Bearer DPoP`, `${code} DPoP`, `${code} Bearer`]
const missing: Cells = ['credentials_missing', 'credentials_missing', 'credentials_missing']
const unsupported: Cells = ['scheme_unsupported', 'scheme_unsupported', 'scheme_unsupported']
const refusedDpop = (code: string): Cells => [`${code} DPoP`, `${code} DPoP`, 'scheme_unsupported']
const refusedBearer = (code: string): Cells => [`${code} Bearer`, 'scheme_unsupported', `${code} Bearer`]
const mixed: Cells = ['proof_with_bearer Bearer', 'scheme_unsupported', 'admitted']
const admittedDpop: Cells = ['admitted', 'admitted', 'scheme_unsupported']
const admittedBearer: Cells = ['admitted', 'scheme_unsupported', 'admitted']

const auth = (value: string) => ['Authorization', value] as const
const dpop = (value: string) => ['DPoP', value] as const
const bound = auth('DPoP {bound}')
const plain = auth('Bearer {plain}')
const proof = dpop('{proof}')

type Situation = [title: string, fields: Fields, cells: Cells, given?: Case]

const situations: Situation[] = [
  ['E01 no credentials', [], missing],
  ['E01 no credentials but a DPoP header', [proof], missing],
  ['E01 no credentials but an empty DPoP header', [dpop('')], missing],
  ['E01 no credentials but two DPoP headers', [proof, dpop('{again}')], missing],
  ['E02 the scheme DPoP alone', [auth('DPoP'), proof], refusedDpop('credentials_malformed')],
  ['E02 the scheme DPoP and a space', [auth('DPoP '), proof], refusedDpop('credentials_malformed')],
  ['E02 a tab behind the scheme DPoP', [auth('DPoP\t{bound}'), proof], refusedDpop('credentials_malformed')],
  ['E02 two spaces behind the scheme DPoP', [auth('DPoP  {bound}'), proof], admittedDpop],
  ['E02 an empty Authorization', [auth(''), proof], anyScheme('credentials_malformed')],
  ['E03 a good Bearer token', [plain], admittedBearer],
  ['E03 a good DPoP token', [bound, proof], admittedDpop],
  ['E03 the scheme dpop', [auth('dpop {bound}'), proof], admittedDpop],
  ['E03 the scheme DPOP', [auth('DPOP {bound}'), proof], admittedDpop],
  ['E04 the scheme Basic', [auth('Basic dXNlcjpwYXNz')], unsupported],
  ['E04 the scheme Basic beside a proof', [auth('Basic dXNlcjpwYXNz'), proof], unsupported],
  ['E04 the scheme DPoPs', [auth('DPoPs {bound}'), proof], unsupported],
  ['E04 no space behind DPoP', [auth('DPoP{bound}'), proof], unsupported],
  ['E05 two words behind DPoP', [auth('DPoP {bound} {bound}'), proof], refusedDpop('credentials_malformed')],
  ['E05 a quoted token behind DPoP', [auth('DPoP "{bound}"'), proof], refusedDpop('credentials_malformed')],
  ['E05 a parameter behind DPoP', [auth('DPoP token="{bound}"'), proof], refusedDpop('credentials_malformed')],
  ['E05 a quoted scheme', [auth('"DPoP" {bound}'), proof], anyScheme('credentials_malformed')],
  ['E06 a DPoP and a Bearer line', [bound, plain, proof], anyScheme('credentials_repeated')],
  ['E06 a Bearer and a DPoP line', [plain, bound, proof], anyScheme('credentials_repeated')],
  ['E06 the same DPoP line twice', [bound, bound, proof], anyScheme('credentials_repeated')],
  ['E06 a DPoP and an empty line', [bound, auth(''), proof], anyScheme('credentials_repeated')],
  ['E06 an empty and a DPoP line', [auth(''), bound, proof], anyScheme('credentials_repeated')],
  ['E06 a Bearer and a Basic line', [plain, auth('Basic x')], anyScheme('credentials_repeated')],
  ['E08 DPoP and Bearer in one line', [auth('DPoP {bound}, Bearer {plain}'), proof], anyScheme('credentials_repeated')],
  ['E08 Bearer and DPoP in one line', [auth('Bearer {plain}, DPoP {bound}')], anyScheme('credentials_repeated')],
  ['E08 Basic and DPoP in one line', [auth('Basic x, DPoP {bound}'), proof], anyScheme('credentials_repeated')],
  ['E09 a token in the query too', [bound, proof], anyScheme('credentials_twice'), { url: '/?access_token={bound}' }],
  ['E09 a token in the query alone', [proof], missing, { url: '/?access_token={bound}' }],
  ['E13 the scheme DPoP in Proxy-Authorization', [['Proxy-Authorization', 'DPoP {bound}'], proof], missing],
  ['E15 a bound token without a proof', [bound], refusedDpop('proof_missing')],
  ['E15 an unbound DPoP token without a proof', [auth('DPoP {plain}')], refusedDpop('proof_missing')],
  ['E15 an opaque DPoP token without a proof', [auth('DPoP opaque')], refusedDpop('proof_missing')],
  ['E15 an opaque DPoP token with a proof', [auth('DPoP opaque'), proof], refusedDpop('token_malformed')],
  ['E15 a spoiled DPoP token with a proof', [auth('DPoP {spoiled}'), proof], refusedDpop('signature_invalid')],
  ['E15 a DPoP token of 8 193 bytes', [auth('DPoP {long}'), proof], refusedDpop('token_too_large')],
  ['E16 a proof next to an unbound Bearer token', [plain, dpop('{plainProof}')], mixed],
  ['E16 a proof for another token next to Bearer', [plain, proof], mixed],
  ['E16 two proofs next to Bearer', [plain, proof, dpop('{again}')], mixed],
  ['E16 an opaque proof next to Bearer', [plain, dpop('opaque')], mixed],
  ['E16 an empty proof next to Bearer', [plain, dpop('')], mixed],
  [
    'E16 a proof next to a bound Bearer token',
    [auth('Bearer {bound}'), proof],
    ['proof_with_bearer Bearer', 'scheme_unsupported', 'bound_token_as_bearer Bearer'],
  ],
  [
    'E16 a proof next to an opaque Bearer token',
    [auth('Bearer opaque'), proof],
    ['proof_with_bearer Bearer', 'scheme_unsupported', 'token_malformed Bearer'],
  ],
  ['E17 a bound token as Bearer', [auth('Bearer {bound}')], refusedBearer('bound_token_as_bearer')],
  ['E18 an unbound token as DPoP', [auth('DPoP {plain}'), dpop('{plainProof}')], refusedDpop('token_not_bound')],
  ['E18 an unbound token with an opaque proof', [auth('DPoP {plain}'), dpop('x')], refusedDpop('token_not_bound')],
  ['E19 an opaque Bearer token', [auth('Bearer opaque')], refusedBearer('token_malformed')],
  ['E19 the scheme Bearer alone', [auth('Bearer')], refusedBearer('credentials_malformed')],
  ['E20 two proofs', [bound, proof, dpop('{again}')], refusedDpop('proof_repeated')],
  ['E20 the same proof twice', [bound, proof, proof], refusedDpop('proof_repeated')],
  ['E20 a proof and an empty one', [bound, proof, dpop('')], refusedDpop('proof_repeated')],
  ['E20 an empty proof and a good one', [bound, dpop(''), proof], refusedDpop('proof_repeated')],
  ['E20 two proofs in two spellings', [bound, proof, ['dpop', '{again}']], refusedDpop('proof_repeated')],
  ['E20 two proofs with a comma', [bound, dpop('{proof}, {again}')], refusedDpop('proof_repeated')],
  ['E20 two proofs with a comma alone', [bound, dpop('{proof},{again}')], refusedDpop('proof_repeated')],
  ['E20 a proof and a comma', [bound, dpop('{proof},')], refusedDpop('proof_repeated')],
  ['E20 two proofs with a space', [bound, dpop('{proof} {again}')], refusedDpop('proof_malformed')],
  ['E20 an empty proof', [bound, dpop('')], refusedDpop('proof_malformed')],
  ['E20 a proof in quotes', [bound, dpop('"{proof}"')], refusedDpop('proof_malformed')],
  ['E20 the access token as its own proof', [bound, dpop('{bound}')], refusedDpop('proof_type_refused')],
  ['E21 a proof of 4 096 bytes', [bound, dpop('{proof4096}')], admittedDpop],
  ['E21 a proof of 4 097 bytes', [bound, dpop('{proof4097}')], refusedDpop('proof_too_large')],
  ['E21 4 097 bytes that are no proof', [bound, dpop('{dots}')], refusedDpop('proof_too_large')],
  ['E22 the header dpop', [bound, ['dpop', '{proof}']], admittedDpop],
  ['E22 the header DPOP', [bound, ['DPOP', '{proof}']], admittedDpop],
  [
    'E22 the header dPoP beside AUTHORIZATION',
    [
      ['AUTHORIZATION', 'DPoP {bound}'],
      ['dPoP', '{proof}'],
    ],
    admittedDpop,
  ],
  ['E22 the header X-DPoP', [bound, ['X-DPoP', '{proof}']], refusedDpop('proof_missing')],
  ['E18 a token of another key', [auth('DPoP {foreign}'), dpop('{foreignProof}')], refusedDpop('proof_key_mismatch')],
  ['E18 a proof for another token', [bound, dpop('{plainProof}')], refusedDpop('proof_token_mismatch')],
  [
    'E15 a scope that a DPoP token lacks',
    [bound, proof],
    refusedDpop('scope_missing'),
    { requirement: { scopes: 'a b' } },
  ],
  [
    'E17 a scope that a Bearer token lacks',
    [plain],
    refusedBearer('scope_missing'),
    { requirement: { scopes: 'a b' } },
  ],
  ['E15 a Host that is none', [['Host', 'a@b'], bound, proof], refusedDpop('request_target_refused')],
  ['E15 a Host that is none, where no proof is looked at', [['Host', 'a@b'], plain], admittedBearer],
]

describe.each(forms)('E. DPoP credentials in %s', (_, form) => {
  let harness: Harness
  let values: Readonly<Record<string, () => Promise<string>>>
  let doors: readonly Door[]
  beforeAll(async () => {
    harness = await createHarness({ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } })
    values = await credentialValues(harness)
    doors = openDoors(harness)
  })

  /** Proofs are new in each attempt: none is refused because another attempt has used it. */
  async function fill(text: string): Promise<string> {
    let filled = text
    for (const [placeholder, name = ''] of text.matchAll(/\{(\w+)\}/g))
      filled = filled.replace(placeholder, (await values[name]?.()) ?? expect.unreachable(name))
    return filled
  }

  async function answerAt({ api }: Door, fields: Fields, { url = '/resource', requirement }: Case): Promise<unknown> {
    const filled: [string, string][] = fields.some(([name]) => name === 'Host') ? [] : [['Host', 'api.test']]
    for (const [name, value] of fields) filled.push([name, await fill(value)])
    const request = { method: 'GET', url: await fill(url), scheme: 'https', headers: form(filled) } as const
    try {
      const { scheme, responseHeaders } = await api.authenticate(request, { ...requirement, optional: false })
      expect(responseHeaders).toEqual({})
      return `admitted ${scheme}`
    } catch (error) {
      return answerTo(error, api)
    }
  }

  it.each<Situation>(situations)(
    '%s: the answer in each mode and profile is that of the table',
    async (_, fields, cells, given = {}) => {
      for (const door of doors) {
        const cell = cells[modes.indexOf(door.mode)] ?? ''
        const answer = await answerAt(door, fields, given)
        if (cell === 'admitted') {
          expect(answer).toMatch(/^admitted (?:Bearer|DPoP)$/)
          expect(door.events.at(-1)).toEqual({ type: 'request.admitted', scheme: String(answer).split(' ')[1] })
        } else {
          expect(answer).toEqual(answerOf(cell, door.mode, door.profile))
          expect(door.events.at(-1)).toMatchObject({ type: 'request.refused', code: cell.split(' ')[0] })
        }
      }
    },
  )

  it('E01 lets a request without credentials pass where they are optional, and no bad ones', async () => {
    for (const door of doors) {
      const authenticate = (headers: RequestHeaders) => async () =>
        door.api.authenticate({ method: 'GET', url: '/resource', headers }, { optional: true })
      const lone = [dpop(await fill('{proof}'))]
      expect(await authenticate(form([]))()).toBeUndefined()
      expect(await authenticate(form(lone))()).toBeUndefined()
      await expect(authenticate(form([auth('Basic x'), ...lone]))).rejects.toThrow('authentication scheme')
      await expect(authenticate(form([auth('DPoP'), ...lone]))).rejects.toThrow(/malformed|authentication scheme/)
    }
  })
})

/** With the names as they are written. */
function asLists(fields: Fields): Record<string, string[]> {
  const headers: Record<string, string[]> = Object.create(null)
  for (const [name, value] of fields) headers[name] = [...(headers[name] ?? []), value]
  return headers
}
