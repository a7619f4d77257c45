import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import { defaultSeed } from '../../src/tenant/default-seed.js'
import { runCli } from '../support/cli.js'
import { accessTokenFor, tokensFor } from '../support/login.js'
import { textOf } from '../support/token-requests.js'

const audience = 'https://api.example.com'

let tenant: Tenant
let folder: string

beforeAll(async () => {
  tenant = await startTenant({
    port: 0,
    seed: {
      ...defaultSeed,
      applications: [
        ...(defaultSeed.applications ?? []),
        { name: 'Page', type: 'spa', clientId: 'page', callbacks: ['https://app.test/callback'] },
      ],
    },
  })
})
afterAll(() => tenant.close())

/** A project as `init` leaves it. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-mistakes-'))
  await writeFile(join(folder, 'package.json'), '{"name":"api","type":"module"}')
  await run('init', '--mode', 'local', '--domain', tenant.domain, '--starter', '--framework', 'fastify')
  await edit('package.json', (text) => {
    const scripts = { start: 'tsx --env-file=.env server.ts' }
    return JSON.stringify({ ...JSON.parse(text), scripts, dependencies: { fastify: '5', sallyport: '1' } })
  })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const run = (...parameters: readonly string[]) => runCli(parameters, { cwd: folder })

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const path = join(folder, file)
  const before = await readFile(path, 'utf8')
  const after = change(before)
  expect(after).not.toBe(before)
  await writeFile(path, after)
}

const replace = (what: string, by: string) => (text: string) => text.replace(what, by)
const first = (line: string) => (text: string) => `${line}\n${text}`

interface Named {
  readonly code: string
  readonly where?: string
  readonly fix: { readonly text: string; readonly command?: string }
}

async function found(): Promise<readonly Named[]> {
  return JSON.parse((await run('doctor', '--json')).stdout).data.findings
}

interface Mistake {
  readonly mistake: string
  readonly plant: () => Promise<void>
  readonly code: string
  readonly where: string
  readonly mend: RegExp
}

const guard = '{ onRequest: auth0.requireAuth() }, async (request) => ({ user: request.auth.claims.sub })'

/** The list of common mistakes of the skill, in its order; the one about ID tokens is the second test's. */
const mistakes: readonly Mistake[] = [
  {
    mistake: 'domain or audience in the source',
    plant: () => edit('server.ts', replace('createAuth()', "createAuth({ domain: 'acme.eu.auth0.com' })")),
    code: 'hardcoded-config',
    where: 'server.ts:5:36',
    mend: /environment/,
  },
  {
    mistake: 'own JWT code',
    plant: async () => {
      await edit('server.ts', first("import { jwtVerify } from 'jose'"))
      await edit('server.ts', (text) => `${text}export const check = (token, keys) => jwtVerify(token, keys)\n`)
    },
    code: 'raw-jwt-verify',
    where: 'server.ts:30:39',
    mend: /requireAuth/,
  },
  {
    mistake: 'own parsing of Authorization',
    plant: () =>
      edit('server.ts', replace(guard, "async (request) => ({ token: request.headers.authorization?.split(' ')[1] })")),
    code: 'manual-bearer',
    where: 'server.ts:13:54',
    mend: /requireAuth/,
  },
  {
    mistake: 'decoding instead of verifying',
    plant: async () => {
      await edit('server.ts', first("import { decodeJwt } from 'jose'"))
      await edit('server.ts', replace(guard, 'async (request) => decodeJwt(String(request.query))'))
    },
    code: 'decode-not-verify',
    where: 'server.ts:14:44',
    mend: /requireAuth/,
  },
  {
    mistake: 'a login SDK in an API',
    plant: () => edit('package.json', replace('"fastify":"5"', '"fastify":"5","express-openid-connect":"2"')),
    code: 'wrong-sdk',
    where: 'package.json:1:',
    mend: /sallyport/,
  },
  {
    mistake: 'an application instead of an API',
    plant: () => edit('.env', replace(audience, 'aZ3kQ9xLw7Rt2Vb5Nm8Yp1aZ3kQ9xLw7')),
    code: 'audience-is-client-id',
    where: '.env:2:1',
    mend: /[Ii]dentifier/,
  },
  {
    mistake: 'https:// in the domain',
    plant: () => edit('.env', replace('AUTH0_DOMAIN=', 'AUTH0_DOMAIN=https://')),
    code: 'domain-format',
    where: '.env:1:1',
    mend: /host/,
  },
  {
    mistake: 'no CORS, with a browser client',
    plant: () => edit('package.json', replace('"fastify":"5"', '"fastify":"5","react-dom":"19"')),
    code: 'cors-missing',
    where: 'server.ts:6:13',
    mend: /CORS/,
  },
  {
    mistake: 'variables not loaded',
    plant: () => edit('package.json', replace('tsx --env-file=.env', 'tsx')),
    code: 'env-not-loaded',
    where: 'server.ts:5:15',
    mend: /--env-file/,
  },
]

describe('the common mistakes, planted one at a time', () => {
  test('are not there to begin with', async () => {
    expect(await found()).toEqual([])
  })

  test.each(mistakes)('$mistake: doctor says $code', async ({ plant, code, where, mend }) => {
    await plant()
    const named = (await found()).find((one) => one.code === code)
    expect(named?.where?.startsWith(where), named?.where).toBe(true)
    expect(`${named?.fix.text} ${named?.fix.command ?? ''}`).toMatch(mend)
  })

  test('an ID token sent: explain says token_type_refused, and what to send', async () => {
    const redirect_uri = 'https://app.test/callback'
    const idToken = textOf(await tokensFor(tenant, { fields: { redirect_uri, audience } }), 'id_token')
    const explained = await runCli(['explain'], { cwd: folder, input: idToken })
    expect(explained.code).toBe(1)
    expect(explained.stdout).toMatch(/ID token/)
    expect(explained.stdout).toMatch(/access token/)
    const accessToken = await accessTokenFor(tenant, { fields: { redirect_uri, audience } })
    expect((await runCli(['explain'], { cwd: folder, input: accessToken })).code).toBe(0)
  })
})
