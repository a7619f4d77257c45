import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import { type BrowserApi, startBrowserApi } from '../support/browser-api.js'
import {
  apiOf,
  audience,
  bodyOf,
  type ConsoleClient,
  clientOf,
  type Fields,
  openConsole,
  the,
  userOf,
  wordsIn,
} from './support/console-client.js'

let open: ConsoleClient

beforeAll(async () => {
  open = await openConsole()
})

beforeEach(() => open.reset())

const path = () => `/console/apis/${apiOf(open.tenant).id}/test`
const forClient = { as: 'client', client: 'local-m2m', mode: 'bearer', url: 'http://localhost:3000/' }
const forUser = (email: string, changed: Fields = {}): Fields => ({
  as: 'user',
  user: userOf(open.tenant, email).user_id,
  login: 'local-spa',
  permissions: ['read:messages', 'delete:data'],
  mode: 'bearer',
  url: 'http://localhost:3000/',
  ...changed,
})

function blockIn(html: string, id: string): string {
  return wordsIn(the(new RegExp(`<pre id="${id}">([\\s\\S]*?)</pre>`).exec(html)?.[1]))
}

async function claimsIn(html: string) {
  const keySet = createLocalJWKSet({ keys: [...(await open.tenant.keys.published())] })
  return (await jwtVerify(blockIn(html, 'token'), keySet, { issuer: open.tenant.issuer, audience })).payload
}

describe('a token for an application', () => {
  test('is the one that the token endpoint gives', async () => {
    const { status, html } = await open.submit(path(), forClient)
    expect(status).toBe(200)
    const { iat: _, exp: __, ...claims } = await claimsIn(html)
    const body = bodyOf({
      grant_type: 'client_credentials',
      client_id: 'local-m2m',
      client_secret: 'local-m2m-secret',
      audience,
    })
    const answer = await open.tenant.fetch('https://tenant.test/oauth/token', { method: 'POST', body })
    const { access_token } = (await answer.json()) as { access_token: string }
    const { iat: ___, exp: ____, ...expected } = decodeJwt(access_token)
    expect(claims).toEqual(expected)
    expect(wordsIn(html)).toContain('Good for 1 day')
  })

  test('can be chosen for those with a secret and a grant alone', async () => {
    const { state } = open.tenant
    const spa = { id: 'cgr_x', client_id: 'local-spa', audience, scope: [], subject_type: 'client' } as const
    state.clientGrants.put(spa)
    const options = /<select[^>]*name="client"[\s\S]*?<\/select>/.exec((await open.get(path())).html)?.[0]
    expect(options).toContain('local-m2m')
    expect(options).not.toContain('local-spa')
    expect(options).not.toContain('local-web')
    state.clientGrants.put({ ...spa, client_id: 'local-web' })
    expect((await open.get(path())).html).toMatch(/<option value="local-web"/)
  })

  test('says the next step where no application has a grant', async () => {
    for (const { id } of open.tenant.state.clientGrants.list()) open.tenant.state.clientGrants.delete(id)
    expect(wordsIn((await open.get(path())).html)).toContain('No application may use this API yet.')
  })

  test('says why there is none, and what to do', async () => {
    const { status, html } = await open.submit(path(), { ...forClient, client: 'local-web' })
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain('No token: Client is not authorized to access')
    expect(wordsIn(html)).toContain('let it use this API under “API access”')
  })
})

describe('a token for a user', () => {
  test('has what was asked for and what the user may', async () => {
    const { html } = await open.submit(path(), forUser('ada@example.com'))
    expect(await claimsIn(html)).toMatchObject({
      sub: userOf(open.tenant, 'ada@example.com').user_id,
      azp: 'local-spa',
      scope: 'read:messages delete:data',
    })
    expect(wordsIn(html)).not.toContain('Left out')
  })

  test('says what was left out', async () => {
    const { html } = await open.submit(path(), forUser('rob@example.com'))
    expect(await claimsIn(html)).toMatchObject({ scope: 'read:messages', permissions: ['read:messages'] })
    expect(wordsIn(html)).toContain('Left out: delete:data')
  })

  test('keeps the marks that were set', async () => {
    const { html } = await open.submit(path(), forUser('rob@example.com'))
    expect(html).toMatch(/value="delete:data" checked/)
    expect(html).not.toMatch(/value="write:data" checked/)
  })

  test('is not for somebody who is blocked', async () => {
    open.tenant.state.users.put({ ...userOf(open.tenant, 'rob@example.com'), blocked: true })
    const { status, html } = await open.submit(path(), forUser('rob@example.com'))
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain('No token: user is blocked')
  })
})

