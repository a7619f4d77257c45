import { parse as parseWithAuthHeader } from 'auth-header'
import Fastify from 'fastify'
import { BEARER, parseWWWAuthenticateHeader } from 'http-auth-utils'
import { customFetch, isDPoPNonceError, protectedResourceRequest, WWWAuthenticateChallengeError } from 'oauth4webapi'
import { beforeAll, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/adapters/fastify.js'
import {
  answerTo,
  DependencyUnavailable,
  type DpopMode,
  type ProtectedRequest,
  RequestRefused,
  type Requirement,
  type ResourceServer,
} from '../../src/index.js'
import { createTestIssuer, type DpopClient, dpopClient, type ProofOptions } from '../../src/testing/index.js'
import { createHarness, type Harness, type HarnessOptions, resourceUrl } from '../support/harness.js'

const hostile = ['"', '\\', '\r\nSet-Cookie: a=b', '\u0000', '\u0080ÿ', '🔑', 'x'.repeat(2048), '{{7*7}}', '%0d%0a']
const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' }, trustProxy: true }
const nonces: HarnessOptions['dpop'] = { nonce: { secrets: 's'.repeat(32) } }

async function faultOf(api: ResourceServer, given: Partial<ProtectedRequest>, requirement: Requirement = {}) {
  const { headers = [], ...rest } = given
  const all = ['Host', 'api.test', ...(headers as readonly string[])]
  const attempt = async () =>
    api.authenticate({ method: 'GET', url: '/resource', scheme: 'https', ...rest, headers: all }, requirement)
  return attempt().then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('K. Hostile text in proofs', () => {
  let harness: Harness
  let withNonces: Harness
  let client: DpopClient
  let token: string
  beforeAll(async () => {
    harness = await createHarness(fast)
    withNonces = await createHarness({ ...fast, dpop: nonces, fetch: harness.issuer.fetch })
    client = await harness.dpopClient()
    token = await client.token()
  })

  function expectFixed(api: ResourceServer, error: unknown, text: string): void {
    expect(error).toBeInstanceOf(RequestRefused)
    if (!(error instanceof RequestRefused)) return
    const { code, scheme, nonce } = error
    for (const errorProfile of ['auth0', 'rfc'] as const) {
      const rules = { ...api, errorProfile }
      expect(answerTo(error, rules)).toEqual(answerTo(new RequestRefused(code, { scheme, nonce }), rules))
    }
    expect(nonce ?? 'A'.repeat(43)).toMatch(/^[A-Za-z0-9_-]{43}$/)
    if (text.length > 1) expect(JSON.stringify(answerTo(error, api))).not.toContain(JSON.stringify(text).slice(1, -1))
  }

  it.each(hostile)('K01 reflects nothing of a proof that is full of %j', async (text) => {
    const { publicJwk } = client
    const proofs: readonly Partial<ProofOptions>[] = [
      ...['typ', 'alg', 'jwk', 'crit', 'b64', text].map((name) => ({
        header: { [name]: text },
        claims: { ath: text },
      })),
      ...['kty', 'crv', 'x', 'y', 'kid', 'use', 'd'].map((name) => ({
        header: { jwk: { ...publicJwk, [name]: text } },
        claims: { ath: text },
      })),
      ...['htm', 'htu', 'ath', 'iat', 'exp', 'nbf'].map((name) => ({ claims: { [name]: text } })),
      { claims: { htu: `https://api.test/${text}` } },
      { claims: { htu: `https://${text}/resource` } },
      { claims: { jti: text } },
      { claims: { jti: text } },
    ]
    const errors: unknown[] = []
    for (const options of proofs) {
      const dpop = await client.proof({ url: resourceUrl, token, ...options })
      errors.push(await faultOf(harness.api, { headers: ['Authorization', `DPoP ${token}`, 'DPoP', dpop] }))
    }
    // A jti may be any text, the first time.
    if (text.length <= 256) expect(errors.splice(-2, 1)).toEqual([undefined])
    for (const error of errors) expectFixed(harness.api, error, text)
  })

  it.each(hostile)('K01 reflects nothing of a nonce, a header or a target that is %j', async (text) => {
    const dpop = await client.proof({ url: resourceUrl, token, nonce: text })
    const headers = ['Authorization', `DPoP ${token}`, 'DPoP', dpop]
    expectFixed(withNonces.api, await faultOf(withNonces.api, { headers }), text)
    for (const request of [
      { headers: ['Authorization', `DPoP ${token}`, 'DPoP', text] },
      { headers: ['Authorization', `DPoP ${text}`, 'DPoP', dpop] },
      { headers: ['Authorization', `Bearer ${text}`, 'DPoP', dpop] },
      { headers: [...headers, 'X-Forwarded-Host', text] },
      { headers: [...headers, 'X-Forwarded-Proto', text] },
      { headers: [...headers, 'Forwarded', `host=${text}`] },
      { headers: [...headers, 'Host', text] },
      { headers, url: `/resource/${text}` },
      { headers, method: text },
    ])
      expectFixed(harness.api, await faultOf(harness.api, request), text)
    expect(await faultOf(harness.api, { headers })).toBe(undefined)
  })

  it('K05 answers a store that is down without its address', async () => {
    const address = 'redis://user:password@10.0.0.5:6379'
    const store = { claim: () => Promise.reject(new Error(`connect ECONNREFUSED ${address}`)) }
    const at = await createHarness({ ...fast, dpop: { replay: store } })
    const { authorization, dpop } = await (await at.dpopClient()).headers({ url: resourceUrl })
    const error = await faultOf(at.api, { headers: ['Authorization', authorization, 'DPoP', dpop] })
    expect(error).toBeInstanceOf(DependencyUnavailable)
    const answer = answerTo(error, at.api)
    expect(answer.status).toBe(503)
    expect(at.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['replay_store.failed', 'request.unavailable']),
    )
    expect(JSON.stringify([answer, at.events])).not.toMatch(/redis|10\.0\.0\.5|password|ECONN/)
  })

  it('K07 answers an unknown key, a bad signature and an expired bound token alike', async () => {
    const tokens = [
      await client.token({}, { header: { kid: 'unknown' } }),
      `${token.slice(0, -8)}AAAAAAAA`,
      await client.token({}, { expiresInSeconds: -60 }),
    ]
    const answers: unknown[] = []
    for (const bad of tokens) {
      const { authorization, dpop } = await client.headers({ url: resourceUrl, token: bad })
      const error = await faultOf(harness.api, { headers: ['Authorization', authorization, 'DPoP', dpop] })
      answers.push(answerTo(error, harness.api))
    }
    expect(answers[0]).toMatchObject({ status: 401, body: { detail: { error: 'invalid_token' } } })
    expect(answers).toEqual([answers[0], answers[0], answers[0]])
  })

  it('K10 labels events of proofs with words of its own, besides the two URIs', async () => {
    const at = await createHarness(fast)
    const bound = await at.dpopClient()
    const own = await bound.token()
    for (let index = 0; index < 20; index += 1) {
      const random = `${index}-${crypto.randomUUID()}`
      for (const options of [
        { header: { kid: random, typ: random } },
        { header: { alg: random } },
        { claims: { htm: random } },
        { claims: { htu: `https://${random}.test/` } },
        { claims: { ath: random } },
        { claims: { iat: random } },
      ]) {
        const dpop = await bound.proof({ url: resourceUrl, token: own, ...options })
        await faultOf(at.api, { headers: ['Authorization', `DPoP ${own}`, 'DPoP', dpop] })
      }
    }
    const refused = at.events.filter(({ type }) => type === 'request.refused')
    expect(refused).toHaveLength(120)
    const labels = refused.flatMap((event) => Object.entries(event).filter(([name]) => !name.endsWith('Uri')))
    expect(new Set(labels.map(String)).size).toBe(8)
  })
})

describe('K. Challenges of DPoP', () => {
  /** It knows no DPoP, and no parameter but those of Bearer: `algs` has the place of `realm`. */
  const DPOP = {
    ...BEARER,
    type: 'DPoP',
    parseWWWAuthenticateRest: (rest: string): Record<string, string> => {
      const { realm = '', ...others } = BEARER.parseWWWAuthenticateRest(rest.replace(/^algs=/, 'realm='))
      return { algs: realm, ...others }
    },
  }

  const situations: readonly (readonly [
    string,
    Partial<ProofOptions> | 'no proof' | 'no token',
    string | undefined,
  ])[] = [
    ['a bad proof', { method: 'POST' }, 'invalid_dpop_proof'],
    ['no nonce', {}, 'use_dpop_nonce'],
    ['no proof', 'no proof', 'invalid_request'],
    ['no token', 'no token', undefined],
  ]
  const modes: readonly DpopMode[] = ['allowed', 'required']

  it.each(modes.flatMap((mode) => situations.map((row) => [mode, ...row] as const)))(
    'K09 in mode %s writes challenges for %s that three independent parsers read alike',
    async (mode, _, options, expected) => {
      const { api, dpopClient: createClient } = await createHarness({
        ...fast,
        dpop: { mode, nonce: { secrets: 's'.repeat(32) } },
      })
      const client = await createClient()
      const { authorization } = await client.headers({ url: resourceUrl })
      const token = authorization.slice('DPoP '.length)
      const proof =
        typeof options === 'string' ? [] : ['DPoP', await client.proof({ url: resourceUrl, token, ...options })]
      const headers = options === 'no token' ? [] : ['Authorization', authorization, ...proof]
      const { status, headers: answered } = answerTo(await faultOf(api, { headers }), { ...api, errorProfile: 'rfc' })
      const lines = [answered['www-authenticate'] ?? []].flat()

      const byAuthHeader = lines.map((line) => {
        const { scheme, params } = parseWithAuthHeader(line)
        return { scheme: scheme.toLowerCase(), parameters: params }
      })
      const byHttpAuthUtils = lines.map((line) => {
        const { type, data } = parseWWWAuthenticateHeader(line, [BEARER, DPOP])
        return { scheme: type.toLowerCase(), parameters: data }
      })
      const response = new Response(null, {
        status,
        headers: lines.map((line) => ['www-authenticate', line] as [string, string]),
      })
      const error = await protectedResourceRequest(token, 'GET', new URL(resourceUrl), undefined, undefined, {
        [customFetch]: async () => response,
      }).catch((fault: unknown) => fault)

      expect(error).toBeInstanceOf(WWWAuthenticateChallengeError)
      expect((error as WWWAuthenticateChallengeError).cause).toEqual(byAuthHeader)
      expect(byHttpAuthUtils).toEqual(byAuthHeader)
      expect(isDPoPNonceError(error)).toBe(expected === 'use_dpop_nonce')
      expect(byAuthHeader.map(({ scheme }) => scheme)).toEqual(mode === 'allowed' ? ['bearer', 'dpop'] : ['dpop'])
      expect(byAuthHeader.at(-1)?.parameters).toMatchObject({
        algs: 'ES256 EdDSA',
        ...(expected && { error: expected }),
      })
      // The error stands in the challenge of the scheme that was used.
      if (mode === 'allowed') expect(byAuthHeader[0]?.parameters).toEqual({ realm: 'api' })
    },
  )

  it('K08 stays safe when an error handler copies every property of the error into its answer', async () => {
    const issuer = await createTestIssuer({ algorithm: 'ES256' })
    const { audience, fetch: issuerFetch } = issuer
    const auth0 = createAuth({ issuer: issuer.issuer, audience, fetch: issuerFetch, algorithms: ['ES256'] })
    const app = Fastify({ forceCloseConnections: true })
    app.setErrorHandler((error, _request, reply) => {
      const { name, message, stack } = error as Error
      reply.code(500).send({ ...(error as object), name, message, stack })
    })
    app.get('/', { onRequest: auth0.requireAuth() }, async (request) => request.auth.require({ scopes: 'admin' }))
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const client = await dpopClient({ issuer, claims: { sub: 'sub-4711' } })
    const headers = await client.headers({ url: `${url}/` })
    const response = await fetch(url, { headers })
    const body = await response.text()
    await app.close()
    expect(response.status).toBe(500)
    expect(JSON.parse(body)).toMatchObject({ code: 'scope_missing' })
    const secrets = [...headers.authorization.split(/[ .]/), ...headers.dpop.split('.'), client.jkt, 'sub-4711']
    for (const secret of secrets) expect(body.replace('DPoP', '')).not.toContain(secret)
  })
})
