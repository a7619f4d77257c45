import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createResourceServer, RequestRefused } from 'sallyport'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import { runCli } from '../support/cli.js'
import { createProofKey } from '../support/proofs.js'
import { audience, type ExplainBench, openExplainBench, type Sent, url } from './explain-bench.js'

let bench: ExplainBench

beforeAll(async () => {
  bench = await openExplainBench()
})

afterAll(() => bench.close())

type Claims = Readonly<Record<string, unknown>>

async function checkOf(name: string, sent: Sent, further: readonly string[] = []) {
  const { data } = await bench.explain(sent, further)
  const check = data.checks.find((one) => one.name === name)
  return `${check?.verdict}: ${check?.text} → ${check?.advice}`
}

describe('explains by the options of the API', () => {
  test('--dpop', async () => {
    const token = await bench.issuer.token()
    const codes = await Promise.all(
      ['allowed', 'required'].map(async (mode) => (await bench.explain({ token }, ['--dpop', mode])).data.code),
    )
    expect(codes).toEqual([null, 'token_not_bound'])
    const bound = await bench.client.token()
    const proof = await bench.client.proof({ method: 'GET', url, token: bound })
    const sent: Sent = { token: bound, scheme: 'DPoP', proof }
    expect((await bench.explain(sent, ['--dpop', 'disabled'])).data.code).toBe('bound_token_as_bearer')
  })

  test('--algorithms', async () => {
    const { data } = await bench.explain({ token: await bench.issuer.token() }, ['--algorithms', 'PS256 ES256'])
    expect(data.code).toBe('algorithm_refused')
    expect(data.checks.find(({ name }) => name === 'Algorithm')?.text).toContain('The API takes PS256 and ES256')
  })
})

describe('says what to do about', () => {
  test.each<readonly [name: string, claims: Claims, check: string, texts: readonly string[]]>([
    ['another tenant', { iss: 'https://other.eu.auth0.com/' }, 'Issuer', ['not from http://localhost:']],
    ['an audience with a slash', { aud: `${audience}/` }, 'Audience', ['has a slash at the end']],
    ['an audience with a slip', { aud: 'https://apis.test' }, 'Audience', [`Nearly the same as ${audience}`]],
    ['the Management API', { aud: 'https://t.eu.auth0.com/api/v2/' }, 'Audience', ['Auth0’s Management API']],
    [
      'another API',
      { aud: 'https://elsewhere.example/orders' },
      'Audience',
      [`Ask for a token with “audience” ${audience}`],
    ],
    ['a time in milliseconds', { exp: Date.now() + 1e9 }, 'Time', ['in milliseconds; it has to be in seconds']],
    ['an organization', { org_id: 'org_1', org_name: 'acme' }, 'Organization', ['Issued in the organization acme.']],
    ['a delegation', { act: { sub: 'agent', act: { sub: 'page' } } }, 'Delegation', ['agent, on behalf of page']],
    ['a machine', { gty: 'client-credentials' }, 'Kind', ['no user is involved']],
  ])('%s', async (_, claims, name, texts) => {
    const said = await checkOf(name, { token: await bench.issuer.token(claims) })
    for (const text of texts) expect(said).toContain(text)
  })

  test.each<readonly [name: string, claims: Claims, requirement: Sent['requirement'], texts: readonly string[]]>([
    [
      'an application without the grant',
      { gty: 'client-credentials', scope: 'a' },
      { scopes: 'a b' },
      ['It lacks b. The route needs a, b; “scope” has a.', 'Add b to the grant'],
    ],
    [
      'a scope that was not asked for',
      { scope: 'a', permissions: ['a', 'b'] },
      { scopes: 'b' },
      ['“permissions” has a, b.', 'the application did not ask for it: put b into “scope”'],
    ],
    ['a user without the right', { scope: 'a' }, { scopes: 'b' }, ['the user needs a role', 'the user’s consent']],
    [
      'RBAC that is off',
      { scope: 'b' },
      { permissions: 'b' },
      ['there is no “permissions” claim, “scope” has b.', 'Turn on RBAC and “Add Permissions in the Access Token”'],
    ],
    [
      'a member without a role',
      { permissions: [], org_id: 'org_1' },
      { permissions: 'b' },
      ['there the roles of the member count'],
    ],
    ['a user without the role', { permissions: ['a'] }, { permissions: 'b' }, ['Give the user a role with b.']],
  ])('%s', async (_, claims, requirement, texts) => {
    const name = requirement?.permissions === undefined ? 'Scope' : 'Permissions'
    const said = await checkOf(name, { token: await bench.issuer.token(claims), requirement: requirement ?? {} })
    for (const text of texts) expect(said).toContain(text)
  })

  const machine = { gty: 'client-credentials', azp: 'worker', scope: 'a' }
  test.each<readonly [name: string, claims: Claims, requirement: Sent['requirement'], page: string, place: string]>([
    ['Scope', machine, { scopes: 'b' }, 'applications/worker/access', 'Machine to Machine Applications'],
    ['Permissions', { scope: 'b' }, { permissions: 'b' }, 'apis', 'Settings'],
  ])('%s, in the console of a local tenant, in the Dashboard of another', async (name, claims, wanted, page, place) => {
    const sent = { token: await bench.issuer.token(claims), requirement: wanted ?? {} }
    expect(await checkOf(name, sent)).toContain(`(http://${bench.issuer.domain}/console/${page}`)
    const elsewhere = await checkOf(name, sent, ['--offline', '--domain', 't.eu.auth0.com'])
    expect(elsewhere).toContain(`(Auth0 Dashboard: Applications → APIs → ${place}`)
  })

  test('a copy that was cut off', async () => {
    const said = await checkOf('Signature', { token: (await bench.issuer.token()).slice(0, -42) })
    expect(said).toContain('The signature has 225 bytes instead of 256: the copy was cut off.')
  })

  test('a token that is plain though a proof was sent for it', async () => {
    const token = await bench.issuer.token()
    const proof = await bench.client.proof({ url, token })
    expect(await checkOf('Binding', { token, proof })).toContain('the API is set to take none')
  })

  test('a proxy between the client and the API', async () => {
    const token = await bench.client.token()
    const proof = await bench.client.proof({ url: 'http://localhost:3000/messages', token })
    const said = await checkOf('Proof URL', { token, proof })
    expect(said).toContain(
      'It is for http://localhost:3000/messages, and the request goes to https://api.test/messages',
    )
    expect(said).toContain('docs/behind-a-proxy.md')
  })

  test('a request that nobody has told about', async () => {
    const token = await bench.client.token()
    await bench.file('alone.txt', `DPoP: ${await bench.client.proof({ url, token })}\n`)
    const { data, code } = await bench.explain({ token }, ['--proof-file', 'alone.txt'])
    const unknown = data.checks.filter(({ verdict }) => verdict === 'unknown').map(({ name }) => name)
    expect(unknown).toEqual(['Proof method', 'Proof URL'])
    expect({ verdict: data.verdict, code }).toEqual({ verdict: 'accepted', code: 0 })
  })
})

