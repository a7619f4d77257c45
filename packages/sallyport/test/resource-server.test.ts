import { describe, expect, it } from 'vitest'
import { answerTo, createResourceServer, DependencyUnavailable } from '../src/index.js'
import { createTestIssuer } from '../src/testing/index.js'
import { createHarness } from './support/harness.js'

describe('resource server', () => {
  it('fetches nothing until the first token, and answers without a promise once it knows the token', async () => {
    const { api, fetches, issuer } = await createHarness()
    const request = { method: 'GET', url: '/', headers: ['authorization', `Bearer ${await issuer.token()}`] }
    expect(fetches()).toBe(0)
    const first = api.authenticate(request)
    expect(first).toBeInstanceOf(Promise)
    expect(api.authenticate(request)).toBeInstanceOf(Promise)
    await first
    expect(fetches()).toBe(2)
    expect(api.authenticate(request)).not.toBeInstanceOf(Promise)
  })

  it.each([
    ['a Headers object', (value: string) => new Headers({ Authorization: value })],
    ['an object of strings', (value: string) => ({ Authorization: value })],
    ['an object of lists', (value: string) => ({ authorization: [value] })],
    ['a flat list', (value: string) => ['AUTHORIZATION', value]],
  ])('reads headers from %s', async (_, headersOf) => {
    const { api, issuer } = await createHarness()
    const headers = headersOf(`Bearer ${await issuer.token()}`)
    expect((await api.authenticate({ method: 'GET', url: '/', headers })).claims.sub).toBe('user|test')
  })

  it('gives a frozen caller whose token is not among what a log line would show', async () => {
    const { api, issuer } = await createHarness()
    const token = await issuer.token({ scope: 'a b', permissions: ['p'], nested: { list: [1, { deep: true }] } })
    const auth = await api.authenticate({ method: 'GET', url: '/', headers: { authorization: `Bearer ${token}` } })
    const { scheme, scopes, permissions } = auth
    expect({ scheme, scopes, permissions }).toEqual({ scheme: 'Bearer', scopes: ['a', 'b'], permissions: ['p'] })
    expect(auth.token).toBe(token)
    expect(JSON.stringify(auth)).not.toContain(token)
    const { nested } = auth.claims as unknown as { nested: { list: unknown[] } }
    for (const part of [auth, auth.claims, nested, nested.list, nested.list[1], scopes, permissions]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  it('gives the chain of actors, the current one first', async () => {
    const { api, issuer } = await createHarness()
    const act = { sub: 'service-b', act: { sub: 'service-a' } }
    const headers = { authorization: `Bearer ${await issuer.token({ act })}` }
    const auth = await api.authenticate({ method: 'GET', url: '/', headers })
    expect(auth.actor).toEqual(act)
    expect(auth.delegationChain.map(({ sub }) => sub)).toEqual(['service-b', 'service-a'])
  })

  it('accepts a token for any of several audiences', async () => {
    const { issuer, outcome } = await createHarness({ audience: ['https://one.test', 'https://two.test'] })
    expect(await outcome(await issuer.token({ aud: 'https://two.test' }))).toBe('A')
    expect(await outcome(await issuer.token({ aud: ['https://three.test', 'https://one.test'] }))).toBe('A')
    expect(await outcome(await issuer.token({ aud: 'https://three.test' }))).toBe('T')
  })

  it.each([
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
    'ES256',
    'ES384',
    'ES512',
    'EdDSA',
    'Ed25519',
  ] as const)('verifies %s when it is allowed, and not when it is not', async (algorithm) => {
    const issuer = await createTestIssuer({ algorithm })
    const allowed = await createHarness({ testIssuer: { algorithm }, algorithms: [algorithm] })
    expect(await allowed.outcome(await allowed.issuer.token())).toBe('A')
    const other = await createHarness({ algorithms: [algorithm === 'ES256' ? 'RS256' : 'ES256'], fetch: issuer.fetch })
    expect(await other.outcome(await issuer.token())).toBe('T')
  })

  it('warms up with one metadata and one key-set fetch', async () => {
    const { api, fetches, issuer, outcome } = await createHarness()
    expect(api.health()).toMatchObject({ status: 'degraded', issuers: [{ state: 'cold', keys: 0 }] })
    await Promise.all([api.warmUp(), api.warmUp()])
    expect(fetches()).toBe(2)
    expect(api.health()).toMatchObject({ status: 'ok', issuers: [{ issuer: issuer.issuer, state: 'fresh', keys: 1 }] })
    expect(await outcome(await issuer.token())).toBe('A')
    expect(fetches()).toBe(2)
  })

  it('says that it could not warm up', async () => {
    const { api, issuer } = await createHarness()
    issuer.outage('down')
    await expect(api.warmUp()).rejects.toBeInstanceOf(DependencyUnavailable)
    expect(api.health().issuers[0]).toMatchObject({ state: 'cold', consecutiveFailures: 1 })
  })

  it('drops a revoked key with refresh(), and the tokens that it had verified', async () => {
    const { api, issuer, outcome } = await createHarness()
    const token = await issuer.token()
    expect(await outcome(token)).toBe('A')
    await issuer.rotateKey({ dropOld: true })
    expect(await outcome(token)).toBe('A')
    await api.refresh()
    expect(await outcome(token)).toBe('T')
    expect(await outcome(await issuer.token())).toBe('A')
  })

  it('reports its health from fresh over stale to expired', async () => {
    const { api, clock, issuer, outcome } = await createHarness()
    await outcome(await issuer.token({}, { expiresInSeconds: 86_400 }))
    issuer.outage('down')
    clock.advance(601)
    expect(api.health()).toMatchObject({ status: 'degraded', issuers: [{ state: 'stale', ageSeconds: 601 }] })
    clock.advance(3600)
    expect(api.health()).toMatchObject({ status: 'down', issuers: [{ state: 'expired' }] })
  })

  it('answers 503 after close() where it would have to fetch, and forgets tokens', async () => {
    const { api, issuer, outcome } = await createHarness()
    api.close()
    expect(await outcome(await issuer.token())).toBe('U')
  })

  it('tells onEvent what happened, and survives a listener that throws', async () => {
    const { events, issuer, outcome, outcomeOf } = await createHarness()
    await outcome(await issuer.token())
    await outcome(await issuer.token({}, { header: { kid: 'no "such"\nkid' } }))
    await outcomeOf([])
    expect(events).toEqual([
      { type: 'keys.replaced', issuer: 'issuer.test', keys: 1 },
      { type: 'request.admitted', scheme: 'Bearer' },
      { type: 'request.refused', code: 'key_unknown', error: 'invalid_token', kid: 'no%20%22such%22%0akid' },
      { type: 'request.refused', code: 'credentials_missing', error: 'invalid_request' },
    ])
    const throwing = await createHarness({
      onEvent: () => {
        throw new Error('listener')
      },
    })
    expect(await throwing.outcome(await throwing.issuer.token())).toBe('A')
  })

  it('answers the same fault in the shape of each error profile', async () => {
    const api = (errorProfile: 'auth0' | 'rfc') =>
      createResourceServer({ domain: 'tenant.eu.auth0.com', audience: 'a', errorProfile })
    const fault = new DependencyUnavailable('issuer', 7.2)
    expect(answerTo(fault, api('rfc'))).toEqual({
      status: 503,
      headers: { 'cache-control': 'no-store', 'retry-after': '8' },
      body: {
        error: 'temporarily_unavailable',
        error_description: 'A service that is needed to check access tokens cannot be reached.',
      },
    })
    expect(answerTo(fault, api('auth0')).body).toEqual({
      detail: expect.objectContaining({ error: 'temporarily_unavailable' }),
    })
    expect(answerTo('anything else', api('auth0'))).toEqual({
      status: 500,
      headers: { 'cache-control': 'no-store' },
      body: { detail: { error: 'internal_server_error', error_description: 'An unexpected error occurred.' } },
    })
  })

  it('reports what a check inside a handler refuses', async () => {
    const { api, events, issuer } = await createHarness()
    const headers = { authorization: `Bearer ${await issuer.token({ scope: 'a', act: 'nobody' })}` }
    const auth = await api.authenticate({ method: 'GET', url: '/', headers })
    expect(() => auth.require({ scopes: 'b' })).toThrow()
    expect(() => auth.actor).toThrow()
    expect(events.slice(-2)).toEqual([
      { type: 'request.refused', code: 'scope_missing', error: 'insufficient_scope' },
      { type: 'request.refused', code: 'actor_malformed', error: 'invalid_token' },
    ])
  })

  it('puts no line of an exception message into the frames of an event', async () => {
    const domains = ({ unverifiedIssuer }: { unverifiedIssuer: string }) => {
      throw new Error(`no tenant for ${unverifiedIssuer}`)
    }
    const { events, issuer, outcome } = await createHarness({ domains })
    expect(await outcome(await issuer.token({ iss: 'x\nat sub=alice&token=SECRET (evil:1:1)' }))).toBe('X')
    const failed = events.find((event) => event.type === 'request.failed')
    expect(failed).toMatchObject({
      errorName: 'Error',
      frames: expect.arrayContaining([expect.stringMatching(/^at /)]),
    })
    expect(JSON.stringify(failed)).not.toMatch(/SECRET|alice|no tenant/)
  })

  it('survives a listener that rejects', async () => {
    const rejected: unknown[] = []
    const note = (reason: unknown) => rejected.push(reason)
    process.on('unhandledRejection', note)
    const { issuer, outcome } = await createHarness({ onEvent: async () => Promise.reject(new Error('listener')) })
    expect(await outcome(await issuer.token())).toBe('A')
    await new Promise((resolve) => setTimeout(resolve, 10))
    process.off('unhandledRejection', note)
    expect(rejected).toEqual([])
  })

  it('says that it is down while every request gets 503', async () => {
    const { api, issuer, outcome } = await createHarness()
    issuer.outage('down')
    expect(await outcome(await issuer.token())).toBe('U')
    expect(api.health().status).toBe('down')
  })

  it('reads no option through the prototype, and keeps none by reference', async () => {
    const algorithms: ('RS256' | 'ES256')[] = ['RS256']
    const options = Object.assign(Object.create({ clockToleranceSeconds: 300 }), { algorithms })
    const { issuer, outcome } = await createHarness(options)
    algorithms.length = 0
    expect(await outcome(await issuer.token())).toBe('A')
    expect(await outcome(await issuer.token({}, { expiresInSeconds: -60 }))).toBe('T')
  })

  it('refuses every token when its clock gives no number', async () => {
    const clock = { epochMilliseconds: () => Number.NaN, monotonicMilliseconds: () => 0 }
    const issuer = await createTestIssuer()
    const api = createResourceServer({ domain: issuer.domain, audience: issuer.audience, fetch: issuer.fetch, clock })
    const headers = { authorization: `Bearer ${await issuer.token()}` }
    await expect(async () => api.authenticate({ method: 'GET', url: '/', headers })).rejects.toMatchObject({
      code: 'token_expired',
    })
  })
})
