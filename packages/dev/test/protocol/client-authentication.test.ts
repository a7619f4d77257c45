import { randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createTenant, type TenantSeed } from '../../src/index.js'
import { apis, protocolSeed, secret } from '../support/protocol-seed.js'
import { ask, askForToken, type Fields, machineRequest } from '../support/token-requests.js'

const { publicKey, privateKey } = await generateKeyPair('RS256')
const stranger = await generateKeyPair('RS256')
const jwk = { ...(await exportJWK(publicKey)), kty: 'RSA' as const, kid: 'a-key', alg: 'RS256', use: 'sig' }
const keyed: NonNullable<TenantSeed['applications']>[number] = {
  name: 'Keyed',
  type: 'm2m',
  clientId: 'keyed',
  publicKeys: [jwk],
  grants: [{ api: apis.plain, permissions: ['read:things'] }],
}
const seed: TenantSeed = { ...protocolSeed, applications: [...protocolSeed.applications, keyed] }
const tenant = await createTenant('https://tenant.test/', { seed })
afterAll(() => tenant.close())
afterEach(() => tenant.clock.skew(0))

const unauthorized = { error: 'access_denied', error_description: 'Unauthorized' }
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
const anonymous = machineRequest(apis.plain, { client_id: '', client_secret: '' })

const known: readonly [what: string, fields: Fields, headers: Fields][] = [
  ['a secret in the body', machineRequest(apis.plain), {}],
  ['HTTP Basic', anonymous, basic(`machine:${secret}`)],
  [
    'HTTP Basic with the same client_id in the body',
    { ...anonymous, client_id: 'machine' },
    basic(`machine:${secret}`),
  ],
  ['HTTP Basic that is form-encoded', anonymous, basic(`m%61chine:${secret.replaceAll('-', '%2D')}`)],
  [
    'HTTP basic in lower case',
    anonymous,
    { authorization: basic(`machine:${secret}`).authorization.replace('B', 'b') },
  ],
]

test.each(known)('knows a client by %s', async (_, fields, headers) => {
  expect(await askForToken(tenant, fields, headers)).toMatchObject({ status: 200 })
})

const unknown: readonly [what: string, fields: Fields, headers: Fields][] = [
  ['a wrong secret', anonymous, basic('machine:wrong')],
  ['no secret', anonymous, basic('machine:')],
  ['no colon', anonymous, basic('machine')],
  ['bytes that are no text', anonymous, basic('machine:%E0%A4%A')],
  ['another scheme', anonymous, { authorization: `Bearer ${secret}` }],
  ['letters that are not base64', anonymous, { authorization: 'Basic !!!' }],
  ['a wrong one beside a good one in the body', machineRequest(apis.plain), basic('machine:wrong')],
  ['the name of another client than in the body', machineRequest(apis.plain), basic(`reader:${secret}`)],
]

test.each(unknown)('knows no client by HTTP Basic with %s', async (_, fields, headers) => {
  const answer = await askForToken(tenant, fields, headers)
  expect(answer).toMatchObject({ status: 401, body: unauthorized })
  expect(JSON.stringify(answer.body)).not.toContain(secret)
})

interface Assertion {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly key?: CryptoKey
  readonly alg?: string
}

function assertion({ claims, key = privateKey, alg = 'RS256' }: Assertion = {}): Promise<string> {
  const now = tenant.clock.nowSeconds()
  const usual = { iss: 'keyed', sub: 'keyed', aud: tenant.issuer, iat: now, exp: now + 60, jti: randomUUID() }
  const given = Object.fromEntries(Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined))
  return new SignJWT(given).setProtectedHeader({ alg, kid: 'a-key' }).sign(key)
}

async function withAssertion(client_assertion: string, changed: Fields = {}) {
  return askForToken(tenant, {
    ...anonymous,
    client_assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    ...changed,
  })
}

test.each<[what: string, given: Assertion, changed: Fields]>([
  ['the issuer as audience', {}, {}],
  ['the token endpoint as audience', { claims: { aud: `${tenant.issuer}oauth/token` } }, {}],
  ['several audiences', { claims: { aud: ['https://other.test/', tenant.issuer] } }, {}],
  ['a client_id beside it', {}, { client_id: 'keyed' }],
])('knows a client by an assertion with %s', async (_, given, changed) => {
  expect(await withAssertion(await assertion(given), changed)).toMatchObject({ status: 200 })
})

const now = tenant.clock.nowSeconds()

test.each<[what: string, given: Assertion, changed: Fields]>([
  ['another audience', { claims: { aud: 'https://other.test/' } }, {}],
  ['no audience', { claims: { aud: undefined } }, {}],
  ['another issuer', { claims: { iss: 'machine' } }, {}],
  ['another subject', { claims: { sub: 'machine' } }, {}],
  ['another subject beside a client_id', { claims: { sub: 'machine' } }, { client_id: 'keyed' }],
  ['a time that is over', { claims: { exp: now - 1 } }, {}],
  ['no end', { claims: { exp: undefined } }, {}],
  ['a time to come', { claims: { nbf: now + 60 } }, {}],
  ['no jti', { claims: { jti: undefined } }, {}],
  ['another key', { key: stranger.privateKey }, {}],
  ['another type', {}, { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }],
  ['no type', {}, { client_assertion_type: '' }],
  ['the name of another client', {}, { client_id: 'machine' }],
])('knows no client by an assertion with %s', async (_, given, changed) => {
  expect(await withAssertion(await assertion(given), changed)).toMatchObject({ status: 401, body: unauthorized })
})

test.each([
  ['no letters of a JWT', 'nothing'],
  ['no signature', `${btoa('{"alg":"none"}')}.${btoa('{"sub":"keyed","iss":"keyed"}')}.`],
])('knows no client by an assertion with %s', async (_, text) => {
  expect(await withAssertion(text)).toMatchObject({ status: 401, body: unauthorized })
})

test('knows a client with keys by nothing else', async () => {
  const fields = machineRequest(apis.plain, { client_id: 'keyed' })
  expect(await askForToken(tenant, fields)).toMatchObject({ status: 401, body: unauthorized })
})

test('takes an assertion once, for as long as it is good', async () => {
  const short = await assertion()
  const long = await assertion({ claims: { exp: tenant.clock.nowSeconds() + 7200 } })
  for (const once of [short, long]) {
    expect(await withAssertion(once)).toMatchObject({ status: 200 })
    expect(await withAssertion(once)).toMatchObject({ status: 401, body: unauthorized })
  }
  tenant.clock.skew(3600)
  expect(await withAssertion(long)).toMatchObject({ status: 401, body: unauthorized })
})

test('takes an assertion at one endpoint, and at no other after that', async () => {
  const fields = {
    client_assertion: await assertion(),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }
  expect(await ask(tenant, 'oauth/revoke', { ...fields, token: 'v1.none' })).toMatchObject({ status: 200 })
  expect(await askForToken(tenant, { ...anonymous, ...fields })).toMatchObject({ status: 401, body: unauthorized })
})

test('takes an assertion of many sent at the same time once', async () => {
  const once = await assertion()
  const answers = await Promise.all(Array.from({ length: 20 }, () => withAssertion(once)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
})