describe('issuers that are mistaken for each other', () => {
  const explain = async (domain: string, iss: string) => {
    const token = await bench.issuer.token({ iss })
    return checkOf('Issuer', { token }, ['--offline', '--domain', domain])
  }
  test.each([
    ['a slash', 't.eu.auth0.com', 'https://t.eu.auth0.com', 'Only the slash at the end is missing'],
    ['http', 't.eu.auth0.com', 'http://t.eu.auth0.com/', 'Only the scheme differs: http: instead of https:'],
    ['a region', 't.eu.auth0.com', 'https://t.us.auth0.com/', 'in another region. Set AUTH0_DOMAIN=t.us.auth0.com'],
    ['another tenant', 't.eu.auth0.com', 'https://s.eu.auth0.com/', 'That is another tenant.'],
    ['a custom domain', 't.eu.auth0.com', 'https://login.example.com/', 'Perhaps the tenant has a custom domain'],
    ['a port', 'localhost:4490', 'http://localhost:4491/', 'a tenant on another port'],
    ['a path', 'login.example.com', 'https://login.example.com/realms/x', 'the path differs'],
    ['capitals', 'login.example.com', 'https://Login.example.com/', 'Only capital letters differ'],
    ['no URL', 'login.example.com', 'login.example.com', 'An issuer is a URL.'],
  ])('%s', async (_, domain, iss, text) => {
    const said = await explain(domain, iss)
    expect(said).toContain('fails: ')
    expect(said).toContain(text)
  })
})

