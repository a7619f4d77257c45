import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { refusals } from '../../src/errors.js'
import {
  answerTo,
  type ErrorProfile,
  memoryReplayStore,
  type ProtectedRequest,
  type RefusalCode,
  RequestRefused,
} from '../../src/index.js'
import type { DpopClient, ProofOptions } from '../../src/testing/index.js'
import { createHarness, type Harness, type HarnessOptions, resourceUrl } from '../support/harness.js'

/** Stands in whatever a client of these tests sends. */
const hidden = 'hidden-4711'
const errorProfiles: readonly ErrorProfile[] = ['auth0', 'rfc']
const rfc6750Challenge =
  /^(?:Bearer realm="api"|DPoP algs="ES256 EdDSA")(?:, [a-z_]+="[\x20\x21\x23-\x5b\x5d-\x7e]*")*$/

/** What is sent, the last of it to be refused. */
type Provocation = (kit: Kit) => Promise<readonly Partial<ProtectedRequest>[]>

/** A client with a key, a token and a place of its own, so that no situation disturbs another. */
interface Kit {
  readonly client: DpopClient
  readonly stranger: DpopClient
  readonly token: string
  proof(options?: Partial<ProofOptions>): Promise<string>
}

function request(token: string, proofs: readonly string[], more: readonly string[] = []): Partial<ProtectedRequest> {
  const fields = proofs.flatMap((proof) => ['DPoP', proof])
  return { url: `/resource?q=${hidden}`, headers: ['Authorization', `DPoP ${token}`, ...fields, ...more] }
}

function withProof(options: Partial<ProofOptions>): Provocation {
  return async ({ token, proof }) => [request(token, [await proof(options)])]
}

const certificate = `:${Buffer.from(hidden).toString('base64')}:`
const boundTwice = ({ client }: Kit) =>
  client.token({ cnf: { jkt: client.jkt, 'x5t#S256': createHash('sha256').digest('base64url') } })

const provocations: Readonly<Partial<Record<RefusalCode, Provocation>>> = {
  proof_with_bearer: async ({ token, proof }) => [
    { headers: ['Authorization', `Bearer ${token}`, 'DPoP', await proof()] },
  ],
  bound_token_as_bearer: async ({ token }) => [{ headers: ['Authorization', `Bearer ${token}`] }],
  token_not_bound: async ({ client, proof }) => [
    request(await client.token({ cnf: undefined, sub: hidden }), [await proof()]),
  ],
  certificate_missing: async (kit) => [request(await boundTwice(kit), [await kit.proof()])],
  certificate_mismatch: async (kit) => [
    request(await boundTwice(kit), [await kit.proof()], ['Client-Cert', certificate]),
  ],
  proof_missing: async ({ token }) => [request(token, [])],
  proof_repeated: async ({ token, proof }) => [request(token, [await proof(), await proof()])],
  proof_too_large: async ({ token }) => [request(token, [`${hidden}.`.repeat(400)])],
  proof_malformed: async ({ token }) => [request(token, [`${hidden}.${hidden}.${hidden}`])],
  proof_type_refused: withProof({ header: { typ: hidden } }),
  proof_algorithm_refused: withProof({ header: { alg: hidden } }),
  proof_key_refused: async ({ client, token, proof }) => [
    request(token, [await proof({ header: { jwk: { ...client.publicJwk, d: hidden } } })]),
  ],
  proof_key_mismatch: async ({ stranger, token }) => [
    request(token, [await stranger.proof({ url: resourceUrl, token, claims: { jti: hidden } })]),
  ],
  proof_token_mismatch: withProof({ claims: { ath: hidden } }),
  proof_method_mismatch: withProof({ claims: { htm: hidden } }),
  proof_uri_mismatch: withProof({ claims: { htu: `https://elsewhere.test/path?q=${hidden}#${hidden}` } }),
  forwarded_refused: async ({ token, proof }) => [request(token, [await proof()], ['X-Forwarded-Host', `${hidden}/`])],
  request_target_refused: async ({ token, proof }) => [request(token, [await proof()], ['Host', `${hidden}@api.test`])],
  proof_time_refused: withProof({ claims: { iat: 4711 } }),
  proof_signature_invalid: async ({ stranger, token, proof }) => [
    request(token, [await proof({ signWith: stranger.key })]),
  ],
  proof_claim_refused: withProof({ claims: { jti: hidden.repeat(40) } }),
  proof_replayed: async ({ token, proof }) => {
    const again = request(token, [await proof()])
    return [again, again]
  },
  proof_limit_reached: async ({ token, proof }) => [
    request(token, [await proof()]),
    request(token, [await proof({ claims: { jti: 'another' } })]),
  ],
  nonce_wanted: withProof({ nonce: hidden }),
}