describe('the curl line', () => {
  test('has the token, and quotes the address', async () => {
    const url = "http://localhost:3000/it's?a=1&b=$HOME"
    const { html } = await open.submit(path(), { ...forClient, url })
    const line = blockIn(html, 'curl')
    const { stdout } = await promisify(execFile)('sh', ['-c', `curl() { printf '%s\\n' "$@"; }; ${line}`])
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      '-i',
      new URL(url).href,
      '-H',
      `Authorization: Bearer ${blockIn(html, 'token')}`,
    ])
  })

  test.each(['localhost:3000', 'ftp://localhost/', 'http://', 'http://a b', ''])('%j is no address', async (url) => {
    const { status, html } = await open.submit(path(), { ...forClient, url })
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain('http://localhost:3000/messages.')
    // Beside the field of the form that was sent, not of the other one.
    expect(html.match(/class="problem"/g)).toHaveLength(1)
  })
})

describe('DPoP', () => {
  test('is not given where the API has none, and the page says so', async () => {
    const { proof_of_possession: _, ...api } = apiOf(open.tenant)
    open.tenant.state.resourceServers.put(api)
    const { html } = await open.submit(path(), { ...forClient, mode: 'dpop' })
    expect(await claimsIn(html)).not.toHaveProperty('cnf')
    expect(wordsIn(html)).toContain('A plain Bearer token, although you asked for DPoP')
  })

  test('is what the form begins with where the API requires it', async () => {
    const dpop = { mechanism: 'dpop', required: true } as const
    open.tenant.state.resourceServers.put({ ...apiOf(open.tenant), proof_of_possession: dpop })
    expect((await open.get(path())).html).toMatch(/value="dpop" checked/)
    const { status, html } = await open.submit(path(), forClient)
    expect(status).toBe(422)
    expect(wordsIn(html)).toContain('No token: A DPoP proof is required.')
  })

  test('is offered beside a Bearer token', async () => {
    const { html } = await open.submit(path(), forClient)
    expect(wordsIn(html)).toContain('the API then needs a proof per request')
  })
})

describe('over a real API', () => {
  let tenant: Tenant
  let api: BrowserApi

  beforeAll(async () => {
    tenant = await startTenant({ port: 0 })
    api = await startBrowserApi({ domain: tenant.domain, audience })
  })

  afterAll(async () => {
    await api.close()
    await tenant.close()
  })

  async function tokenPage(fields: Fields): Promise<string> {
    const { origin } = new URL(tenant.issuer)
    const answer = await fetch(`${origin}/console/apis/${apiOf(tenant).id}/test`, {
      method: 'POST',
      headers: { origin },
      body: bodyOf(fields),
    })
    return answer.text()
  }

  test('the program for a bound token makes a proof that is good, with the nonce that the API wants', async () => {
    const fields = { ...forClient, mode: 'dpop', url: `${api.url}/dpop?page=1` }
    const program = the(/<pre id="program">([\s\S]*?)<\/pre>/.exec(await tokenPage(fields))?.[1])
    const text = program
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', text])
    const { stdout } = await run
    expect(stdout).toContain('200 ')
    expect(JSON.parse(stdout.slice(4))).toEqual({ sub: 'local-m2m@clients', scheme: 'DPoP' })
    expect(api.answers.slice(-2)).toEqual(['GET /dpop?page=1 401', 'GET /dpop?page=1 200'])
  })

  test('a Bearer token for a user opens a route', async () => {
    const { user_id: user } = userOf(tenant, 'rob@example.com')
    const html = await tokenPage({
      ...forClient,
      as: 'user',
      user,
      login: clientOf(tenant, 'Web app').client_id,
      permissions: 'read:messages',
    })
    const answer = await fetch(`${api.url}/bearer`, { headers: { authorization: `Bearer ${blockIn(html, 'token')}` } })
    expect([answer.status, await answer.json()]).toEqual([200, { sub: user, scheme: 'Bearer' }])
  })
})
