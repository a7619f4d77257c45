import { afterAll, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { protocolSeed } from '../support/protocol-seed.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

const paths = ['.well-known/openid-configuration', '.well-known/oauth-authorization-server']

async function metadataAt(path: string) {
  const response = await tenant.fetch(`${tenant.issuer}${path}`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json')
  return (await response.json()) as Record<string, unknown>
}

test.each(paths)('describes itself at %s', async (path) => {
  expect(await metadataAt(path)).toMatchObject({
    issuer: 'https://tenant.test/',
    authorization_endpoint: 'https://tenant.test/authorize',
    token_endpoint: 'https://tenant.test/oauth/token',
    device_authorization_endpoint: 'https://tenant.test/oauth/device/code',
    userinfo_endpoint: 'https://tenant.test/userinfo',
    jwks_uri: 'https://tenant.test/.well-known/jwks.json',
    revocation_endpoint: 'https://tenant.test/oauth/revoke',
    pushed_authorization_request_endpoint: 'https://tenant.test/oauth/par',
    end_session_endpoint: 'https://tenant.test/oidc/logout',
    code_challenge_methods_supported: ['S256', 'plain'],
    response_modes_supported: expect.arrayContaining(['query', 'fragment', 'form_post']),
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    scopes_supported: expect.arrayContaining(['openid', 'profile', 'offline_access', 'email', 'phone', 'address']),
  })
})

test('says the same at both paths', async () => {
  const [one, other] = await Promise.all(paths.map(metadataAt))
  expect(one).toEqual(other)
})

test('names no endpoint that is not there', async () => {
  const metadata = await metadataAt('.well-known/openid-configuration')
  const endpoints = Object.entries(metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name))
  expect(endpoints.length).toBeGreaterThan(7)
  for (const [name, url] of endpoints) {
    const answers = await Promise.all(
      ['GET', 'POST'].map((method) => tenant.fetch(String(url), { method, redirect: 'manual' })),
    )
    expect([name, answers.every(({ status }) => status === 404)]).toEqual([name, false])
  }
})

test('lets every grant in that it names', async () => {
  const { grant_types_supported: grants } = await metadataAt('.well-known/openid-configuration')
  for (const grant_type of grants as readonly string[]) {
    const body = new URLSearchParams({ grant_type })
    const response = await tenant.fetch(`${tenant.issuer}oauth/token`, { method: 'POST', body })
    expect([grant_type, response.status]).toEqual([grant_type, 401])
  }
})