const codes = Object.keys(provocations) as readonly RefusalCode[]
const fast: HarnessOptions = {
  algorithms: ['ES256'],
  testIssuer: { algorithm: 'ES256' },
  trustProxy: true,
  certificateSource: 'client-cert-header',
}

describe('K. Errors, logs, headers of DPoP', () => {
  let plain: Harness
  let withNonces: Harness
  beforeAll(async () => {
    plain = await createHarness({ ...fast, dpop: { replay: memoryReplayStore({ maxEntriesPerKey: 1 }) } })
    withNonces = await createHarness({ ...fast, dpop: { nonce: { secrets: 's'.repeat(32) } } })
  })

  async function createKit(at: Harness): Promise<Kit> {
    const client = await at.dpopClient({ claims: { sub: hidden } })
    const token = await client.token()
    const proof = ({ claims, header, ...options }: Partial<ProofOptions> = {}) =>
      client.proof({
        ...{ url: `${resourceUrl}?q=${hidden}`, token, ...options },
        ...{ claims: { jti: hidden, x: hidden, ...claims }, header: { kid: hidden, ...header } },
      })
    return { client, token, proof, stranger: await at.dpopClient() }
  }

  async function refusalOf(at: Harness, { headers = [], ...rest }: Partial<ProtectedRequest>) {
    const host = JSON.stringify(headers).includes('"Host"') ? [] : ['Host', 'api.test']
    const all = [...host, ...(headers as readonly string[])]
    try {
      await at.api.authenticate({ method: 'GET', url: '/resource', scheme: 'https', ...rest, headers: all })
      return undefined
    } catch (error) {
      if (error instanceof RequestRefused) return error
      throw error
    }
  }

  /** The refusal of one situation with its events, and everything that must not be seen in either. */
  async function provoke(code: RefusalCode) {
    const at = code === 'nonce_wanted' ? withNonces : plain
    const kit = await createKit(at)
    const requests = (await provocations[code]?.(kit)) ?? []
    const from = at.events.length
    let refusal: RequestRefused | undefined
    for (const one of requests) refusal = await refusalOf(at, one)
    if (refusal === undefined) throw new Error(`Nothing was refused as ${code}.`)
    const sent = requests.flatMap(({ headers }) => headers as readonly string[]).flatMap((value) => value.split(/[ .]/))
    const { x = '' } = kit.client.publicJwk
    const ath = createHash('sha256').update(kit.token).digest('base64url')
    const secrets = new Set([hidden, kit.client.jkt, x, ath, ...sent.filter((part) => part.length > 16)])
    return { at, refusal, events: at.events.slice(from), secrets: [...secrets] }
  }

  function expectNone(text: string, secrets: readonly string[]): void {
    for (const secret of secrets) expect(text).not.toContain(secret)
  }

  it('K01 has a situation for every code that only bound tokens and proofs can cause', () => {
    const ofDpop = /^proof_|^nonce_|^certificate_|bound|^forwarded_|^request_target_/
    expect([...codes].sort()).toEqual(
      Object.keys(refusals)
        .filter((code) => ofDpop.test(code))
        .sort(),
    )
  })

  it.each(codes)('K01 answers %s with its fixed text and nothing of the request', async (code) => {
    const { at, refusal, secrets } = await provoke(code)
    expect(refusal.code).toBe(code)
    for (const errorProfile of errorProfiles) {
      const rules = { ...at.api, errorProfile }
      const answer = answerTo(refusal, rules)
      const { nonce, scheme } = refusal
      expect(answer).toEqual(answerTo(new RequestRefused(code, { nonce, scheme }), rules))
      const challenges = answer.headers['www-authenticate'] ?? []
      expect(challenges).toHaveLength(2)
      for (const challenge of challenges) expect(challenge).toMatch(rfc6750Challenge)
      for (const challenge of challenges) expect(challenge.length).toBeLessThanOrEqual(512)
      expectNone(JSON.stringify(answer), secrets)
      // K04 no stack trace, K05 and K06 no address and nothing of what was expected.
      expect(JSON.stringify(answer)).not.toMatch(/\.ts|\.js|api\.test|elsewhere|resource|https?:|iat|4711/)
    }
  })

  it('K01 hands out one nonce of its own, and only where it wants one', async () => {
    for (const code of codes) {
      const { at, refusal } = await provoke(code)
      const nonces = errorProfiles.map(
        (errorProfile) => answerTo(refusal, { ...at.api, errorProfile }).headers['dpop-nonce'],
      )
      const expected = code === 'nonce_wanted' ? expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) : undefined
      expect(nonces).toEqual([expected, expected])
    }
  })

  it.each(codes)('K02 tells %s in an event with nothing of token and proof', async (code) => {
    const { events, secrets } = await provoke(code)
    const uris = { expectedUri: resourceUrl, receivedUri: 'https://elsewhere.test/path' }
    expect(events.at(-1)).toEqual({
      ...{ type: 'request.refused', code, error: refusals[code].error },
      ...(code === 'proof_uri_mismatch' ? uris : {}),
    })
    expectNone(JSON.stringify(events), secrets)
  })

  it('K02 tells an admitted request in an event with nothing but the scheme', async () => {
    const { token, proof } = await createKit(plain)
    expect(await refusalOf(plain, request(token, [await proof()]))).toBe(undefined)
    expect(plain.events.at(-1)).toEqual({ type: 'request.admitted', scheme: 'DPoP' })
  })

  it.each(codes)('K03 keeps token, proof and URIs of %s out of whatever can be printed of the error', async (code) => {
    const { refusal, secrets } = await provoke(code)
    const printed = [
      JSON.stringify(refusal),
      JSON.stringify({ ...refusal }),
      inspect(refusal, { depth: 9, showHidden: true }),
      inspect(refusal, { depth: 9, getters: true }),
      String(refusal),
      String(refusal.stack),
      inspect(refusal.cause, { depth: 9, showHidden: true }),
    ].join('\n')
    expectNone(printed, secrets)
    expect(printed).not.toMatch(/api\.test|elsewhere|https?:/)
  })

  it.each<[string, unknown, string, string, string | undefined]>([
    ['a query', 'https://b.test/p?code=1', '/resource?code=2', resourceUrl, 'https://b.test/p'],
    ['a fragment', 'https://b.test/p#code', '/resource', resourceUrl, 'https://b.test/p'],
    ['a query in a fragment', 'https://b.test/#a?code', '/resource', resourceUrl, 'https://b.test/'],
    ['an encoded query', 'https://b.test/p%3Fa=1', '/resource', resourceUrl, 'https://b.test/p%3Fa=1'],
    ['another spelling', 'HTTPS://B.test:443/%7e', '/resource', resourceUrl, 'https://b.test/~'],
    ['user information', 'https://user:pass@api.test/resource', '/resource', resourceUrl, undefined],
    ['line ends', 'https://b.test/\r\nSet-Cookie: a', '/resource', resourceUrl, undefined],
    ['quotes', 'https://b.test/"', '/resource', resourceUrl, undefined],
    ['letters beyond ASCII', 'https://b.test/🔑', '/resource', resourceUrl, undefined],
    ['another scheme', 'javascript:alert(1)', '/resource', resourceUrl, undefined],
    ['a token in its place', 'eyJhbGciOi.eyJpc3Mi.c2ln', '/resource', resourceUrl, undefined],
    ['a number', 5, '/resource', resourceUrl, undefined],
    ['an object', { toString: 'https://b.test/' }, '/resource', resourceUrl, undefined],
    ['nothing', undefined, '/resource', resourceUrl, undefined],
    [
      'very long paths',
      `https://b.test/${'b'.repeat(2000)}`,
      `/${'a'.repeat(4000)}?code=1`,
      `https://api.test/${'a'.repeat(495)}`,
      `https://b.test/${'b'.repeat(497)}`,
    ],
  ])('K02 tells the two URIs of a mismatch without secrets: %s', async (_, htu, url, expectedUri, receivedUri) => {
    const { token, proof } = await createKit(plain)
    const sent = request(token, [await proof({ claims: { htu } })])
    expect((await refusalOf(plain, { ...sent, url }))?.code).toBe('proof_uri_mismatch')
    const event = plain.events.at(-1)
    expect(event).toEqual({
      ...{ type: 'request.refused', code: 'proof_uri_mismatch', error: 'invalid_dpop_proof', expectedUri },
      ...(receivedUri === undefined ? {} : { receivedUri }),
    })
    expect(Math.max(...Object.values(event ?? {}).map((value) => String(value).length))).toBeLessThanOrEqual(512)
  })
})
