import type { DpopClient, TestIssuer } from '../../src/testing/index.js'

/** What a request may be made of. */
interface Kit {
  readonly issuer: TestIssuer
  readonly client: DpopClient
  readonly thief: DpopClient
  /** The URL that is asked for. */
  readonly url: string
}

/** A request, and what it gets in the `auth0` error profile. */
export interface Situation {
  readonly title: string
  readonly method?: string
  readonly path?: string
  /** Field lines as they are sent, in order. */
  fields(kit: Kit): Promise<readonly string[]> | readonly string[]
  readonly status: number
  readonly error?: string
}

type Fields = Situation['fields']

const bearer =
  (claims = {}, options = {}): Fields =>
  async ({ issuer }) => ['Authorization', `Bearer ${await issuer.token(claims, options)}`]

const authorization =
  (...values: readonly string[]): Fields =>
  () =>
    values.flatMap((value) => ['Authorization', value])

type ProofOptions = Partial<Parameters<DpopClient['proof']>[0]>

const dpop =
  (options: ProofOptions = {}, claims = {}): Fields =>
  async ({ client, url }) => {
    const token = await client.token(claims)
    return ['Authorization', `DPoP ${token}`, 'DPoP', await client.proof({ url, token, ...options })]
  }

const invalidRequest = { status: 400, error: 'invalid_request' }
const invalidToken = { status: 401, error: 'invalid_token' }
const invalidProof = { status: 400, error: 'invalid_dpop_proof' }
const insufficient = { status: 403, error: 'insufficient_scope' }

/** The rows of the demo, and one or more of each of the groups E, F, G and K of the attack list. */
export const situations: readonly Situation[] = [
  { title: 'E01 no credentials', fields: () => [], ...invalidRequest },
  { title: 'E01 no credentials on a public route', path: '/public', fields: () => [], status: 200 },
  { title: 'E02 a scheme alone', fields: authorization('Bearer'), ...invalidRequest },
  { title: 'E02 two spaces', fields: async (kit) => spaced(await bearer()(kit)), status: 200 },
  { title: 'E03 a scheme in upper case', fields: async (kit) => shouted(await bearer()(kit)), status: 200 },
  { title: 'E04 another scheme', fields: authorization('Basic dXNlcjpwYXNz'), ...invalidRequest },
  { title: 'E05 two words', fields: authorization('Bearer a b'), ...invalidRequest },
  { title: 'E06 two Authorization lines', fields: authorization('Bearer a', 'Bearer b'), ...invalidRequest },
  { title: 'E06 two schemes', fields: authorization('Bearer a', 'Basic dXNlcjpwYXNz'), ...invalidRequest },
  { title: 'E08 two tokens that a proxy joined', fields: authorization('Bearer a, Bearer b'), ...invalidRequest },
  { title: 'E09 a token in the query', path: '/private?access_token=a', fields: () => [], ...invalidRequest },
  { title: 'E09 a token in the query too', path: '/private?access_token=a', fields: bearer(), ...invalidRequest },
  { title: 'E12 a token in a cookie', fields: () => ['Cookie', 'access_token=a'], ...invalidRequest },
  { title: 'E15 the DPoP scheme without a proof', fields: withoutProof, ...invalidRequest },
  { title: 'E16 a proof next to Bearer', fields: proofNextToBearer, ...invalidRequest },
  { title: 'E17 a bound token as Bearer', fields: boundAsBearer, ...invalidToken },
  { title: 'E18 an unbound token as DPoP', fields: unboundAsDpop, ...invalidToken },
  { title: 'E20 two proofs', fields: twoProofs, ...invalidProof },
  { title: 'E21 a proof of 4,097 bytes', fields: largeProof, ...invalidProof },
  { title: 'E24 HEAD', method: 'HEAD', fields: () => [], status: 400 },
  { title: 'E26 no credentials where they are optional', path: '/maybe', fields: () => [], status: 200 },
  { title: 'E26 bad ones where they are optional', path: '/maybe', fields: authorization('Bearer a'), ...invalidToken },
  { title: 'a good token where it is optional', path: '/maybe', fields: bearer(), status: 200 },
  { title: 'a good token', fields: bearer(), status: 200 },
  { title: 'garbage', fields: authorization('Bearer garbage'), ...invalidToken },
  { title: 'a tampered signature', fields: async (kit) => tampered(await bearer()(kit)), ...invalidToken },
  { title: 'an expired token', fields: bearer({}, { expiresInSeconds: -60 }), ...invalidToken },
  { title: 'a token for another API', fields: bearer({ aud: 'https://other.test' }), ...invalidToken },
  { title: 'a token of another issuer', fields: bearer({ iss: 'https://other.test/' }), ...invalidToken },
  { title: 'the right scope', path: '/messages', fields: bearer({ scope: 'read:messages' }), status: 200 },
  { title: 'a missing scope', path: '/messages', fields: bearer({ scope: 'read:data' }), ...insufficient },
  {
    title: 'both scopes',
    method: 'POST',
    path: '/data',
    fields: bearer({ scope: 'write:data read:data' }),
    status: 200,
  },
  { title: 'one of two', method: 'POST', path: '/data', fields: bearer({ scope: 'read:data' }), ...insufficient },
  {
    title: 'the right permission',
    path: '/permitted',
    fields: bearer({ permissions: ['delete:data'] }),
    status: 200,
  },
  {
    title: 'a scope in place of a permission',
    path: '/permitted',
    fields: bearer({ scope: 'delete:data' }),
    ...insufficient,
  },
  { title: 'a right that the handler wants', path: '/inside', fields: bearer({ scope: 'admin' }), status: 200 },
  { title: 'a right that the handler misses', path: '/inside', fields: bearer(), ...insufficient },
  { title: 'F01 a proof for this URI', fields: dpop(), status: 200 },
  { title: 'F02 a query in the URI', path: '/private?a=1', fields: dpop(), status: 200 },
  { title: 'F06 a slash at the end', fields: async (kit) => dpop({ url: `${kit.url}/` })(kit), ...invalidProof },
  { title: 'F19 another host', fields: dpop({ url: 'http://other.test/private' }), ...invalidProof },
  { title: 'F21 another method', fields: dpop({ method: 'POST' }), ...invalidProof },
  { title: 'F22 a forwarded host', fields: forwarded, ...invalidProof },
  { title: 'G01 another type', fields: dpop({ header: { typ: 'JWT' } }), ...invalidProof },
  { title: 'G02 an algorithm that is not allowed', fields: dpop({ header: { alg: 'HS256' } }), ...invalidProof },
  { title: 'G03 no key', fields: dpop({ header: { jwk: undefined } }), ...invalidProof },
  { title: 'G08 a signature by another key', fields: forged, ...invalidProof },
  { title: 'G09 the key of another client', fields: anotherKey, ...invalidToken },
  { title: 'G11 no jti', fields: dpop({ claims: { jti: undefined } }), ...invalidProof },
  { title: 'G12 a proof that is too old', fields: dpop({ claims: { iat: 1 } }), ...invalidProof },
  { title: 'G14 a proof for another token', fields: dpop({ token: 'other' }), ...invalidProof },
  { title: 'a good proof and a missing scope', path: '/messages', fields: dpop(), ...insufficient },
  { title: 'a good proof, and the handler misses a right', path: '/inside', fields: dpop(), ...insufficient },
  { title: 'two guards and one proof', path: '/twice', fields: dpop({}, { scope: 'read:messages' }), status: 200 },
  { title: 'two guards, and the second one refuses', path: '/twice', fields: dpop(), ...insufficient },
  { title: 'K01 hostile text in every place', fields: hostile, ...invalidRequest },
]

