import { generateKeyPair, SignJWT } from 'jose'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ResourceServer } from '../../src/tenant/model.js'
import { apiOf, audience, bodyOf, type ConsoleClient, openConsole, userOf, wordsIn } from './support/console-client.js'

let open: ConsoleClient

beforeAll(async () => {
  open = await openConsole()
})

beforeEach(() => {
  open.reset()
  open.tenant.clock.skew(0)
})

const now = () => open.tenant.clock.nowSeconds()

type Claims = Readonly<Record<string, unknown>>

/** A good token, and what is different about it. */
async function made(claims: Claims = {}, header: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { kid, key } = await open.tenant.keys.current()
  const payload = {
    iss: open.tenant.issuer,
    sub: 'local-m2m@clients',
    aud: audience,
    azp: 'local-m2m',
    iat: now(),
    exp: now() + 3600,
    scope: 'read:data',
    permissions: ['read:data'],
    ...claims,
  }
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, ...header }).sign(key)
}

async function tokenResponse(changed: Readonly<Record<string, string>> = {}) {
  const fields = {
    grant_type: 'client_credentials',
    client_id: 'local-m2m',
    client_secret: 'local-m2m-secret',
    audience,
  }
  const answer = await open.tenant.fetch('https://tenant.test/oauth/token', {
    method: 'POST',
    body: bodyOf({ ...fields, ...changed }),
  })
  return (await answer.json()) as { readonly access_token: string }
}

interface Result {
  readonly headline: string
  /** Every check with its verdict. */
  readonly checks: Readonly<Record<string, string>>
  readonly words: string
}

async function inspect(token: string, api = apiOf(open.tenant)): Promise<Result> {
  const { status, html, path } = await open.submit('/console/inspector', { token, api: api.id })
  expect([status, path]).toEqual([200, undefined])
  const words = wordsIn(html)
  const lines = [...html.matchAll(/<li><span class="badge \w+">([^<]*)<\/span>[\s\S]*?<h3>([^<]*)<\/h3>/g)]
  const headline = wordsIn(/<div class="said \w+" role="alert">([\s\S]*?)<\/div>/.exec(html)?.[1] ?? '')
  return { headline, words, checks: Object.fromEntries(lines.map(([, verdict = '', name = '']) => [name, verdict])) }
}

const all = [
  'Form',
  'Kind',
  'Algorithm',
  'Issuer',
  'Signature',
  'Claims',
  'Audience',
  'Time',
  'Binding',
  'Dialect',
  'Permissions',
]

const thumbprint = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

test('takes a token that the tenant gave, header field and quotation marks included', async () => {
  const { access_token: token } = await tokenResponse()
  for (const pasted of [token, ` ${token}\n`, `Bearer ${token}`, `Authorization: DPoP ${token}`, `"${token}"`]) {
    const { headline, checks } = await inspect(pasted)
    expect(headline).toContain('Messages API takes this token.')
    expect(checks).toEqual(Object.fromEntries(all.map((name) => [name, 'OK'])))
  }
})

const changed = (api: Partial<ResourceServer>) =>
  open.tenant.state.resourceServers.put({ ...apiOf(open.tenant), ...api })
const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url')

