import { describe, expect, it } from 'vitest'
import { createTestIssuer } from '../../src/testing/index.js'
import { createHarness } from '../support/harness.js'

const openIdPath = '/.well-known/openid-configuration'

describe('issuer metadata', () => {
  it.each([
    { issuer: 'https://issuer.test/', asked: [openIdPath] },
    { issuer: 'https://issuer.test', asked: [openIdPath] },
    { issuer: 'https://issuer.test/realms/a', asked: [`/realms/a${openIdPath}`] },
    { issuer: 'https://issuer.test/realms/a/', asked: [`/realms/a${openIdPath}`] },
  ])('of $issuer is looked for where OpenID Connect Discovery puts it', async ({ issuer, asked }) => {
    expect(await pathsAskedFor(issuer, () => false)).toEqual({ asked, outcome: 'A' })
  })

  it.each([
    { issuer: 'https://issuer.test/', oauthPath: '/.well-known/oauth-authorization-server' },
    { issuer: 'https://issuer.test/realms/a', oauthPath: '/.well-known/oauth-authorization-server/realms/a' },
  ])(
    'of $issuer is looked for where RFC 8414 puts it, when the first place is empty',
    async ({ issuer, oauthPath }) => {
      const { asked, outcome } = await pathsAskedFor(issuer, (path) => path.endsWith(openIdPath))
      expect(asked).toEqual([expect.stringMatching(openIdPath), oauthPath])
      expect(outcome).toBe('A')
    },
  )

  it('is not looked for elsewhere when the issuer is down', async () => {
    const { issuer, outcome } = await createHarness()
    issuer.outage({ status: 500 })
    expect(await outcome(await issuer.token())).toBe('U')
    expect([...issuer.requests.keys()]).toEqual([openIdPath])
  })

  /** Serves an issuer at any path, and answers 404 where it is told to; lists the metadata that was asked for. */
  async function pathsAskedFor(issuer: string, isMissing: (path: string) => boolean) {
    const testIssuer = await createTestIssuer({ issuer })
    const asked: string[] = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const { pathname } = new URL(String(input))
      if (pathname === '/.well-known/jwks.json') return testIssuer.fetch(input, init)
      asked.push(pathname)
      return isMissing(pathname) ? new Response(null, { status: 404 }) : testIssuer.fetch(input, init)
    }
    const harness = await createHarness({ testIssuer: { issuer }, fetch })
    return { outcome: await harness.outcome(await testIssuer.token()), asked }
  }
})
