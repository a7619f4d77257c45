import { createHash, X509Certificate } from 'node:crypto'
import { createLocalJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import { createResourceServer } from 'sallyport'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTenant, type Tenant } from '../../src/index.js'
import { accessTokenFor, tokensFor } from '../support/login.js'
import { apis, protocolSeed, secret } from '../support/protocol-seed.js'
import { askForToken, changeClient, machineRequest, textOf } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

interface PublishedKey extends JWK {
  kid: string
  x5t: string
  x5c: [string]
}

async function publishedKeys(): Promise<readonly PublishedKey[]> {
  const response = await tenant.fetch(`${tenant.issuer}.well-known/jwks.json`)
  expect(response.status).toBe(200)
  return ((await response.json()) as { keys: readonly PublishedKey[] }).keys
}

async function keyIds(): Promise<readonly string[]> {
  return (await publishedKeys()).map(({ kid }) => kid)
}

async function tokenOf(used: Tenant): Promise<string> {
  return textOf(await askForToken(used, machineRequest(apis.plain)), 'access_token')
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? ''

test('publishes the current key and the next one, and nothing private', async () => {
  const keys = await publishedKeys()
  expect(keys).toHaveLength(2)
  for (const key of keys) {
    expect(key).toEqual({
      kty: 'RSA',
      n: expect.any(String),
      e: 'AQAB',
      kid: expect.any(String),
      use: 'sig',
      alg: 'RS256',
      x5t: expect.any(String),
      x5c: [expect.any(String)],
    })
  }
  expect(await keyIds()).toContain(kidOf(await tokenOf(tenant)))
})

test('publishes a certificate of each key, the same one every time', async () => {
  const keys = await publishedKeys()
  for (const { n, x5t, x5c } of keys) {
    const certificate = new X509Certificate(Buffer.from(x5c[0], 'base64'))
    expect(certificate.publicKey.export({ format: 'jwk' }).n).toBe(n)
    expect(certificate.subject).toBe('CN=tenant.test')
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(x5t).toBe(createHash('sha1').update(certificate.raw).digest('base64url'))
  }
  expect(await publishedKeys()).toEqual(keys)
})

/** Has an API's tokens signed with another algorithm. @returns A function that puts it back. */
function signWith(signing_alg: 'PS256', audience: string): () => void {
  const { resourceServers } = tenant.state
  const api = resourceServers.list().find(({ identifier }) => identifier === audience)
  if (api === undefined) throw new Error(`No API ${audience}`)
  resourceServers.put({ ...api, signing_alg })
  return () => void resourceServers.put(api)
}

describe('with PS256', () => {
  let restore: () => void
  beforeEach(() => {
    restore = signWith('PS256', apis.profile)
  })
  afterEach(() => restore())

  const askFor = async (audience: string) => textOf(await askForToken(tenant, machineRequest(audience)), 'access_token')

  test('signs the tokens of the API, and those of no other', async () => {
    const algorithmOf = async (audience: string) => decodeProtectedHeader(await askFor(audience)).alg
    expect([await algorithmOf(apis.profile), await algorithmOf(apis.plain)]).toEqual(['PS256', 'RS256'])
  })

  test('publishes keys that say nothing of an algorithm, until no API needs it', async () => {
    const keys = await publishedKeys()
    expect(keys.map(({ alg }) => alg)).toEqual(keys.map(() => undefined))
    restore()
    const after = await publishedKeys()
    expect(after).toEqual(keys.map((key) => ({ ...key, alg: 'RS256' })))
  })

  test.each([
    ['PS256', apis.profile, apis.plain],
    ['RS256', apis.plain, apis.profile],
  ] as const)('has its tokens taken by an API that takes %s alone', async (algorithm, audience, other) => {
    const { fetch, domain } = tenant
    const api = createResourceServer({ domain, audience: [audience, other], algorithms: [algorithm], fetch })
    const authenticate = async (token: string) =>
      api.authenticate({ method: 'GET', url: 'https://api.test/', headers: { authorization: `Bearer ${token}` } })
    expect((await authenticate(await askFor(audience))).claims.sub).toBe('machine@clients')
    await expect(authenticate(await askFor(other))).rejects.toMatchObject({ code: 'algorithm_refused' })
    api.close()
  })

  test('has its tokens taken by a client that reads the key set, with and without a choice of algorithms', async () => {
    const keySet = createLocalJWKSet({ keys: [...(await publishedKeys())] })
    for (const audience of [apis.profile, apis.plain])
      expect((await jwtVerify(await askFor(audience), keySet, { audience })).payload.sub).toBe('machine@clients')
    expect(await jwtVerify(await askFor(apis.profile), keySet, { algorithms: ['PS256'] })).toBeDefined()
  })

  test('knows its tokens again', async () => {
    const token = await accessTokenFor(tenant, { fields: { audience: apis.profile } })
    expect(decodeProtectedHeader(token).alg).toBe('PS256')
    const headers = { authorization: `Bearer ${token}` }
    expect((await tenant.fetch(`${tenant.issuer}userinfo`, { headers })).status).toBe(200)
    const restoreClient = changeClient(tenant, 'gateway', { resource_server_identifier: apis.profile })
    const exchanged = await askForToken(tenant, {
      ...{ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', client_id: 'gateway', client_secret: secret },
      ...{ subject_token: token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' },
      audience: apis.plain,
    })
    restoreClient()
    expect(exchanged).toMatchObject({ status: 200 })
  })
})

test('signs with the next key after a rotation, and keeps the previous one until it is revoked', async () => {
  const [, next] = await keyIds()
  const before = await tokenOf(tenant)
  const idBefore = textOf(await tokensFor(tenant), 'id_token')
  await tenant.keys.rotate()
  const after = await tokenOf(tenant)
  expect(kidOf(after)).toBe(next)
  expect(kidOf(textOf(await tokensFor(tenant), 'id_token'))).toBe(next)
  expect(await keyIds()).toHaveLength(3)
  expect(await keyIds()).toContain(kidOf(before))
  await tenant.keys.revoke(kidOf(before))
  expect(await keyIds()).not.toContain(kidOf(before))
  expect(kidOf(idBefore)).toBe(kidOf(before))
})

test('has the tokens of a revoked key refused, by the tenant and by an API', async () => {
  const { fetch, domain } = tenant
  const api = createResourceServer({ domain, audience: apis.plain, fetch })
  const authenticate = async (token: string) =>
    api.authenticate({ method: 'GET', url: 'https://plain.test/', headers: { authorization: `Bearer ${token}` } })
  const userinfo = (token: string) =>
    fetch(`${tenant.issuer}userinfo`, { headers: { authorization: `Bearer ${token}` } })
  const token = await accessTokenFor(tenant, { fields: { audience: apis.plain } })
  await tenant.keys.rotate()
  const newer = await accessTokenFor(tenant, { fields: { audience: apis.plain } })
  expect((await authenticate(token)).claims.sub).toBe((await authenticate(newer)).claims.sub)
  await tenant.keys.revoke(kidOf(token))
  await api.refresh()
  await expect(authenticate(token)).rejects.toMatchObject({ name: 'RequestRefused' })
  expect((await authenticate(newer)).claims.azp).toBe('page')
  expect((await userinfo(token)).status).toBe(401)
  expect((await userinfo(newer)).status).toBe(200)
  api.close()
})

test('has a next key again after that one is revoked, and never revokes the current one', async () => {
  const current = kidOf(await tokenOf(tenant))
  const next = tenant.keys.list().find(({ state }) => state === 'next')?.kid ?? ''
  expect(await tenant.keys.revoke(current)).toBeUndefined()
  expect(await tenant.keys.revoke('unknown')).toBeUndefined()
  expect(await tenant.keys.revoke(next)).toMatchObject({ kid: next, state: 'revoked' })
  expect(await keyIds()).not.toContain(next)
  await tenant.keys.rotate()
  expect(kidOf(await tokenOf(tenant))).not.toBe(current)
})

test('can be told many things about its keys at the same time', async () => {
  const [one = '', other = ''] = await keyIds()
  const work = [tenant.keys.rotate(), tenant.keys.revoke(one), tenant.keys.rotate(), tenant.keys.revoke(other)]
  await Promise.all([...work, tokenOf(tenant)])
  const states = tenant.keys.list().map(({ state }) => state)
  expect(states.filter((state) => state === 'current')).toHaveLength(1)
  expect(states.filter((state) => state === 'next')).toHaveLength(1)
  expect(await keyIds()).toContain(kidOf(await tokenOf(tenant)))
})
