import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createTestKey } from 'sallyport/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { cliManagement } from '../../src/cli/doctor/network/auth0-cli.js'
import { networkRules } from '../../src/cli/doctor/network/rules.js'
import { startTenant, type Tenant, type TenantSeed } from '../../src/index.js'
import type { ResourceServer } from '../../src/tenant/model.js'
import { newClient, newResourceServer } from '../../src/tenant/new-entities.js'
import { runCli } from '../support/cli.js'
import { serveOn, silentHost } from './doctor-network-server.js'
import { type Files, findingsIn, folderWith, linesIn } from './doctor-surroundings-folder.js'

const identifier = 'https://api.example.com'
const folders: string[] = []

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AUTH0_')) vi.stubEnv(name, undefined)
})
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function projectFor(domain: string, changed: Files = {}, ...lines: readonly string[]): Promise<string> {
  const own = lines.length > 0 ? lines : [`AUTH0_AUDIENCE=${identifier}`]
  const folder = await folderWith({ '.env': `${[`AUTH0_DOMAIN=${domain}`, ...own].join('\n')}\n`, ...changed })
  folders.push(folder)
  return folder
}

describe('doctor, an issuer that fails', () => {
  interface Wrong {
    readonly does: string
    readonly answer: (response: ServerResponse, path: string, issuer: string) => void
    readonly finds: readonly string[]
    readonly says: RegExp
  }

  const unseen = 'info tenant-settings-unseen'
  let goodKey: object

  const json = (response: ServerResponse, body: object, headers = {}) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

  /** Right in every way. */
  function good(response: ServerResponse, path: string, issuer: string, headers = {}): void {
    if (path.endsWith('jwks.json')) json(response, { keys: [goodKey] }, headers)
    else json(response, { issuer, jwks_uri: `${issuer}.well-known/jwks.json` }, headers)
  }

  const wrong: readonly Wrong[] = [
    {
      does: 'is no issuer',
      answer: (response) => void response.writeHead(404).end(),
      finds: ['error discovery-failed .env:1:1'],
      says: /it answers with status 404/,
    },
    {
      does: 'serves a page',
      answer: (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
      finds: ['error discovery-failed .env:1:1'],
      says: /is not JSON/,
    },
    {
      does: 'serves half a document',
      answer: (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
      finds: ['error discovery-failed .env:1:1'],
      says: /not a JSON object/,
    },
    {
      does: 'redirects',
      answer: (response) => void response.writeHead(302, { location: 'https://example.com' }).end(),
      finds: ['error discovery-failed .env:1:1'],
      says: /redirects/,
    },
    {
      does: 'hangs up',
      answer: (response) => void response.destroy(),
      finds: ['error discovery-failed .env:1:1'],
      says: /the connection failed/,
    },
    {
      does: 'never answers',
      answer: () => {},
      finds: ['error discovery-failed .env:1:1'],
      says: /no answer within 5 s/,
    },
    {
      does: 'names another issuer',
      answer: (response, path) => good(response, path, 'https://tenant.eu.auth0.com/'),
      finds: ['error issuer-mismatch .env:1:1'],
      says: /"https:\/\/tenant\.eu\.auth0\.com\/" instead of "http:\/\/localhost:\d+\/"/,
    },
    {
      does: 'has no keys',
      answer: (response, path, issuer) =>
        path.endsWith('jwks.json') ? json(response, { keys: [] }) : good(response, path, issuer),
      finds: ['error keys-unusable .env:1:1'],
      says: /no key of its key set is for signatures/,
    },
    {
      does: 'has keys for encryption only',
      answer: (response, path, issuer) =>
        path.endsWith('jwks.json')
          ? json(response, { keys: [{ ...goodKey, use: 'enc' }] })
          : good(response, path, issuer),
      finds: ['error keys-unusable .env:1:1'],
      says: /no key of its key set is for signatures/,
    },
    {
      does: 'fails where its keys are',
      answer: (response, path, issuer) =>
        path.endsWith('jwks.json') ? void response.writeHead(500).end() : good(response, path, issuer),
      finds: ['error keys-unusable .env:1:1'],
      says: /status 500/,
    },
    {
      does: 'has its keys elsewhere',
      answer: (response, _, issuer) => json(response, { issuer, jwks_uri: 'https://keys.example.com/jwks.json' }),
      finds: ['error keys-unusable .env:1:1'],
      says: /another host/,
    },
    {
      does: 'has a clock that is ahead',
      answer: (response, path, issuer) => good(response, path, issuer, { date: dateIn(120) }),
      finds: ['warning clock-skew', unseen],
      says: /is 1(19|20) s behind that of localhost/,
    },
    {
      does: 'has a clock that is behind',
      answer: (response, path, issuer) => good(response, path, issuer, { date: dateIn(-300) }),
      finds: ['warning clock-skew', unseen],
      says: /is 30[01] s ahead of that of localhost/,
    },
    {
      does: 'has an old answer in a cache',
      answer: (response, path, issuer) => good(response, path, issuer, { date: dateIn(-300), age: '300' }),
      finds: [unseen],
      says: /no application with a known secret/,
    },
  ]

  beforeAll(async () => {
    goodKey = (await createTestKey('RS256')).publicJwk
  })

  it.each(wrong)('names one that $does', async ({ answer, finds, says }) => {
    const server = await serveOn((request, response) =>
      answer(response, request.url ?? '', `http://${request.headers.host}/`),
    )
    try {
      const folder = await projectFor(server.host)
      const findings = await findingsIn(folder, networkRules)
      expect(await linesIn(folder, networkRules)).toEqual(finds)
      expect(findings[0]?.message).toMatch(says)
    } finally {
      await server.close()
    }
  })

  it('starts the local tenant where nothing listens', async () => {
    const host = await silentHost()
    const findings = await findingsIn(await projectFor(host), networkRules)
    expect(findings).toMatchObject([
      { code: 'discovery-failed', mend: { command: `npx sallyport dev --port ${host.split(':')[1]}` } },
    ])
  })

  it('names a host that there is not', async () => {
    const folder = await projectFor('no-such-tenant.invalid')
    expect(await linesIn(folder, networkRules)).toEqual(['error domain-unknown .env:1:1'])
  })

  it.each(['', 'not a domain', 'https://tenant.eu.auth0.com/path'])(
    'asks nobody for the domain "%s"',
    async (domain) => {
      expect(await linesIn(await projectFor(domain), networkRules)).toEqual([])
    },
  )

  it('asks once for all rules', async () => {
    const asked: string[] = []
    const server = await serveOn((request, response) => {
      asked.push(request.url ?? '')
      good(response, request.url ?? '', `http://${request.headers.host}/`)
    })
    await findingsIn(await projectFor(server.host), networkRules)
    await server.close()
    expect(asked.filter((path) => path.startsWith('/.well-known')).length).toBe(2)
  })
})

function dateIn(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toUTCString()
}

describe('doctor, what the tenant has', () => {
  let tenant: Tenant
  let api: ResourceServer

  beforeAll(async () => {
    tenant = await startTenant({ port: 0 })
    const client = newClient({ name: 'Without a grant', app_type: 'non_interactive' })
    tenant.state.clients.put({ ...client, client_id: 'ungranted', client_secret: 'its-secret' })
    const found = tenant.state.resourceServers.list().find((one) => one.identifier === identifier)
    if (found === undefined) throw new Error('The default seed has another API.')
    api = found
  })
  afterEach(() => void tenant.state.resourceServers.put(api))
  afterAll(() => tenant.close())

  const app = (options: string): Files => ({
    'src/app.ts': `import { createAuth } from 'sallyport/fastify'\nexport const auth0 = createAuth({ ${options} })\n`,
  })

  interface Case {
    readonly does: string
    readonly lines?: readonly string[]
    readonly files?: Files
    readonly changed?: Partial<ResourceServer>
    readonly finds: readonly string[]
    readonly says?: RegExp
  }

  const cases: readonly Case[] = [
    { does: 'finds nothing in the clean project', finds: [] },
    {
      does: 'names an API that is not there, and one that is',
      lines: ['AUTH0_AUDIENCE=https://api.exampel.com'],
      finds: ['error api-missing .env:2:1'],
      says: /It has "https:\/\/api\.example\.com"\./,
    },
    {
      does: 'knows the name of an API',
      lines: ['AUTH0_AUDIENCE="Messages API"'],
      finds: ['error api-missing .env:2:1'],
      says: /It is the name of one: "https:\/\/api\.example\.com"\./,
    },
    {
      does: 'names an application by its client id',
      lines: ['AUTH0_AUDIENCE=local-spa'],
      finds: ['error audience-is-application .env:2:1'],
      says: /client id of the application "Single-page app"/,
    },
    {
      does: 'names an application by its name',
      lines: ['AUTH0_AUDIENCE="Web app"'],
      finds: ['error audience-is-application .env:2:1'],
    },
    {
      does: 'names a slash too many',
      lines: ['# comment', `AUTH0_AUDIENCE=${identifier}/`],
      finds: ['error aud-trailing-slash .env:3:1'],
    },
    {
      does: 'names a scope that the API does not have, in every way that a route may want it',
      files: {
        'src/app.ts': [
          "import { createAuth } from 'sallyport/fastify'",
          'const { requireAuth } = createAuth({ domain, audience })',
          "requireAuth({ scopes: 'read:messages read:mesages' })",
          "requireAuth({ anyScope: ['read:data', 'admin'] })",
          "requireAuth({ permissions: 'delete:data' })",
          'requireAuth({ permissions: wanted })',
          "auth.require({ anyPermission: ['delete:everything'] })",
          'const both = { scopes: "write:all" }',
          'requireAuth(both)',
        ].join('\n'),
      },
      finds: [
        'error undeclared-scope src/app.ts:3:23',
        'error undeclared-scope src/app.ts:4:39',
        'error undeclared-scope src/app.ts:7:32',
        'error undeclared-scope src/app.ts:8:24',
      ],
      says: /"read:mesages".* It has "read:messages"\./,
    },
    {
      does: 'says of one scope among several only what is true of it',
      files: {
        'src/app.ts':
          "import { createAuth } from 'sallyport/fastify'\ncreateAuth().requireAuth({ anyScope: ['read:data', 'admin'] })",
      },
      finds: ['error undeclared-scope src/app.ts:2:52'],
      says: /"admin": no token can have it, and only another one opens this route\./,
    },
    {
      does: 'leaves the scopes of others alone',
      files: { 'src/login.ts': "export const options = requireAuth({ scopes: 'openid profile' })\n" },
      finds: [],
    },
    { does: 'names HS256', changed: { signing_alg: 'HS256' }, finds: ['error signing-alg .env:2:1'] },
    {
      does: 'names PS256 that the API does not take',
      changed: { signing_alg: 'PS256' },
      finds: ['error signing-alg .env:2:1'],
    },
    {
      does: 'takes PS256 that the API takes',
      changed: { signing_alg: 'PS256' },
      files: app("domain, audience, algorithms: ['PS256']"),
      finds: [],
    },
    {
      does: 'takes PS256 where the options cannot be seen',
      changed: { signing_alg: 'PS256' },
      files: app('...rest'),
      finds: [],
    },
    {
      does: 'names DPoP that the tenant does not do',
      changed: { proof_of_possession: undefined } as object,
      files: app("domain, audience, dpop: 'required'"),
      finds: ['error dpop-mode-mismatch src/app.ts:2:59'],
    },
    {
      does: 'names DPoP that the API does not do',
      changed: { proof_of_possession: { mechanism: 'dpop', required: true } },
      files: app("domain, audience, dpop: { mode: 'disabled' }"),
      finds: ['error dpop-mode-mismatch src/app.ts:2:67'],
    },
    {
      does: 'warns of DPoP that the API does not do, and may meet',
      files: app("domain, audience, dpop: 'disabled'"),
      finds: ['warning dpop-mode-mismatch src/app.ts:2:59'],
    },
    { does: 'takes DPoP on both sides', files: app("domain, audience, dpop: 'required'"), finds: [] },
    {
      does: 'names an application without a grant',
      lines: [`AUTH0_AUDIENCE=${identifier}`, 'AUTH0_CLIENT_ID=ungranted'],
      finds: ['warning grant-missing .env:3:1'],
    },
    {
      does: 'wants no grant of an application that acts for users',
      lines: [`AUTH0_AUDIENCE=${identifier}`, 'AUTH0_CLIENT_ID=local-spa'],
      finds: [],
    },
    {
      does: 'names a secret that is refused',
      lines: [`AUTH0_AUDIENCE=${identifier}`, 'AUTH0_CLIENT_ID=local-m2m', 'AUTH0_CLIENT_SECRET=of-another'],
      finds: ['warning client-refused .env:3:1'],
    },
    {
      does: 'takes an application with its secret',
      lines: [`AUTH0_AUDIENCE=${identifier}`, 'AUTH0_CLIENT_ID=local-m2m', 'AUTH0_CLIENT_SECRET=local-m2m-secret'],
      finds: [],
    },
  ]

  it.each(cases)('$does', async ({ lines = [], files = {}, changed = {}, finds, says }) => {
    const { proof_of_possession: binding, ...others } = { ...api, ...changed }
    tenant.state.resourceServers.put(binding === undefined ? others : { ...others, proof_of_possession: binding })
    const folder = await projectFor(tenant.domain, files, ...lines)
    expect(await linesIn(folder, networkRules)).toEqual(finds)
    if (says !== undefined) expect((await findingsIn(folder, networkRules))[0]?.message).toMatch(says)
  })

  it('knows the id of an API', async () => {
    const findings = await findingsIn(await projectFor(tenant.domain, {}, `AUTH0_AUDIENCE=${api.id}`), networkRules)
    expect(findings).toMatchObject([{ code: 'api-missing', message: expect.stringContaining('It is the id of one') }])
  })

  it('spells the audience as the API does', async () => {
    const folder = await projectFor(tenant.domain, {}, `AUTH0_AUDIENCE='${identifier}/'`)
    for (const { repair } of await findingsIn(folder, networkRules)) await repair?.()
    expect(await linesIn(folder, networkRules)).toEqual([])
    expect(await readFile(join(folder, '.env'), 'utf8')).toContain(identifier)
  })

  it('reads all pages', async () => {
    const wanted = 'https://api-130.example.com'
    const ids = Array.from({ length: 140 }, (_, index) => {
      const added = newResourceServer({ name: `API ${index}`, identifier: `https://api-${index}.example.com` })
      return tenant.state.resourceServers.put(added).id
    })
    const folder = await projectFor(tenant.domain, { 'src/app.ts': '' }, `AUTH0_AUDIENCE=${wanted}`)
    expect(await linesIn(folder, networkRules)).toEqual([])
    for (const id of ids) tenant.state.resourceServers.delete(id)
  })

  it('runs in the command, and asks nobody offline', async () => {
    const folder = await projectFor(tenant.domain, {}, 'AUTH0_AUDIENCE=https://missing.example.com')
    const found = await runCli(['doctor', '--rule', 'api-missing', '--json'], { cwd: folder })
    expect(JSON.parse(found.stdout).data.findings).toMatchObject([{ code: 'api-missing', where: '.env:2:1' }])
    expect(found.code).toBe(1)
    const before = tenant.log.list().length
    expect((await runCli(['doctor', '--offline', '--json'], { cwd: folder })).code).toBe(0)
    expect(tenant.log.list().length).toBe(before)
  })
})

describe('doctor, a tenant whose settings nobody may read', () => {
  const secret = 'a-secret-that-nobody-may-see'
  const machine = { name: 'Machine', type: 'm2m', clientId: 'machine', clientSecret: secret } as const
  const seed = {
    apis: [{ name: 'API', identifier }],
    applications: [
      { ...machine, grants: [{ api: identifier }] },
      { ...machine, name: 'Stranger', clientId: 'stranger' },
    ],
  } satisfies TenantSeed
  const unseen = 'info tenant-settings-unseen'
  const credentials = (id: string) => [`AUTH0_CLIENT_ID=${id}`, `AUTH0_CLIENT_SECRET=${secret}`]
  let tenant: Tenant

  beforeAll(async () => {
    tenant = await startTenant({ port: 0, seed })
  })
  afterAll(() => tenant.close())

  it.each([
    { does: 'finds an API', lines: [`AUTH0_AUDIENCE=${identifier}`, ...credentials('machine')], finds: [unseen] },
    {
      does: 'misses an API',
      lines: ['AUTH0_AUDIENCE=https://other.example.com', ...credentials('machine')],
      finds: ['error api-missing .env:2:1', unseen],
    },
    {
      does: 'misses a grant',
      lines: [`AUTH0_AUDIENCE=${identifier}`, ...credentials('stranger')],
      finds: ['warning grant-missing .env:3:1', unseen],
    },
    {
      does: 'is refused',
      lines: [`AUTH0_AUDIENCE=${identifier}`, ...credentials('nobody')],
      finds: ['warning client-refused .env:3:1', unseen],
    },
  ])('$does by asking for a token', async ({ lines, finds }) => {
    const folder = await projectFor(tenant.domain, {}, ...lines)
    expect(await linesIn(folder, networkRules)).toEqual(finds)
    expect(JSON.stringify(await findingsIn(folder, networkRules))).not.toContain(secret)
  })

  it('reads by an application of the seed file', async () => {
    const managed = {
      ...seed,
      applications: [
        ...seed.applications,
        { ...machine, name: 'Operator', clientId: 'operator', grants: [{ api: 'management' }] },
      ],
    }
    const own = await startTenant({ port: 0, seed: managed })
    const files = { 'sallyport.tenant.json': JSON.stringify(managed), 'src/app.ts': '' }
    expect(await linesIn(await projectFor(own.domain, files), networkRules)).toEqual([])
    await own.close()
  })
})

describe('doctor, the auth0 CLI', () => {
  const host = 'tenant.eu.auth0.com'
  let bin: string

  beforeEach(async () => {
    bin = await mkdtemp(join(tmpdir(), 'sallyport-auth0-'))
    folders.push(bin)
    vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH']}`)
  })

  /** A stand-in that notes what it is asked for, and waits for the end of its input as the real one does. */
  async function standIn(body: string): Promise<void> {
    const program = `#!${process.execPath}
const fs = require('node:fs')
const given = process.argv.slice(2)
fs.appendFileSync(${JSON.stringify(join(bin, 'calls'))}, given.join(' ') + '\\n')
fs.readFileSync(0)
${body}
`
    await writeFile(join(bin, 'auth0'), program)
    await chmod(join(bin, 'auth0'), 0o755)
  }

  const listing = `if (given[0] === 'tenants') console.log(JSON.stringify([{ active: true, name: '${host}' }]))`

  it('is asked for the tenant of the project, with its input closed', async () => {
    await standIn(`${listing}\nelse console.log(JSON.stringify([{ identifier: '${identifier}' }]))`)
    const reader = await cliManagement(host)
    if ('why' in reader) throw new Error(reader.why)
    expect(await reader.get('resource-servers', { per_page: '100' })).toEqual([{ identifier }])
    expect(await readFile(join(bin, 'calls'), 'utf8')).toBe(
      `tenants list --json --no-input --no-color\napi get resource-servers -q per_page=100 --tenant ${host} --no-input --no-color\n`,
    )
  })

  it('gives nothing where it fails', async () => {
    await standIn(`${listing}\nelse process.exit(1)`)
    const reader = await cliManagement(host)
    expect('get' in reader && (await reader.get('resource-servers', {}))).toBeUndefined()
  })

  it.each([
    ['process.exit(1)', 'the auth0 CLI gave no answer'],
    ['console.log("[]")', `the auth0 CLI is not logged in to ${host}`],
    ['console.error("auth token expired and --no-input is set"); process.exit(1)', 'the auth0 CLI is not logged in'],
    ['console.log("something else")', 'the auth0 CLI gave no answer'],
  ])('says why it cannot be used: %s', async (body, why) => {
    await standIn(body)
    expect(await cliManagement(host)).toMatchObject({ why, mend: { command: 'auth0 login' } })
  })

  it('is never needed', async () => {
    vi.stubEnv('PATH', bin)
    expect(await cliManagement(host)).toMatchObject({ why: 'there is no auth0 CLI' })
  })
})
