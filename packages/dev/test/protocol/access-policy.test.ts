import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createTenant, type TenantSeed } from '../../src/index.js'
import { tokensFor } from '../support/login.js'
import { createProofKey } from '../support/proofs.js'
import { apis, protocolSeed } from '../support/protocol-seed.js'
import { askForToken, changeClient, machineRequest, textOf } from '../support/token-requests.js'

const shared = 'https://shared-secret.test'
const seed: TenantSeed = {
  ...protocolSeed,
  apis: [
    ...protocolSeed.apis,
    { name: 'Shared secret', identifier: shared, permissions: { 'read:things': '' }, signingAlg: 'HS256' },
  ],
  applications: [
    ...protocolSeed.applications,
    { name: 'Secretive', type: 'm2m', clientId: 'secretive', clientSecret: 's', grants: [{ api: shared }] },
  ],
}
const tenant = await createTenant('https://tenant.test/', { seed })
const undo: (() => void)[] = []
afterAll(() => tenant.close())
afterEach(() => {
  for (const each of undo.splice(0)) each()
})

const noGrant = { status: 403, body: { error: 'access_denied' } }

function apiNamed(audience: string) {
  const api = tenant.state.resourceServers.list().find(({ identifier }) => identifier === audience)
  if (api === undefined) throw new Error('No such API')
  return api
}

function changeApi(audience: string, changed: Partial<ReturnType<typeof apiNamed>>): void {
  const api = apiNamed(audience)
  undo.push(() => void tenant.state.resourceServers.put(api))
  tenant.state.resourceServers.put({ ...api, ...changed })
}

test('wants a grant of a third-party application, and gives it what that says', async () => {
  undo.push(changeClient(tenant, 'page', { is_first_party: false }))
  const fields = { audience: apis.plain, scope: 'openid read:things write:things' }
  expect(await tokensFor(tenant, { fields })).toMatchObject(noGrant)
  const id = 'cgr_page'
  undo.push(() => void tenant.state.clientGrants.delete(id))
  const scope = ['read:things']
  tenant.state.clientGrants.put({ id, client_id: 'page', audience: apis.plain, scope, subject_type: 'user' })
  expect(await tokensFor(tenant, { fields })).toMatchObject({ status: 200, body: { scope: 'openid read:things' } })
})

test('gives no machine a token for an API that is closed to machines', async () => {
  const { user } = apiNamed(apis.plain).subject_type_authorization
  changeApi(apis.plain, { subject_type_authorization: { user, client: { policy: 'deny_all' } } })
  expect(await askForToken(tenant, machineRequest(apis.plain))).toMatchObject(noGrant)
  expect(await tokensFor(tenant, { fields: { audience: apis.plain } })).toMatchObject({ status: 200 })
})

test('gives a plain token for an API that binds to certificates, which this tenant does not', async () => {
  changeApi(apis.plain, { proof_of_possession: { mechanism: 'mtls', required: false, required_for: 'all_clients' } })
  const key = await createProofKey(tenant)
  const answer = await askForToken(tenant, machineRequest(apis.plain), { dpop: await key.prove() })
  expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer' } })
  expect(decodeJwt(textOf(answer, 'access_token'))).not.toHaveProperty('cnf')
})

test('names the organization in tokens where the tenant says so', async () => {
  const fields = { audience: apis.plain, organization: 'acme', scope: 'openid' }
  const claimsOf = async () => {
    const answer = await tokensFor(tenant, { fields })
    return ['access_token', 'id_token'].map((member) => decodeJwt(textOf(answer, member))['org_name'])
  }
  expect(await claimsOf()).toEqual([undefined, undefined])
  const settings = tenant.state.settings.get()
  undo.push(() => void tenant.state.settings.set(settings))
  tenant.state.settings.set({ ...settings, allow_organization_name_in_authentication_api: true })
  expect(await claimsOf()).toEqual(['acme', 'acme'])
  const named = await createTenant(tenant.issuer, { seed: { ...protocolSeed, settings: { organizationNames: true } } })
  expect(decodeJwt(textOf(await tokensFor(named, { fields }), 'access_token'))['org_name']).toBe('acme')
})

test('signs with the secret of an API, whose tokens are then for it alone', async () => {
  const secret = new TextEncoder().encode(apiNamed(shared).signing_secret)
  const machine = await askForToken(tenant, machineRequest(shared, { client_id: 'secretive', client_secret: 's' }))
  const user = await tokensFor(tenant, { fields: { audience: shared, scope: 'openid read:things' } })
  for (const answer of [machine, user]) {
    const token = textOf(answer, 'access_token')
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect((await jwtVerify(token, secret)).payload.aud).toBe(shared)
  }
})
