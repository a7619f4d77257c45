import { inspect } from 'node:util'
import { parse as parseWithAuthHeader } from 'auth-header'
import Fastify from 'fastify'
import { BEARER, parseWWWAuthenticateHeader } from 'http-auth-utils'
import { customFetch, protectedResourceRequest, WWWAuthenticateChallengeError } from 'oauth4webapi'
import { beforeAll, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/adapters/fastify.js'
import {
  answerTo,
  createResourceServer,
  DependencyUnavailable,
  RequestRefused,
  type SallyportEvent,
} from '../../src/index.js'
import { createTestIssuer, signCompact } from '../../src/testing/index.js'
import { createHarness, type Harness } from '../support/harness.js'

const hostile = ['"', '\\', '\r\nSet-Cookie: a=b', '\u0000', '\u0080ÿ', '🔑', 'x'.repeat(2048), '{{7*7}}', '%0d%0a']
const rfc6750Challenge =
  /^(?:Bearer realm="api"|DPoP algs="ES256 EdDSA")(?:, [a-z_]+="[\x20\x21\x23-\x5b\x5d-\x7e]*")*$/

describe('K. Errors, logs, headers', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness()
  })

  async function faultOf(run: () => Promise<unknown>): Promise<unknown> {
    return run().then(
      () => 'nothing was thrown',
      (error: unknown) => error,
    )
  }

  async function refusalOf(token: string): Promise<RequestRefused> {
    const headers = ['authorization', `Bearer ${token}`]
    const fault = await faultOf(async () =>
      harness.api.authenticate({ method: 'GET', url: '/', headers }, { scopes: 'wanted' }),
    )
    if (fault instanceof RequestRefused) return fault
    throw fault
  }

  it.each(hostile)('K01 reflects nothing of a request that is full of %j', async (text) => {
    const key = harness.issuer.currentKey()
    const { issuer } = harness
    const tokens = [
      text,
      await signCompact({ alg: text, typ: 'at+jwt', kid: key.kid }, {}, key),
      await issuer.token({}, { header: { kid: text } }),
      await issuer.token({}, { typ: text }),
      await issuer.token({ iss: text }),
      await issuer.token({ aud: text }),
      await issuer.token({ scope: text }),
      await issuer.token({ [text]: text, exp: text }),
      await issuer.token({ cnf: { [text]: text } }),
    ]
    for (const token of tokens) {
      const refusal = await refusalOf(token)
      for (const errorProfile of ['auth0', 'rfc'] as const) {
        const { headers, body } = answerTo(refusal, { ...harness.api, errorProfile })
        for (const challenge of headers['www-authenticate'] ?? []) {
          expect(challenge).toMatch(rfc6750Challenge)
          expect(challenge.length).toBeLessThanOrEqual(512)
        }
        expect(
          answerTo(new RequestRefused(refusal.code, { scope: refusal.scope, scheme: 'Bearer' }), {
            ...harness.api,
            errorProfile,
          }),
        ).toEqual({
          status: expect.any(Number),
          headers,
          body,
        })
      }
    }
  })

  it('K01 keeps a challenge within 512 bytes when a route wants very many scopes', async () => {
    const scopes = Array.from({ length: 200 }, (_, index) => `scope:${index}`)
    const headers = ['authorization', `Bearer ${await harness.issuer.token()}`]
    const error = await faultOf(async () => harness.api.authenticate({ method: 'GET', url: '/', headers }, { scopes }))
    const [challenge] = answerTo(error, harness.api).headers['www-authenticate'] ?? []
    expect(challenge?.length).toBeLessThanOrEqual(512)
    expect(challenge).toContain('error="insufficient_scope"')
  })

  const claims = {
    sub: 'sub-4711',
    email: 'person@example.com',
    org_id: 'org_4711',
    'https://api.test/secret': 'claim-4711',
  }
  const secrets = ['sub-4711', 'person@example.com', 'org_4711', 'claim-4711']

  it('K02 puts no token, claim or hidden kid into an event', async () => {
    const { events, issuer } = harness
    const from = events.length
    const good = await issuer.token(claims)
    const kid = `${good}\u202e\r\n`
    const tokens = [
      good,
      await issuer.token({ ...claims, aud: 'other' }),
      await issuer.token({ ...claims, exp: 1 }),
      await issuer.token(claims, { header: { kid: kid.slice(0, 200) } }),
      `${good.slice(0, -5)}AAAAA`,
    ]
    for (const token of tokens) await harness.outcome(token)
    const logged = JSON.stringify(events.slice(from))
    for (const secret of [...secrets, ...good.split('.')]) expect(logged).not.toContain(secret)
    const kids = events.flatMap((event) => ('kid' in event && event.kid !== undefined ? [event.kid] : []))
    for (const one of kids) expect(one).toMatch(/^[A-Za-z0-9._~%-]{1,64}$/)
  })

  it('K03 keeps token and claims out of whatever can be printed of an error', async () => {
    const { issuer } = harness
    for (const change of [{ aud: 'other' }, { exp: 1 }, { cnf: {} }, { scope: 'unwanted' }]) {
      const token = await issuer.token({ ...claims, ...change })
      const refusal = await refusalOf(token)
      const printed = [
        JSON.stringify(refusal),
        inspect(refusal, { depth: 9, showHidden: true }),
        String(refusal.stack),
        inspect(refusal.cause, { depth: 9 }),
      ]
      for (const secret of [...secrets, ...token.split('.')]) expect(printed.join('\n')).not.toContain(secret)
    }
  })

  it.each([
    ['a refusal', new RequestRefused('token_malformed', { cause: new Error('inner') })],
    ['an outage', new DependencyUnavailable('issuer', 1, new Error('https://issuer.test/.well-known/jwks.json'))],
    ['a bug', new TypeError('cannot read https://issuer.test/ of eyJhbGciOi')],
    ['a string', 'eyJhbGciOi'],
  ])('K04 answers %s without a stack trace or exception text', (_, error) => {
    const text = JSON.stringify(answerTo(error, { ...harness.api, errorProfile: 'auth0' }))
    expect(text).not.toMatch(/ at |\.ts|\.js|inner|eyJ|TypeError/)
  })

  it('K05 answers an outage without the address that is down', async () => {
    const issuer = await createTestIssuer()
    issuer.outage('down')
    const events: SallyportEvent[] = []
    const api = createResourceServer({
      domain: issuer.domain,
      audience: issuer.audience,
      fetch: issuer.fetch,
      onEvent: (event) => events.push(event),
    })
    const headers = { authorization: `Bearer ${await issuer.token()}` }
    const error = await faultOf(async () => api.authenticate({ method: 'GET', url: '/', headers }))
    expect(answerTo(error, api).status).toBe(503)
    expect(JSON.stringify(answerTo(error, api))).not.toMatch(/issuer\.test|well-known|http/)
    expect(JSON.stringify(events)).not.toMatch(/https?:|well-known/)
  })

  it('K06 does not tell which audience, issuer or algorithm it expects', async () => {
    const { issuer } = harness
    const key = issuer.currentKey()
    for (const token of [
      await issuer.token({ aud: 'other' }),
      await issuer.token({ iss: 'https://other.test/' }),
      await signCompact({ alg: 'HS256', typ: 'at+jwt', kid: key.kid }, {}, key),
    ]) {
      expect(JSON.stringify(answerTo(await refusalOf(token), harness.api))).not.toMatch(/api\.test|issuer\.test|RS256/)
    }
  })

  it('K07 answers an unknown key, a bad signature and an expired token alike', async () => {
    const { issuer } = harness
    const good = await issuer.token()
    const refusals = [
      await refusalOf(await issuer.token({}, { header: { kid: 'unknown' } })),
      await refusalOf(`${good.slice(0, -5)}AAAAA`),
      await refusalOf(await issuer.token({}, { expiresInSeconds: -60 })),
    ]
    expect(refusals.map(({ code }) => code)).toEqual(['key_unknown', 'signature_invalid', 'token_expired'])
    const [first, ...others] = refusals.map((refusal) => answerTo(refusal, harness.api))
    for (const other of others) expect(other).toEqual(first)
  })

  it('K08 stays safe when an error handler copies every property of the error into its answer', async () => {
    const { issuer } = harness
    const app = Fastify()
    const auth0 = createAuth({ domain: issuer.domain, audience: issuer.audience, fetch: issuer.fetch })
    app.setErrorHandler((error, _request, reply) => {
      const { headers } = error as { headers?: Record<string, string> }
      reply
        .code(500)
        .headers(headers ?? {})
        .send({ ...(error as object), message: (error as Error).message })
    })
    app.get('/', { onRequest: auth0.requireAuth() }, async (request) => request.auth.require({ scopes: 'admin' }))
    const token = await issuer.token(claims)
    const response = await app.inject({ url: '/', headers: { authorization: `Bearer ${token}` } })
    for (const secret of [...secrets, ...token.split('.')]) expect(response.payload).not.toContain(secret)
    await app.close()
  })

  it('K09 writes challenges that three independent parsers read alike', async () => {
    const { issuer, api } = harness
    for (const token of ['garbage', await issuer.token({ aud: 'other' }), await issuer.token({ scope: 'unwanted' })]) {
      const { status, headers } = answerTo(await refusalOf(token), api)
      const [challenge = ''] = headers['www-authenticate'] ?? []
      const first = parseWithAuthHeader(challenge).params
      const second = parseWWWAuthenticateHeader(challenge, [BEARER]).data
      const response = new Response(null, { status, headers: { 'www-authenticate': challenge } })
      const third = await protectedResourceRequest('token', 'GET', new URL('https://api.test/'), undefined, undefined, {
        [customFetch]: async () => response,
      }).catch((error: unknown) => error)
      expect(third).toBeInstanceOf(WWWAuthenticateChallengeError)
      expect(second).toEqual(first)
      expect((third as WWWAuthenticateChallengeError).cause).toEqual([{ scheme: 'bearer', parameters: first }])
    }
  })

  it('K10 labels events with words of its own and configured hosts only', async () => {
    const { events, issuer, outcome } = await createHarness()
    for (let attempt = 0; attempt < 50; attempt += 1) {
      await outcome(await issuer.token({ iss: `https://evil-${attempt}.test/` }))
    }
    const labels = new Set(
      events.flatMap((event) =>
        Object.entries(event)
          .filter(([name]) => name !== 'kid')
          .map(String),
      ),
    )
    expect(labels.size).toBeLessThanOrEqual(4)
  })
})