describe('a refused token: the first check that fails is on top', () => {
  test.each<readonly [name: string, token: () => string | Promise<string>, check: string, text: string]>([
    ['garbage', () => 'garbage', 'Form', 'this has only one'],
    ['four parts', () => 'a.b.c.d', 'Form', 'this has 4'],
    ['no JSON in front', () => 'abc.def.ghi', 'Form', 'Its first part is not base64url of a JSON object.'],
    ['no JSON in the middle', () => `${part({ alg: 'RS256' })}.!!.x`, 'Form', 'Its second part is not base64url'],
    ['a list in the middle', () => `${part({})}.${part([])}.x`, 'Form', 'Its second part is not base64url'],
    [
      'a whole answer',
      async () => JSON.stringify(await tokenResponse()),
      'Form',
      'Paste the value of "access_token" out of it',
    ],
    [
      'a wrapped token',
      async () => (await made()).replace('.', '.\n'),
      'Form',
      'There are spaces or line breaks in it.',
    ],
    ['a refresh token', () => `v1.${'a'.repeat(64)}`, 'Form', 'This is a refresh token'],
    ['an opaque token of somebody', () => 'a.b.c.d.e', 'Form', 'This is an opaque token, in five parts'],
    [
      'an unsigned token',
      () => `${part({ alg: 'none' })}.${part({ iss: 'https://tenant.test/', aud: audience })}.`,
      'Algorithm',
      'It is not signed (alg “none”)',
    ],
    [
      'an ID token',
      () => made({ aud: 'local-spa', nonce: 'n' }),
      'Kind',
      'This is an ID token: it tells Single-page app who has logged in.',
    ],
    [
      'an ID token of a stranger',
      () => made({ aud: 'somebody', at_hash: 'x' }),
      'Kind',
      'This is an ID token: it tells an application',
    ],
    ['a proof', () => made({}, { typ: 'dpop+jwt' }), 'Kind', 'This is a DPoP proof'],
    [
      'another algorithm',
      () => `${part({ alg: 'HS256' })}.${part({ aud: audience })}.x`,
      'Algorithm',
      'signed with HS256',
    ],
    [
      'a changed token',
      async () => `${(await made()).slice(0, -8)}AAAAAAAA`,
      'Signature',
      'The signature does not fit',
    ],
    ['a key of another issuer', foreign, 'Signature', 'a key that is none of this tenant’s'],
    ['no key', () => made({}, { kid: undefined }), 'Signature', 'does not say which key'],
    ['no issuer', () => made({ iss: undefined }), 'Issuer', 'It does not say who has issued it'],
    [
      'an issuer without its slash',
      () => made({ iss: 'https://tenant.test' }),
      'Issuer',
      'Only the slash at the end is missing',
    ],
    [
      'an issuer by http',
      () => made({ iss: 'http://tenant.test/' }),
      'Issuer',
      'Only the scheme differs: http: instead of https:',
    ],
    [
      'an issuer elsewhere',
      () => made({ iss: 'https://example.eu.auth0.com/' }),
      'Issuer',
      'point the API to the other one',
    ],
    ['an issuer that is no URL', () => made({ iss: 'me' }), 'Issuer', 'An issuer is a URL.'],
    ['no audience', () => made({ aud: undefined }), 'Audience', 'It does not say which API it is for'],
    [
      'an audience with a slash too many',
      () => made({ aud: `${audience}/` }),
      'Audience',
      'It has a slash at the end that the API’s identifier does not have.',
    ],
    ['an audience in capitals', () => made({ aud: audience.toUpperCase() }), 'Audience', 'Only capital letters differ'],
    [
      'another API',
      () => made({ aud: 'https://tenant.test/api/v2/' }),
      'Audience',
      'That is Auth0 Management API, another API of this tenant',
    ],
    [
      'an unknown API',
      () => made({ aud: ['https://a.test', 'https://b.test'] }),
      'Audience',
      'No API of this tenant has that identifier.',
    ],
    ['a word instead of a token', () => 'undefined', 'Form', 'This is the word “undefined”'],
    ['a name that is no text', () => made({ jti: 7 }), 'Claims', '“jti” is not text.'],
    [
      'a malformed binding',
      () => made({ cnf: { jkt: 'x' } }),
      'Binding',
      'says something else than a SHA-256 thumbprint',
    ],
    ['/userinfo alone', () => made({ aud: 'https://tenant.test/userinfo' }), 'Audience', 'It is for /userinfo alone.'],
    ['no end', () => made({ exp: undefined }), 'Time', 'It does not say until when it is good'],
    ['its end', () => made({ exp: now() - 90 }), 'Time', 'It expired 1 minute 30 seconds ago.'],
    ['a later beginning', () => made({ nbf: now() + 7200 }), 'Time', 'It is good only in 2 hours.'],
    [
      'an issue in the future',
      () => made({ iat: now() + 120 }),
      'Time',
      'The clocks of whoever issued it and of this machine differ.',
    ],
  ])('%s', async (_, token, check, text) => {
    const { headline, checks } = await inspect(await token())
    expect(headline).toContain(`Messages API refuses this token. ${check}:`)
    expect(headline).toContain(text)
    expect(checks[check]).toBe('Refused')
    expect(Object.keys(checks)).toEqual(all)
    const failing = all.filter((name) => checks[name] === 'Refused')
    expect(failing[0]).toBe(check)
  })

  test('is named by the code that docs/errors.md has', async () => {
    expect((await inspect(await made({ aud: 'https://b.test' }))).headline).toContain('audience_refused')
    expect((await inspect(await made({ exp: now() - 90 }))).headline).toContain('token_expired')
  })

  test('with several mistakes lists them all', async () => {
    const { checks, headline } = await inspect(await made({ aud: 'https://b.test', exp: 1, iss: 'https://c.test/' }))
    expect(checks).toMatchObject({ Signature: 'OK', Issuer: 'Refused', Audience: 'Refused', Time: 'Refused' })
    expect(headline).toContain('Issuer:')
  })

  test('is checked against an identifier with a slash at its end', async () => {
    const api = changed({ identifier: `${audience}/` })
    expect((await inspect(await made(), api)).headline).toContain(
      'The API’s identifier has a slash at the end that it does not have.',
    )
  })

  test('is bound where the API requires it', async () => {
    changed({ proof_of_possession: { mechanism: 'dpop', required: true } })
    expect((await inspect(await made())).headline).toContain('It is a plain Bearer token, and this API requires DPoP.')
    expect((await inspect(await made({ cnf: { jkt: thumbprint } }))).headline).toContain('takes this token')
  })

  test('is signed with a key that was revoked', async () => {
    const token = await made()
    const { kid } = await open.tenant.keys.current()
    await open.tenant.keys.rotate()
    expect((await inspect(token)).words).toContain('Signed with the previous key of this tenant.')
    await open.tenant.keys.revoke(kid)
    expect((await inspect(token)).headline).toContain('its key was revoked')
  })

  test('is an opaque one of this tenant', async () => {
    const { makeAccessToken } = await import('../../src/tenant/access-token.js')
    const { tenant } = open
    const client = tenant.state.clients.get('local-spa')
    if (client === undefined) throw new Error('The seed has no single-page app.')
    const facts = { client, api: undefined, subject: 'auth0|ada', scopes: ['openid'], permissions: [] }
    const context = { ...tenant, servesFaults: false, strictClientScope: false, exchange: { profiles: {} } }
    const { token } = await makeAccessToken(facts, context)
    const { headline } = await inspect(token)
    expect(headline).toContain('this tenant gave it for auth0|ada')
    expect(headline).toContain('Ask for a token with the API’s identifier as "audience"')
  })
})

