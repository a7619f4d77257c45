import { type Fields, type Kit, lines, row, type Situation } from './kit.js'

const auth = 'Authorization: DPoP {bound}'
const proof = 'DPoP: {proof}'
const plain = 'Authorization: Bearer {plain}'

const malformed = [
  'DPoP',
  'DPoP\t{bound}',
  'DPoP {bound} x',
  'DPoP "{bound}"',
  'DPoP token="{bound}"',
  '"DPoP" {bound}',
]
const repeated: readonly (readonly string[])[] = [
  [auth, plain],
  [plain, auth],
  [auth, auth],
  ['Authorization: DPoP {bound}, Bearer {plain}'],
]
const notOneProof: readonly (readonly string[])[] = [
  [proof, 'DPoP: {again}'],
  [proof, proof],
  [proof, 'dpop: {again}'],
  [proof, 'DPoP:'],
  ['DPoP:', proof],
  ['DPoP: {proof}, {again}'],
  ['DPoP: {proof},'],
  ['DPoP:'],
  ['DPoP: {proof} {again}'],
  ['DPoP: "{proof}"'],
  ['DPoP: {bound}'],
]
const strict = { setup: 'strict' } as const
const bearerOnly = { setup: 'bearerOnly' } as const

/** Credentials of requests that have to do with DPoP. */
export const dpopSituations: readonly Situation[] = [
  row('E01 a proof and no token', '-', lines(proof)),
  ...malformed.map((value) => row(`E05 ${value}`, 'R', lines(`Authorization: ${value}`, proof))),
  row('E02 two spaces behind DPoP', 'A', lines('Authorization: DPoP  {bound}', proof)),
  ...['dpop', 'DPOP'].map((scheme) =>
    row(`E03 the scheme ${scheme}`, 'A', lines(`authorization: ${scheme} {bound}`, proof)),
  ),
  ...['DPoPs {bound}', 'DPoP{bound}'].map((value) => row(`E04 ${value}`, '-', lines(`Authorization: ${value}`, proof))),
  ...repeated.map((fields) => row(`E06 ${fields.join(' / ')}`, 'R', lines(...fields, proof))),
  row('E09 a token in the query and a proof', '-', lines(proof), { path: '/private?access_token=a' }),
  row('E09 a token in the query and a bound token', 'R', lines(auth, proof), { path: '/private?access_token=a' }),
  row('E13 a bound token in Proxy-Authorization', '-', lines('Proxy-Authorization: DPoP {bound}', proof)),
  row('E15 a bound token without a proof', 'R', lines(auth)),
  row('E15 an unbound token without a proof', 'R', lines('Authorization: DPoP {plain}')),
  row('E15 an opaque token and a proof', 'T', lines('Authorization: DPoP a', proof)),
  row('E16 a proof next to Bearer', 'R', lines(plain, 'DPoP: {plainProof}')),
  row('E16 two proofs next to Bearer', 'R', lines(plain, proof, 'DPoP: {again}')),
  row('E16 an empty proof next to Bearer', 'R', lines(plain, 'DPoP:')),
  row('E16 a proof next to a bound token as Bearer', 'R', lines('Authorization: Bearer {bound}', proof)),
  row('E16 a proof next to Bearer, DPoP being disabled', 'A', lines(plain, 'DPoP: {plainProof}'), bearerOnly),
  row('E17 a bound token as Bearer', 'T', lines('Authorization: Bearer {bound}')),
  row('E17 a bound token as Bearer where it is optional', 'T', lines('Authorization: Bearer {bound}'), {
    path: '/maybe',
  }),
  row('E17 a bound token as Bearer, DPoP being disabled', 'T', lines('Authorization: Bearer {bound}'), bearerOnly),
  row('E17 the scheme DPoP, DPoP being disabled', '-', lines(auth, proof), bearerOnly),
  row('E18 an unbound token as DPoP', 'T', lines('Authorization: DPoP {plain}', 'DPoP: {plainProof}')),
  row('E18 the token of another key', 'T', lines('Authorization: DPoP {foreign}', 'DPoP: {foreignProof}')),
  row('E19 a good Bearer token, DPoP being required', '-', lines(plain), strict),
  row('E19 a proof next to Bearer, DPoP being required', '-', lines(plain, 'DPoP: {plainProof}'), strict),
  row('E19 a bound token as Bearer, DPoP being required', '-', lines('Authorization: Bearer {bound}'), strict),
  row('E19 no credentials, DPoP being required', '-', () => [], strict),
  row('E19 an unbound token as DPoP', 'T', lines('Authorization: DPoP {plain}', 'DPoP: {plainProof}'), strict),
  ...notOneProof.map((fields) => row(`E20 ${fields.join(' / ')}`, 'P', lines(auth, ...fields))),
  row('E21 4,097 bytes that are no proof', 'P', lines(auth, `DPoP: ${'.'.repeat(4097)}`)),
  row('E21 a proof of 4,096 bytes', 'A', proofOf(4096)),
  row('E21 a proof of 4,097 bytes', 'P', proofOf(4097)),
  row('E22 the header dpop', 'A', lines(auth, 'dpop: {proof}')),
  row('E22 the header DPOP', 'A', lines(auth, 'DPOP: {proof}')),
  row('E22 the header X-DPoP', 'R', lines(auth, 'X-DPoP: {proof}')),
]

/** Filled up in header and claims: with one alone some lengths cannot be had, base64url never being 1 modulo 4. */
function proofOf(length: number): Fields {
  return async ({ client, url, tokens: { bound: token } }: Kit) => {
    for (let extra = 0; extra < 12; extra += 1) {
      const make = (filling: number) => {
        const [header, claims] = [{ filling: 'x'.repeat(extra % 3) }, { filling: 'x'.repeat(filling) }]
        return client.proof({ url, token, header, claims })
      }
      const filling = Math.floor(((length - (await make(0)).length) * 3) / 4) + Math.floor(extra / 3) - 1
      const proof = await make(filling)
      if (proof.length === length) return ['Authorization', `DPoP ${token}`, 'DPoP', proof]
    }
    throw new Error(`No proof has ${length} bytes.`)
  }
}