describe('tokens of the local tenant', () => {
  let tenant: Tenant

  beforeAll(async () => {
    tenant = await startTenant({ port: 0 })
  })

  afterAll(() => tenant.close())

  async function answer(headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'local-m2m',
      client_secret: 'local-m2m-secret',
      audience: 'https://api.example.com',
    })
    return (await fetch(`${tenant.issuer}oauth/token`, { method: 'POST', body, headers })).text()
  }

  const explain = async (input: string, env: Readonly<Record<string, string>> = {}, further: readonly string[] = []) =>
    runCli(['explain', ...further], {
      cwd: '/',
      input,
      env: { AUTH0_DOMAIN: tenant.domain, AUTH0_AUDIENCE: 'https://api.example.com', ...env },
    })

  /** The code that a Sallyport API of this tenant answers with; `undefined`: it lets the request in. */
  async function ask(
    authorization: string,
    { dpop, api = 'https://api.example.com' }: { dpop?: string; api?: string } = {},
  ) {
    const server = createResourceServer({ domain: tenant.domain, audience: api })
    try {
      const headers = { authorization, ...(dpop === undefined ? {} : { dpop }) }
      await server.authenticate({ method: 'GET', url: 'https://api.example.com/orders', headers })
      return undefined
    } catch (error) {
      return error instanceof RequestRefused ? error.code : error
    } finally {
      server.close()
    }
  }

  test.each([
    ['allowed', undefined],
    ['none', 'token_not_bound'],
  ] as const)('that were got with a proof, from an API with DPoP %s', async (mode, code) => {
    const api = tenant.state.resourceServers.list().find(({ identifier }) => identifier === 'https://api.example.com')
    if (api === undefined) throw new Error('The seed has no API.')
    const { proof_of_possession: _, ...without } = api
    if (mode === 'none') tenant.state.resourceServers.put(without)
    const key = await createProofKey(tenant)
    const { access_token: token } = JSON.parse(await answer({ dpop: await key.prove() })) as { access_token: string }
    tenant.state.resourceServers.put(api)
    const url = 'https://api.example.com/orders'
    const ath = createHash('sha256').update(token).digest('base64url')
    const dpop = await key.prove({ claims: { htm: 'GET', htu: url, ath } })
    const proof = join(bench.folder, await bench.file('tenant-proof.txt', dpop))
    const parameters = ['--scheme', 'dpop', '--proof-file', proof, '--method', 'GET', '--url', url]
    const { stdout, code: exit } = await explain(token, {}, parameters)
    expect(await ask(`DPoP ${token}`, { dpop })).toBe(code)
    if (code !== undefined) expect(stdout).toContain(` · ${code} · `)
    expect(exit).toBe(code === undefined ? 0 : 1)
  })

  test('are taken, and every claim is explained', async () => {
    const { stdout, code } = await explain(await answer())
    expect(stdout).toMatch(/^✓ https:\/\/api\.example\.com takes this token\.\n/)
    for (const text of [
      '✓ Signature',
      '✓ Sallyport',
      'Header:',
      'Claims:',
      'Which APIs may take it.',
      'local-m2m@clients',
    ])
      expect(stdout).toContain(text)
    expect(code).toBe(0)
  })

  test('are refused by another API, with the mend under the check', async () => {
    const given = await answer()
    const { stdout, code } = await explain(given, { AUTH0_AUDIENCE: 'https://api.example.com/' })
    const { access_token: token } = JSON.parse(given) as { access_token: string }
    expect(await ask(`Bearer ${token}`, { api: 'https://api.example.com/' })).toBe('audience_refused')
    expect(await ask(`Bearer ${token}`)).toBeUndefined()
    expect(stdout).toMatch(/^✗ https:\/\/api\.example\.com\/ refuses this token\. Audience: /)
    expect(stdout).toContain('401 invalid_token · audience_refused · docs/errors.md#audience_refused')
    expect(stdout).toMatch(/✗ Audience .*\(audience_refused\)\n +→ The API’s identifier has a slash at the end/)
    expect(code).toBe(1)
  })

  test('are older than its keys after a change of keys', async () => {
    const token = await answer()
    const { kid } = await tenant.keys.current()
    await tenant.keys.rotate()
    expect((await explain(token)).code).toBe(0)
    await tenant.keys.revoke(kid)
    expect((await explain(token)).stdout).toContain('401 invalid_token · key_unknown')
  })

  test('are too early for a clock that is behind', async () => {
    tenant.clock.skew(600)
    const { stdout } = await explain(await answer())
    tenant.clock.skew(0)
    expect(stdout).toContain('It is good only in ')
    expect(stdout).toContain('token_not_yet_valid')
  })
})
