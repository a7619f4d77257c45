import { decodeProtectedHeader } from 'jose'
import { createResourceServer } from 'sallyport'
import { afterAll, expect, test } from 'vitest'
import { createTenant, type Tenant } from '../../src/index.js'
import { accessTokenFor, tokensFor } from '../support/login.js'
import { apis, protocolSeed } from '../support/protocol-seed.js'
import { askForToken, machineRequest, textOf } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

async function keyIds(): Promise<readonly string[]> {
  const response = await tenant.fetch(`${tenant.issuer}.well-known/jwks.json`)
  const { keys } = (await response.json()) as { keys: readonly { kid: string }[] }
  return keys.map(({ kid }) => kid)
}

async function tokenOf(used: Tenant): Promise<string> {
  return textOf(await askForToken(used, machineRequest(apis.plain)), 'access_token')
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? ''

test('publishes the current key and the next one, and nothing private', async () => {
  const response = await tenant.fetch(`${tenant.issuer}.well-known/jwks.json`)
  expect(response.status).toBe(200)
  const { keys } = (await response.json()) as { keys: readonly Record<string, unknown>[] }
  expect(keys).toHaveLength(2)
  for (const key of keys) {
    expect(key).toEqual({
      kty: 'RSA',
      n: expect.any(String),
      e: 'AQAB',
      kid: expect.any(String),
      use: 'sig',
      alg: 'RS256',
    })
  }
  expect(await keyIds()).toContain(kidOf(await tokenOf(tenant)))
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
