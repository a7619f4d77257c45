import { exportJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import type { Client } from '../../src/tenant/model.js'

const audience = 'https://api.example.com'
const insecure = { [oauth.allowInsecureRequests]: true }
const refusal = { status: 401, error: 'access_denied' }

let tenant: Tenant
let server: oauth.AuthorizationServer

beforeAll(async () => {
  tenant = await startTenant({ port: 0 })
  const issuer = new URL(tenant.issuer)
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
})
afterAll(() => tenant.close())

async function tokensOf(client_id: string, authentication: oauth.ClientAuth) {
  const client = { client_id }
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, { audience }, insecure)
  return oauth.processClientCredentialsResponse(server, client, response)
}

/** Registers a client that may do what the machine of the default seed may. */
function register(given: Pick<Client, 'client_id'> & Partial<Client>): string {
  const model = tenant.state.clients.get('local-m2m')
  const [grant] = tenant.state.clientGrants.list()
  if (model === undefined || grant === undefined) throw new Error('The default seed has a machine with a grant.')
  const { client_id } = tenant.state.clients.put({ ...model, ...given })
  tenant.state.clientGrants.put({ ...grant, id: `grant of ${client_id}`, client_id })
  return client_id
}

async function registerKey(client_id: string, alg: string) {
  const { privateKey, publicKey } = await oauth.generateKeyPair(alg, { extractable: true })
  register({ client_id, jwks: { keys: [{ ...(await exportJWK(publicKey)), alg }] } })
  return privateKey
}

it.each(['oidc', 'oauth2'] as const)('serves its metadata where %s looks for it', async (algorithm) => {
  const issuer = new URL(tenant.issuer)
  const response = await oauth.discoveryRequest(issuer, { ...insecure, algorithm })
  expect(await oauth.processDiscoveryResponse(issuer, response)).toEqual(server)
})

describe('a client with a secret', () => {
  const authentications: readonly (readonly [string, oauth.ClientAuth, boolean])[] = [
    ['HTTP Basic', oauth.ClientSecretBasic('local-m2m-secret'), true],
    ['a secret in the body', oauth.ClientSecretPost('local-m2m-secret'), true],
    ['HTTP Basic with a wrong secret', oauth.ClientSecretBasic('wrong'), false],
    ['a wrong secret in the body', oauth.ClientSecretPost('wrong'), false],
    ['its name alone', oauth.None(), false],
  ]
  it.each(authentications)('by %s', async (_, authentication, isGood) => {
    const tokens = tokensOf('local-m2m', authentication)
    if (isGood) expect(await tokens).toMatchObject({ token_type: 'bearer', expires_in: 86_400 })
    else await expect(tokens).rejects.toMatchObject(refusal)
  })

  it('by HTTP Basic, where name and secret have to be encoded', async () => {
    const secret = 'päss:word +%/&='
    const name = register({ client_id: 'an odd:name', client_secret: secret })
    expect(await tokensOf(name, oauth.ClientSecretBasic(secret))).toMatchObject({ token_type: 'bearer' })
  })
})

describe('a client with a key', () => {
  it.each(['RS256', 'PS256', 'ES256'])('gets in by private_key_jwt with %s alone', async (alg) => {
    const name = `keyed ${alg}`
    const key = await registerKey(name, alg)
    expect(await tokensOf(name, oauth.PrivateKeyJwt(key))).toMatchObject({ token_type: 'bearer' })
    const { privateKey: otherKey } = await oauth.generateKeyPair(alg)
    for (const wrong of [oauth.PrivateKeyJwt(otherKey), oauth.ClientSecretPost('local-m2m-secret'), oauth.None()])
      await expect(tokensOf(name, wrong)).rejects.toMatchObject(refusal)
  })

  const assertions: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['for another server', { aud: 'https://other.example/' }],
    ['of another client', { iss: 'local-web', sub: 'local-web' }],
    ['that has expired', { exp: 1_000_000_000 }],
    ['without a jti', { jti: undefined }],
  ]
  it.each(assertions)('is refused with an assertion %s', async (title, claims) => {
    const name = `refused ${title}`
    const key = await registerKey(name, 'ES256')
    await expect(tokensOf(name, assertionWith(key, claims))).rejects.toMatchObject(refusal)
  })

  it('can use an assertion once', async () => {
    const name = 'replaying'
    const authentication = assertionWith(await registerKey(name, 'ES256'), { jti: 'always the same' })
    expect(await tokensOf(name, authentication)).toMatchObject({ token_type: 'bearer' })
    await expect(tokensOf(name, authentication)).rejects.toMatchObject(refusal)
  })
})

function assertionWith(key: oauth.CryptoKey, claims: Readonly<Record<string, unknown>>): oauth.ClientAuth {
  return oauth.PrivateKeyJwt(key, {
    [oauth.modifyAssertion]: (_, payload) => {
      Object.assign(payload, claims)
    },
  })
}