function spaced([name = '', value = '']: readonly string[]): readonly string[] {
  return [name, value.replace(' ', '  ')]
}

function shouted([name = '', value = '']: readonly string[]): readonly string[] {
  return [name.toUpperCase(), value.replace('Bearer', 'BEARER')]
}

/** Changes one character in the middle of the signature. */
function tampered([name = '', value = '']: readonly string[]): readonly string[] {
  const index = value.lastIndexOf('.') + 20
  return [name, `${value.slice(0, index)}${value[index] === 'A' ? 'B' : 'A'}${value.slice(index + 1)}`]
}

async function withoutProof({ client }: Kit): Promise<readonly string[]> {
  return ['Authorization', `DPoP ${await client.token()}`]
}

async function boundAsBearer({ client }: Kit): Promise<readonly string[]> {
  return ['Authorization', `Bearer ${await client.token()}`]
}

async function proofNextToBearer(kit: Kit): Promise<readonly string[]> {
  const [, , ...proof] = await dpop()(kit)
  return [...(await bearer()(kit)), ...proof]
}

async function unboundAsDpop({ issuer, client, url }: Kit): Promise<readonly string[]> {
  const token = await issuer.token()
  return ['Authorization', `DPoP ${token}`, 'DPoP', await client.proof({ url, token })]
}

async function twoProofs(kit: Kit): Promise<readonly string[]> {
  return [...(await dpop()(kit)), 'DPoP', await kit.client.proof({ url: kit.url })]
}

async function largeProof(kit: Kit): Promise<readonly string[]> {
  const [name = '', value = ''] = await withoutProof(kit)
  return [name, value, 'DPoP', 'x'.repeat(4097)]
}

async function forged(kit: Kit): Promise<readonly string[]> {
  return dpop({ signWith: kit.thief.key })(kit)
}

async function anotherKey({ client, thief, url }: Kit): Promise<readonly string[]> {
  const token = await client.token()
  return ['Authorization', `DPoP ${token}`, 'DPoP', await thief.proof({ url, token })]
}

async function forwarded(kit: Kit): Promise<readonly string[]> {
  const others = ['X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'evil.test', 'Forwarded', 'host=evil.test']
  return [...(await dpop({ url: 'https://evil.test/private' })(kit)), ...others]
}

function hostile(): readonly string[] {
  return ['Authorization', 'Bearer "><script>', 'DPoP', '"\\\u00ff', 'X-Forwarded-Host', '"><script>']
}
