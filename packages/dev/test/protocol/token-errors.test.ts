import { afterAll, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { codeRequest } from '../support/login.js'
import { apis, protocolSeed, secret } from '../support/protocol-seed.js'
import { askForToken, type Fields, machineRequest } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

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