describe('an API with a secret of its own', () => {
  const secret = 'a-signing-secret-that-is-long-enough'
  const symmetric = (key: string) =>
    new SignJWT({ iss: open.tenant.issuer, aud: audience, exp: now() + 60, azp: 'x', scope: 'read:data' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(new TextEncoder().encode(key))

  test('is checked with it', async () => {
    changed({ signing_alg: 'HS256', signing_secret: secret })
    expect((await inspect(await symmetric(secret))).words).toContain('Signed with the secret of the API (HS256).')
    expect((await inspect(await symmetric('another-secret'))).headline).toContain('does not fit the secret of the API')
    expect((await inspect(await made())).headline).toContain('this says another algorithm')
  })

  test('shows the secret to nobody', async () => {
    changed({ signing_alg: 'HS256', signing_secret: secret })
    expect((await inspect(await symmetric(secret))).words).not.toContain(secret)
  })
})

async function foreign(): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256')
  const claims = { iss: open.tenant.issuer, aud: audience, exp: now() + 60 }
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'theirs' }).sign(privateKey)
}

describe('what an API takes, and may surprise', () => {
  test.each<readonly [name: string, claims: Claims, api: Partial<ResourceServer>, check: string, text: string]>([
    [
      'another dialect',
      {},
      { token_dialect: 'rfc9068_profile' },
      'Dialect',
      'It is in the dialect access_token; the API is set to rfc9068_profile.',
    ],
    [
      'no permissions claim',
      { permissions: undefined },
      {},
      'Dialect',
      'has a “permissions” claim where RBAC is on; this has none.',
    ],
    ['nothing allowed', { scope: undefined, permissions: [] }, {}, 'Permissions', 'It allows nothing'],
    [
      'only OpenID scopes',
      { scope: 'openid profile', permissions: [] },
      {},
      'Permissions',
      'RBAC is on: give the user the permission',
    ],
    [
      'nothing asked for',
      { scope: '', permissions: undefined },
      { enforce_policies: false },
      'Permissions',
      'Let the application ask for the permission in “scope”',
    ],
    [
      'an unknown permission',
      { scope: 'read:moon' },
      {},
      'Permissions',
      'read:moon: Messages API has no such permission by now.',
    ],
    [
      'more permissions than scope',
      { permissions: ['read:data', 'write:data'] },
      {},
      'Permissions',
      '“scope” has read:data; “permissions” has also write:data.',
    ],
    [
      'a bound token',
      { cnf: { jkt: thumbprint } },
      { proof_of_possession: { mechanism: 'mtls', required: false } },
      'Binding',
      'DPoP is set to “None” for this API by now.',
    ],
    ['a certificate', { cnf: { 'x5t#S256': thumbprint } }, {}, 'Binding', 'bound to something else than a DPoP key'],
  ])('%s', async (_, claims, api, check, text) => {
    const token = await made(claims)
    changed(api)
    const { headline, checks, words } = await inspect(token)
    expect(headline).toContain('takes this token')
    expect(checks[check]).toBe('Note')
    expect(words).toContain(text)
  })

  test('a token of the standard’s dialect without its claims', async () => {
    changed({ token_dialect: 'rfc9068_profile' })
    const token = await made({}, { typ: 'at+jwt' })
    expect((await inspect(token)).words).toContain('needs “client_id” and “jti”')
    const good = await made({ client_id: 'local-m2m', jti: 'x' }, { typ: 'application/at+jwt' })
    expect((await inspect(good)).checks).toMatchObject({ Dialect: 'OK' })
  })
})

