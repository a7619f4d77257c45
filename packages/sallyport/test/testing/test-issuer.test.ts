import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { createResourceServer } from '../../src/index.js'
import { createTestIssuer, type Outage, type TestIssuer } from '../../src/testing/index.js'

const open: TestIssuer[] = []

async function createIssuer(options: Parameters<typeof createTestIssuer>[0] = {}): Promise<TestIssuer> {
  const issuer = await createTestIssuer({ algorithm: 'ES256', ...options })
  open.push(issuer)
  return issuer
}

describe('the test issuer', () => {
  afterEach(async () => {
    await Promise.all(open.splice(0).map((issuer) => issuer.close()))
  })

  /** Whether a new API would let a good token in: 200, or the status of the fault. */
  async function statusOf(issuer: TestIssuer): Promise<number> {
    const { audience, fetch } = issuer
    const api = createResourceServer({ issuer: issuer.issuer, audience, fetch, algorithms: ['ES256'] })
    const headers = { authorization: `Bearer ${await issuer.token()}` }
    return Promise.resolve(api.authenticate({ method: 'GET', url: '/', headers })).then(
      () => 200,
      (error: { statusCode: number }) => error.statusCode,
    )
  }

  const outages: readonly Outage[] = [
    'down',
    'silent',
    'slow',
    'garbage',
    'huge',
    'wrong-issuer',
    'redirect',
    'empty',
    { status: 503 },
    { status: 429, retryAfterSeconds: 30 },
  ]

  it.each([
    ['by fetch', false],
    ['over HTTP', true],
  ])('fails in every way it is told to, and is well again, %s', async (_, listen) => {
    const statuses = await Promise.all(
      outages.map(async (outage) => {
        const issuer = await createIssuer({ listen })
        issuer.outage(outage)
        const during = await statusOf(listen ? { ...issuer, fetch } : issuer)
        issuer.restore()
        return [during, await statusOf(listen ? { ...issuer, fetch } : issuer)]
      }),
    )
    expect(statuses).toEqual(outages.map(() => [503, 200]))
  })

  it('signs tokens that another library verifies', async () => {
    const issuer = await createIssuer()
    const response = await issuer.fetch('https://issuer.test/.well-known/jwks.json')
    const keys = createLocalJWKSet((await response.json()) as Parameters<typeof createLocalJWKSet>[0])
    const token = await issuer.token({ scope: 'a' }, { typ: 'JWT' })
    const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: issuer.issuer })
    expect(payload).toMatchObject({ scope: 'a', sub: 'user|test' })
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'JWT' })
  })

  it('counts what it was asked for, and knows two ways to be asked for metadata', async () => {
    const issuer = await createIssuer({ issuer: 'https://issuer.test/realms/a' })
    for (const path of [
      '/realms/a/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/realms/a',
    ]) {
      expect((await issuer.fetch(`https://issuer.test${path}`)).status).toBe(200)
      expect(issuer.requests.get(path)).toBe(1)
    }
    expect((await issuer.fetch('https://issuer.test/elsewhere')).status).toBe(404)
  })
})
