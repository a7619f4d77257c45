import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTenant, type Tenant, type TenantSeed } from '../../src/index.js'
import { createBrowserByFetch } from '../support/browser-by-fetch.js'

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const callback = 'http://localhost:3000/callback'
const apis = {
  messages: 'https://messages.example',
  reports: 'https://reports.example',
  archive: 'https://archive.example',
}

/** Each API calls the next one for the user who called it. */
const seed: TenantSeed = {
  apis: Object.entries(apis).map(([name, identifier]) => ({
    name,
    identifier,
    permissions: { [`read:${name}`]: name },
  })),
  applications: [
    { name: 'Web', type: 'web', clientId: 'web', clientSecret: 'web-secret', callbacks: [callback] },
    {
      name: 'Messages',
      type: 'api',
      clientId: 'messages',
      clientSecret: 'messages-secret',
      api: apis.messages,
      grants: [{ api: apis.reports, for: 'user' }],
    },
    {
      name: 'Reports',
      type: 'api',
      clientId: 'reports',
      clientSecret: 'reports-secret',
      api: apis.reports,
      grants: [{ api: apis.archive, for: 'user' }],
    },
  ],
  users: [{ email: 'ada@example.com', password: 'local-password' }],
}

let tenant: Tenant
let userToken: string

const discover = (clientId: string) =>
  client.discovery(new URL(tenant.issuer), clientId, undefined, client.ClientSecretPost(`${clientId}-secret`), {
    execute: [client.allowInsecureRequests],
  })

beforeAll(async () => {
  tenant = await startTenant({ port: 0, seed })
  const web = await discover('web')
  const verifier = client.randomPKCECodeVerifier()
  const url = client.buildAuthorizationUrl(web, {
    redirect_uri: callback,
    scope: 'read:messages',
    audience: apis.messages,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const browser = createBrowserByFetch(url.origin)
  const page = await browser.press(await browser.visit(url.href), 'Log in as ada@example.com')
  const { access_token } = await client.authorizationCodeGrant(web, page.url, { pkceCodeVerifier: verifier })
  userToken = access_token
})
afterAll(() => tenant.close())

interface Exchange {
  readonly by: string
  readonly subjectToken: string
  readonly audience: string
  readonly scope?: string
  readonly type?: string
}

async function exchange({ by, subjectToken, audience, scope = '', type = accessTokenType }: Exchange) {
  return client.genericGrantRequest(await discover(by), tokenExchange, {
    subject_token: subjectToken,
    subject_token_type: type,
    audience,
    scope,
  })
}

it('goes from API to API for the same user, and tells who acts', async () => {
  const first = await exchange({
    by: 'messages',
    subjectToken: userToken,
    audience: apis.reports,
    scope: 'read:reports',
  })
  expect(first).toMatchObject({ token_type: 'bearer', issued_token_type: accessTokenType, scope: 'read:reports' })
  const second = await exchange({ by: 'reports', subjectToken: first.access_token, audience: apis.archive })
  expect(decodeJwt(second.access_token)).toMatchObject({
    sub: decodeJwt(userToken).sub,
    aud: apis.archive,
    act: { sub: 'reports', act: { sub: 'messages', act: { sub: 'web' } } },
  })
})

const refusals: readonly (readonly [string, () => Exchange, string])[] = [
  [
    'a token for another API than its own',
    () => ({ by: 'reports', subjectToken: userToken, audience: apis.archive }),
    'invalid_request',
  ],
  [
    'a token that somebody has changed',
    () => ({ by: 'messages', subjectToken: `${userToken.slice(0, -8)}AAAAAAAA`, audience: apis.reports }),
    'invalid_request',
  ],
  [
    'a type that there is no profile for',
    () => ({ by: 'messages', subjectToken: userToken, audience: apis.reports, type: 'urn:acme:legacy-token' }),
    'unauthorized_client',
  ],
  [
    'an application that is no API',
    () => ({ by: 'web', subjectToken: userToken, audience: apis.reports }),
    'unauthorized_client',
  ],
  [
    'an API that it has no grant for',
    () => ({ by: 'messages', subjectToken: userToken, audience: apis.archive }),
    'access_denied',
  ],
  [
    'an API that is not there',
    () => ({ by: 'messages', subjectToken: userToken, audience: 'https://nobody.example' }),
    'access_denied',
  ],
]

it.each(refusals)('refuses %s', async (_, wrong, error) => {
  await expect(exchange(wrong())).rejects.toMatchObject({ error })
})
