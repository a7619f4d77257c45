import { beforeAll, describe, expect, it } from 'vitest'
import { createTestKey, signCompact } from '../../src/testing/index.js'
import { createHarness, type Harness, type Outcome } from '../support/harness.js'

describe.each(['auth0', 'rfc9068'] as const)('C. Kinds of token, profile %s', (tokenProfile) => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness({ tokenProfile })
  })

  async function outcomeOf(header: Record<string, unknown>, claims: Record<string, unknown> = {}): Promise<Outcome> {
    return harness.outcome(await harness.issuer.token(claims, { header }))
  }

  it.each<[string, unknown]>([
    ['empty', []],
    ['a string', 'x'],
    ['null', null],
    ['a number', 1],
    ['true', true],
    ['an object', {}],
    ['of a registered parameter', ['alg']],
    ['of a parameter that is there', ['exp']],
    ['of a parameter that is not understood', ['bork']],
    ['of one name twice', ['bork', 'bork']],
    ['of a name that is missing', ['absent']],
    ['of an empty name', ['']],
    ['of a name that is no string', [1]],
    ['of itself', ['crit']],
    ['of 1 000 names', Array.from({ length: 1000 }, (_, index) => index.toString(36))],
  ])('C18 refuses a crit that is %s', async (_, crit) => {
    expect(await outcomeOf({ crit, exp: 1, bork: true })).toBe('T')
    expect(harness.events.at(-1)).toMatchObject({ code: 'header_parameter_refused' })
  })

  it.each([
    { b64: false },
    { b64: false, crit: ['b64'] },
    { b64: 'x' },
    { b64: 'x', crit: ['b64'] },
    { b64: null },
    { b64: 0 },
    { b64: true, crit: ['b64'] },
  ])('C19 refuses the header parameters %j', async (parameters) => {
    expect(await outcomeOf(parameters)).toBe('T')
    expect(harness.events.at(-1)).toMatchObject({ code: 'header_parameter_refused' })
  })

  it.each(['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'APPLICATION/AT+JWT'])(
    'C20 accepts typ %j',
    async (typ) => {
      expect(await outcomeOf({ typ })).toBe('A')
    },
  )
  it.for([
    'application/x/at+jwt',
    'application/application/at+jwt',
    'application/',
    'text/at+jwt',
    '/at+jwt',
    'at+jwt;v=1',
    'at+jwt; charset=utf-8',
    ' at+jwt',
    'at+jwt ',
    'at+jwt\n',
    'at+jwt\u0000',
    'at jwt',
    'at%2Bjwt',
    '\u017ft+jwt',
    '',
    1,
    null,
    true,
    ['at+jwt'],
    { type: 'at+jwt' },
  ])('C20 refuses typ %j', async (typ) => {
    expect(await outcomeOf({ typ })).toBe('T')
    expect(harness.events.at(-1)).toMatchObject({ code: 'token_type_refused' })
  })

  const untyped: Outcome = tokenProfile === 'rfc9068' ? 'T' : 'A'
  it.each(['JWT', 'jwt', 'application/jwt', undefined])('C21 answers typ %j by the profile', async (typ) => {
    expect(await outcomeOf({ typ })).toBe(untyped)
  })

  const idToken = { client_id: undefined, jti: undefined, sid: 'session', name: 'A. User', email: 'user@example.com' }
  it.each<[string, Record<string, unknown>]>([
    ['a nonce', { nonce: 'n-0S6_WzA2Mj' }],
    ['an at_hash', { at_hash: '77QmUPtjPfzWtF2AnpK9RQ' }],
    ['a c_hash', { c_hash: 'LDktKdoQak3Pk0cnXxCltA' }],
    ['a nonce that is null', { nonce: null }],
    ['all of them', { nonce: 'n', at_hash: 'a', c_hash: 'c', auth_time: 1_700_000_000, amr: ['pwd'] }],
  ])('C22 refuses an ID token with %s, for its client and for this API', async (_, marks) => {
    for (const aud of ['test-client', harness.issuer.audience, ['test-client', String(harness.issuer.audience)]]) {
      expect(await outcomeOf({ typ: 'JWT' }, { ...idToken, ...marks, aud })).toBe('T')
      expect(await outcomeOf({ typ: undefined }, { ...idToken, ...marks, aud })).toBe('T')
    }
  })
  it('C22 refuses an ID token that has no mark but its audience', async () => {
    expect(await outcomeOf({ typ: 'JWT' }, { ...idToken, aud: 'test-client' })).toBe('T')
  })

  const logoutEvents = { 'https://schemas.test/event/backchannel-logout': {} }
  it.each(['logout+jwt', 'JWT', undefined, 'at+jwt'])('C23 refuses a logout token with typ %j', async (typ) => {
    const claims = { sid: 'session', events: logoutEvents }
    expect(await outcomeOf({ typ }, { ...claims, aud: 'test-client' })).toBe('T')
    expect(await outcomeOf({ typ }, claims)).toBe('T')
    expect(harness.events.at(-1)).toMatchObject({ code: 'token_type_refused' })
  })

  it('C24 refuses a DPoP proof, signed by its own key or by the key of the issuer', async () => {
    const own = await createTestKey('ES256')
    const { kty, crv, x, y } = own.publicJwk
    const proof = { jti: 'e1j3V_bKic8', htm: 'GET', htu: 'https://api.test/resource', iat: harness.clock.nowSeconds() }
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } }
    const fetches = harness.fetches()
    expect(await harness.outcome(await signCompact(header, proof, own))).toBe('T')
    expect(harness.fetches()).toBe(fetches)
    expect(await outcomeOf({ typ: 'dpop+jwt' }, proof)).toBe('T')
    expect(harness.events.at(-1)).toMatchObject({ code: 'token_type_refused' })
  })

  it.each([
    'secevent+jwt',
    'oauth-id-jag+jwt',
    'oauth-authz-req+jwt',
    'client-authentication+jwt',
    'token-introspection+jwt',
    'entity-statement+jwt',
    'rt+jwt',
    'refresh+jwt',
    'id_token+jwt',
    'dpop+jwt',
    'kb+jwt',
    'vc+sd-jwt',
    'JOSE',
    'JWE',
  ])('C25 refuses typ %j, whatever the claims are', async (typ) => {
    expect(await outcomeOf({ typ })).toBe('T')
    expect(await outcomeOf({ typ: `application/${typ}` })).toBe('T')
    expect(harness.events.at(-1)).toMatchObject({ code: 'token_type_refused' })
  })
  it.each<[string, Record<string, unknown>]>([
    ['a security event token', { events: { 'https://schemas.test/event/session-revoked': {} }, exp: undefined }],
    ['a security event token with exp', { events: {} }],
    ['a JARM response', { aud: 'test-client', iat: undefined, sub: undefined, code: 'c', state: 's' }],
    ['a JARM response for this API', { iat: undefined, sub: undefined, code: 'c', state: 's' }],
    ['a client assertion', { iss: 'test-client', sub: 'test-client', aud: 'https://issuer.test/' }],
    ['an ID-JAG for the authorization server', { aud: 'https://issuer.test/', scope: 'read:messages' }],
    ['a refresh token', { aud: 'https://issuer.test/', typ: 'Refresh' }],
  ])('C25 refuses %s with typ JWT', async (_, claims) => {
    expect(await outcomeOf({ typ: 'JWT' }, claims)).toBe('T')
    expect(await outcomeOf({ typ: undefined }, claims)).toBe('T')
  })
  it('C25 refuses a client assertion that the client signed', async () => {
    const { clock, issuer } = harness
    const own = await createTestKey('ES256')
    const now = clock.nowSeconds()
    const claims = { iss: 'test-client', sub: 'test-client', aud: issuer.issuer, jti: 'a', iat: now, exp: now + 60 }
    const fetches = harness.fetches()
    expect(await harness.outcome(await signCompact({ alg: 'ES256', kid: own.kid }, claims, own))).toBe('T')
    expect(harness.fetches()).toBe(fetches)
  })
})