describe('claims', () => {
  test('are explained one by one, and the header, too', async () => {
    const { user_id: sub } = userOf(open.tenant, 'ada@example.com')
    const org_id = open.tenant.state.organizations.list()[0]?.id
    const { words } = await inspect(await made({ sub, org_id, color: { red: 1 } }))
    for (const text of [
      `sub ${sub} The user ada@example.com.`,
      'azp local-m2m The application that got it: Machine to machine.',
      'in 59 minutes 59 seconds.',
      `org_id ${org_id} The organization that the user logged in to: Acme.`,
      'color {"red":1} A claim of the application’s own.',
      'alg RS256 The algorithm of the signature.',
    ])
      expect(words.replaceAll('in 1 hour.', 'in 59 minutes 59 seconds.')).toContain(text)
  })

  test('that are markup or nonsense are text', async () => {
    const token = await made({ sub: '<script>alert(1)</script>', exp: 8.64e15, constructor: 'x', nbf: 1 })
    const { html, status } = await open.submit('/console/inspector', { token, api: apiOf(open.tenant).id })
    expect(status).toBe(200)
    expect(html).not.toContain('<script>alert')
    expect(wordsIn(html)).toContain('Expires, but it is not a time.')
  })
})

describe('the form', () => {
  test.each<readonly [fields: Record<string, string>, problem: string]>([
    [{ token: ' ', api: 'x' }, 'Paste a token here.'],
    [{ token: 'x', api: '' }, 'Choose an API.'],
  ])('%j is refused', async (fields, problem) => {
    const { status, html } = await open.submit('/console/inspector', fields)
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain(problem)
  })

  test('keeps the token and the choice, and leads to no address with it', async () => {
    const { id } = apiOf(open.tenant, 'https://tenant.test/api/v2/')
    const { html } = await open.submit('/console/inspector', { token: 'my-pasted-token', api: id })
    expect(html).toMatch(/<textarea[^>]*>my-pasted-token<\/textarea>/)
    expect(html).toContain(`<option value="${id}" selected`)
    expect(html).not.toMatch(/(?:href|action|src)="[^"]*my-pasted-token/)
    expect(JSON.stringify(open.tenant.log.list())).not.toContain('my-pasted-token')
  })

  test('takes no more than it can hold', async () => {
    expect((await open.submit('/console/inspector', { token: 'x'.repeat(300_000) })).status).toBe(400)
  })
})
