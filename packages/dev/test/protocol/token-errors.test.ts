import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { createTenant } from '../../src/index.js'
import { codeFor, codeRequest, tokensFor } from '../support/login.js'
import { apis, protocolSeed, secret } from '../support/protocol-seed.js'
import { ask, askForToken, changeClient, type Fields, machineRequest, textOf } from '../support/token-requests.js'

const brokenType = 'https://tenant.test/broken'
const tenant = await createTenant('https://tenant.test/', {
  seed: protocolSeed,
  exchangeProfiles: {
    [brokenType]: (subjectToken) => {
      throw new TypeError(`No user for ${subjectToken}\n    at a line of the message`)
    },
  },
})
afterAll(() => tenant.close())
afterEach(() => vi.restoreAllMocks())

const unauthorized = [401, 'access_denied', 'Unauthorized'] as const
const badCode = [403, 'invalid_grant', 'Invalid authorization code'] as const
const badRefreshToken = [403, 'invalid_grant', 'Unknown or invalid refresh token.'] as const
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const notGranted = (api: string) =>
  `Client is not authorized to access "${api}". You need to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants`

type Answer = readonly [status: number, error: string, description: string]

const cases: readonly [what: string, fields: Fields, answer: Answer][] = [
  [
    'no such API',
    machineRequest('https://nowhere.test'),
    [403, 'access_denied', 'Service not enabled within domain: https://nowhere.test'],
  ],
  [
    'an API that differs by a slash',
    machineRequest(`${apis.plain}/`),
    [403, 'access_denied', `Service not enabled within domain: ${apis.plain}/`],
  ],
  [
    'no client grant',
    machineRequest(apis.plain, { client_id: 'stranger' }),
    [403, 'access_denied', notGranted(apis.plain)],
  ],
  ['no audience', machineRequest(''), [403, 'access_denied', 'Non-global clients are not allowed access to APIv1']],
  ['a wrong secret', machineRequest(apis.plain, { client_secret: 'wrong' }), unauthorized],
  ['no secret', machineRequest(apis.plain, { client_secret: '' }), unauthorized],
  ['no such client', machineRequest(apis.plain, { client_id: 'nobody' }), unauthorized],
  ['no client', machineRequest(apis.plain, { client_id: '' }), unauthorized],
  ['a name of every object for a client', machineRequest(apis.plain, { client_id: '__proto__' }), unauthorized],
  ['no grant_type', { client_id: 'machine' }, [400, 'invalid_request', 'Missing required parameter: grant_type']],
  [
    'a grant that nobody knows',
    machineRequest(apis.plain, { grant_type: 'password' }),
    [403, 'unsupported_grant_type', 'Unsupported grant type: password'],
  ],
  [
    'a name of every object for a grant',
    machineRequest(apis.plain, { grant_type: 'constructor' }),
    [403, 'unsupported_grant_type', 'Unsupported grant type: constructor'],
  ],
  [
    'client credentials of a public client',
    { grant_type: 'client_credentials', client_id: 'page', audience: apis.plain },
    [403, 'unauthorized_client', "Grant type 'client_credentials' not allowed for the client."],
  ],
  [
    'a code of a machine',
    machineRequest('', { grant_type: 'authorization_code', code: 'c' }),
    [403, 'unauthorized_client', "Grant type 'authorization_code' not allowed for the client."],
  ],
  ['no code', codeRequest(''), [400, 'invalid_request', 'Missing required parameter: code']],
  ['an unknown code', codeRequest('unknown'), badCode],
  [
    'no refresh token',
    { grant_type: 'refresh_token', client_id: 'page' },
    [400, 'invalid_request', 'Missing required parameter: refresh_token'],
  ],
  [
    'an unknown refresh token',
    { grant_type: 'refresh_token', client_id: 'page', refresh_token: 'v1.unknown' },
    badRefreshToken,
  ],
  [
    'a device of an application without devices',
    { grant_type: deviceGrant, client_id: 'page', device_code: 'd' },
    [403, 'unauthorized_client', `Grant type '${deviceGrant}' not allowed for the client.`],
  ],
  [
    'no device code',
    { grant_type: deviceGrant, client_id: 'device' },
    [400, 'invalid_request', 'Missing required parameter: device_code'],
  ],
  [
    'an unknown device code',
    { grant_type: deviceGrant, client_id: 'device', device_code: 'unknown' },
    [403, 'invalid_grant', 'Invalid or expired device code.'],
  ],
  [
    'no subject token',
    { grant_type: exchangeGrant, client_id: 'gateway', client_secret: secret },
    [400, 'invalid_request', 'Missing required parameter: subject_token'],
  ],
]

