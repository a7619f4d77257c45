import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTenant } from '../../src/index.js'
import { operations } from '../../src/tenant/management/operations.js'
import { createManagedTenant, type ManagedTenant, manage } from './support/managed-tenant.js'

let managed: ManagedTenant

beforeAll(async () => {
  managed = await createManagedTenant()
})

const unauthorized = (message: string) => ({ statusCode: 401, error: 'Unauthorized', message })

describe('a request without a good token', () => {
  const claims = () => {
    const now = managed.tenant.clock.nowSeconds()
    return {
      iss: managed.tenant.issuer,
      aud: managed.audience,
      sub: 'x@clients',
      iat: now,
      exp: now + 60,
      scope: 'read:clients',
    }
  }
  const signed = async (changed: object) => {
    const { kid, key } = await managed.tenant.keys.current()
    return new SignJWT({ ...claims(), ...changed }).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(key)
  }

  const cases: readonly (readonly [string, () => Promise<Record<string, string>>, string])[] = [
    ['has none', async () => ({}), 'Missing authentication'],
    ['has other credentials', async () => ({ authorization: 'Basic YTpi' }), 'Missing authentication'],
    ['has no JWT', async () => ({ authorization: 'Bearer nonsense' }), 'Invalid token'],
    ['has one for another API', async () => bearer(await signed({ aud: 'https://api.example.com' })), 'Invalid token'],
    ['has one of another issuer', async () => bearer(await signed({ iss: 'https://other.test/' })), 'Invalid token'],
    [
      'has one that is over',
      async () => bearer(await signed({ exp: claims().iat - 60, iat: claims().iat - 120 })),
      'Invalid token',
    ],
  ]

  test.each(cases)('%s', async (_, headersOf, message) => {
    const response = await managed.tenant.fetch(`${managed.tenant.issuer}api/v2/clients`, {
      headers: await headersOf(),
    })
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual(unauthorized(message))
    expect(response.headers.get('www-authenticate')).toContain('Bearer realm="api"')
  })

  test('would be good but for that', async () => {
    expect((await managed.call('GET', '/clients', undefined, await signed({}))).status).toBe(200)
  })
})

function bearer(token: string) {
  return { authorization: `Bearer ${token}` }
}

describe('scopes', () => {
  test.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    '%s wants one of its own',
    async (_, { method, path, scopes }) => {
      const target = path.replace(/:\w+/g, 'nobody')
      const body = method === 'GET' ? undefined : {}
      const { status, body: refusal } = await managed.call(
        method,
        target,
        body,
        await managed.tokenFor(['read:nothing']),
      )
      expect({ status, body: refusal }).toEqual({
        status: 403,
        body: {
          statusCode: 403,
          error: 'Forbidden',
          message: `Insufficient scope, expected any of: ${scopes.join(',')}`,
          errorCode: 'insufficient_scope',
        },
      })
      for (const scope of scopes) {
        const allowed = await managed.call(method, target, body, await managed.tokenFor([scope]))
        expect([401, 403, 500, 501, 503]).not.toContain(allowed.status)
      }
    },
  )

  test('are all scopes of the API that every tenant has', () => {
    const system = managed.tenant.state.resourceServers.list().find(({ is_system }) => is_system === true)
    const known = system?.scopes.map(({ value }) => value) ?? []
    expect(operations.flatMap(({ scopes }) => scopes).filter((scope) => !known.includes(scope))).toEqual([])
  })
})

describe('keys', () => {
  test('a token of a revoked key is refused at once, and one of a new key is taken at once', async () => {
    const { tenant, call, tokenFor } = await createManagedTenant()
    const old = await tokenFor()
    expect((await call('GET', '/clients', undefined, old)).status).toBe(200)
    for (const more of ['read:roles', 'read:users', 'read:logs']) {
      const { kid } = await tenant.keys.current()
      await tenant.keys.rotate()
      await tenant.keys.revoke(kid)
      const fresh = await tokenFor(['read:clients', more])
      expect((await call('GET', '/clients', undefined, fresh)).status).toBe(200)
      expect(await call('GET', '/clients', undefined, old)).toMatchObject({
        status: 401,
        body: unauthorized('Invalid token'),
      })
    }
  })

  test('a clock that goes wrong is the clock of both', async () => {
    const { tenant, call, tokenFor } = await createManagedTenant()
    tenant.clock.skew(-86_400 * 30)
    expect((await call('GET', '/clients', undefined, await tokenFor(['read:clients']))).status).toBe(200)
  })
})

describe('on a real server', () => {
  let running: ManagedTenant

  beforeAll(async () => {
    running = await manage(await startTenant({ port: 0 }))
  })
  afterAll(() => running.tenant.close())

  test('over http on this machine', async () => {
    const token = await running.tokenFor()
    const response = await fetch(
      `${running.tenant.issuer}api/v2/resource-servers/${encodeURIComponent(running.audience)}`,
      {
        headers: bearer(token),
      },
    )
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ identifier: running.audience, is_system: true })
  })

  test('a body goes with a DELETE', async () => {
    const token = await running.tokenFor()
    const [user] = running.tenant.state.users.list()
    const response = await fetch(
      `${running.tenant.issuer}api/v2/users/${encodeURIComponent(user?.user_id ?? '')}/roles`,
      {
        method: 'DELETE',
        body: JSON.stringify({ roles: user?.roles }),
        headers: bearer(token),
      },
    )
    expect(response.status).toBe(204)
    expect(running.tenant.state.users.get(user?.user_id ?? '')?.roles).toEqual([])
  })
})

describe('what every answer has', () => {
  test.each([
    ['a success', '/clients', 200],
    ['a refusal', '/clients/nobody', 404],
  ])('rate limit headers: %s', async (_, path, status) => {
    const before = Math.floor(Date.now() / 1000)
    const reply = await managed.call('GET', path)
    expect(reply.status).toBe(status)
    expect(Number(reply.headers.get('x-ratelimit-limit'))).toBe(50)
    expect(Number(reply.headers.get('x-ratelimit-remaining'))).toBeLessThan(50)
    expect(Number(reply.headers.get('x-ratelimit-reset'))).toBeGreaterThan(before)
    expect(Number(reply.headers.get('x-ratelimit-reset'))).toBeLessThanOrEqual(before + 3)
  })

  test('an X-Correlation-ID is fine', async () => {
    const response = await managed.tenant.fetch(`${managed.tenant.issuer}api/v2/clients`, {
      headers: { ...bearer(await managed.tokenFor()), 'x-correlation-id': 'one' },
    })
    expect(response.status).toBe(200)
  })
})

describe('what is not there', () => {
  test.each([
    ['GET', '/actions/actions'],
    ['GET', '/resource-servers/search'],
    ['GET', '/organizations/search'],
    ['POST', '/connections'],
    ['PUT', '/clients/local-m2m'],
    ['DELETE', '/keys/signing'],
    ['GET', ''],
    ['GET', '/'],
  ])('%s %s answers 501, and gives no reason to wait', async (method, path) => {
    const { status, body, headers } = await managed.call(method, path)
    expect({ status, body }).toEqual({
      status: 501,
      body: {
        statusCode: 501,
        error: 'Not Implemented',
        message: `The local tenant does not serve ${method} /api/v2${path}.`,
        errorCode: 'not_implemented',
      },
    })
    expect(headers.get('x-ratelimit-reset')).toBeNull()
  })
})