test.each(cases)('answers %s as Auth0 does', async (_, fields, [status, error, error_description]) => {
  const answer = await askForToken(tenant, fields)
  expect(answer).toMatchObject({ status })
  expect(answer.body).toEqual({ error, error_description })
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('content-type')).toBe('application/json')
})

const basic = (text: string): Fields => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
const byAssertion = { client_id: '', client_secret: '', client_assertion_type: 'jwt-bearer' }

test.each<[how: string, fields: Fields, headers: Fields, client_id: string | undefined]>([
  ['by its name', { client_secret: 'wrong' }, {}, 'machine'],
  ['by a name that nobody has', { client_id: 'nobody' }, {}, 'nobody'],
  ['by a long name', { client_id: 'n'.repeat(1000) }, {}, 'n'.repeat(100)],
  ['by Basic', { client_id: '', client_secret: '' }, basic('machine:wrong:wrong'), 'machine'],
  ['by Basic without a colon', { client_id: '', client_secret: '' }, basic(secret), undefined],
  ['by an assertion', { ...byAssertion, client_assertion: jwt({ sub: 'machine' }) }, {}, 'machine'],
  ['by an assertion of a number', { ...byAssertion, client_assertion: jwt({ sub: 1 }) }, {}, undefined],
  ['by no assertion', { ...byAssertion, client_assertion: 'none' }, {}, undefined],
  ['not at all', { client_id: '' }, {}, undefined],
])('logs a client that comes %s and is refused', async (_, fields, headers, client_id) => {
  expect(await askForToken(tenant, machineRequest(apis.plain, fields), headers)).toMatchObject({ status: 401 })
  const [entry] = tenant.log.list()
  expect(entry).toMatchObject({ path: '/oauth/token', status: 401, error: 'access_denied', audience: apis.plain })
  expect(entry?.client_id).toBe(client_id)
  expect(JSON.stringify(entry)).not.toMatch(new RegExp(`wrong|${secret}`))
})

const scope = 'openid offline_access'
const fields = { audience: apis.plain, scope }

test.each<[grant: string, send: () => Promise<unknown>, status: number]>([
  ['a code', () => tokensFor(tenant, { fields }), 200],
  [
    'a code, refused',
    async () => askForToken(tenant, codeRequest(await codeFor(tenant, { fields }), { code_verifier: '' })),
    403,
  ],
  ['a refresh token', async () => refresh(textOf(await tokensFor(tenant, { fields }), 'refresh_token')), 200],
  [
    'a refresh token, refused',
    async () => {
      const token = textOf(await tokensFor(tenant, { fields }), 'refresh_token')
      tenant.clock.skew(29 * 86_400)
      const answer = await refresh(token)
      tenant.clock.skew(0)
      return answer
    },
    403,
  ],
  ['a device', pollAsDevice, 403],
  ['a machine that says resource', () => askForToken(tenant, machineRequest('', { resource: apis.plain })), 200],
])('logs what the token is for with %s', async (_, send, status) => {
  await send()
  expect(tenant.log.list()[0]).toMatchObject({ path: '/oauth/token', status, audience: apis.plain })
})

function refresh(refresh_token: string) {
  return askForToken(tenant, { grant_type: 'refresh_token', client_id: 'page', refresh_token })
}

async function pollAsDevice() {
  const begun = await ask(tenant, 'oauth/device/code', { client_id: 'device', ...fields })
  return askForToken(tenant, {
    grant_type: deviceGrant,
    client_id: 'device',
    device_code: textOf(begun, 'device_code'),
  })
}

test('says of an unexpected error where it was, and nothing of what it says', async () => {
  const restore = changeClient(tenant, 'web', {
    token_exchange: { allow_any_profile_of_type: ['custom_authentication'] },
  })
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const answer = await askForToken(tenant, {
    ...{ grant_type: exchangeGrant, client_id: 'web', client_secret: secret },
    ...{ subject_token: 'a-token-of-a-user', subject_token_type: brokenType },
  })
  restore()
  expect(answer).toMatchObject({ status: 500, body: { error: 'server_error' } })
  expect(warned.mock.calls).toEqual([[expect.any(String)]])
  const [text] = warned.mock.calls[0] ?? []
  expect(text).toMatch(
    /^sallyport: an unexpected error in the tenant: TypeError\n {4}at .*token-errors\.test\.ts:\d+:\d+/,
  )
  expect(text).toContain('token-exchange.ts')
  expect(text).not.toMatch(/No user|a-token-of|a line of the message/)
  expect(JSON.stringify([answer.body, tenant.log.list()[0]])).not.toMatch(/No user|a-token-of/)
})
