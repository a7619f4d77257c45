import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAuth0Cli } from '../../src/cli/init/automated/auth0-cli.js'
import { startTenant } from '../../src/index.js'
import { manage } from '../management/support/managed-tenant.js'
import { type Answer, type Auth0OnPath, auth0OnPath } from '../support/auth0-on-path.js'
import { openScreen, runCli, type Screen } from '../support/cli.js'

const tenant = 't.eu.auth0.com'
const audience = 'https://api.example.com'
const about = ['--tenant', tenant, '--no-input', '--no-color']

const version: Answer = { args: '--version', stdout: 'auth0 version 1.33.0 abc\n' }
const tenants: Answer = {
  args: 'tenants list',
  stdout: [
    { active: false, name: 'other.us.auth0.com' },
    { active: true, name: tenant },
  ],
}
const api = { id: '0123456789abcdef01234567', name: 'Messages', identifier: audience, signing_alg: 'RS256' }
const withoutApi: Answer = { args: 'api get resource-servers', stdout: [] }
const withApi = (...scopes: string[]): Answer => ({
  args: 'api get resource-servers',
  stdout: [{ ...api, scopes: scopes.map((value) => ({ value, description: value })) }],
})
const created: Answer = { args: 'apis create', stdout: { ...api, scopes: [], signing_secret: 'SIGNING-SECRET' } }
const failing = (args: string, stderr: string): Answer => ({ args, stderr: ` ▸    ${stderr}\n`, code: 1 })

let folder: string
let bin: string
let auth0: Auth0OnPath
let screen: Screen | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-init-'))
  bin = await mkdtemp(join(tmpdir(), 'sallyport-auth0-'))
  auth0 = await auth0OnPath(bin)
})
afterEach(async () => {
  screen?.kill()
  await Promise.all([folder, bin].map((path) => rm(path, { recursive: true, force: true })))
})

const automated = (...more: string[]) => ['init', '--mode', 'automated', '--audience', audience, ...more]
const run = (parameters: readonly string[], env = auth0.env) => runCli(parameters, { cwd: folder, env })
const json = async (parameters: readonly string[], env?: typeof auth0.env) => {
  const { code, stdout } = await run([...parameters, '--json'], env)
  return { code, ...JSON.parse(stdout) }
}
const argvs = async () => (await auth0.calls()).map(({ argv }) => argv)
const envFile = () => readFile(join(folder, '.env'), 'utf8')

describe('the commands that are run', () => {
  it('are these, each with the tenant, without a pipe on stdin, and not as for an agent', async () => {
    await auth0.answer(version, tenants, withoutApi, created)
    const { code, stdout, stderr } = await run(automated('--name', 'Messages', '--scopes', 'read:x write:x'), {
      ...auth0.env,
      CLAUDECODE: '1',
    })
    expect([code, stderr]).toEqual([0, `Tenant: ${tenant} (another one: --tenant)\n`])
    expect(await argvs()).toEqual([
      ['--version'],
      ['tenants', 'list', '--json', '--no-input', '--no-color'],
      ['api', 'get', 'resource-servers', '-q', 'per_page=100', '-q', 'page=0', ...about],
      [
        ...['apis', 'create', '--name', 'Messages', '--identifier', audience, '--scopes', 'read:x,write:x', '--json'],
        ...about,
      ],
    ])
    for (const call of await auth0.calls()) expect(call).toMatchObject({ isPipe: false, stdin: '', agentMode: 'false' })
    expect(await envFile()).toBe(`AUTH0_DOMAIN=${tenant}\nAUTH0_AUDIENCE=${audience}\n`)
    expect(stdout + stderr).not.toContain('SIGNING-SECRET')
  })

  it('read every page of a long list', async () => {
    const page = (from: number) => Array.from({ length: 100 }, (_, index) => ({ identifier: `urn:${from + index}` }))
    await auth0.answer(
      version,
      tenants,
      { args: 'api get resource-servers -q per_page=100 -q page=0', stdout: page(0) },
      { args: 'api get resource-servers -q per_page=100 -q page=1', stdout: [{ ...api, scopes: [] }] },
    )
    const { code, data } = await json(automated())
    expect([code, data.steps[0]]).toEqual([0, expect.objectContaining({ subject: 'API', action: 'unchanged' })])
  })

  it('only read with --dry-run', async () => {
    await auth0.answer(version, tenants, withoutApi, { args: 'api get clients', stdout: [] })
    const { code, stdout } = await run(automated('--dry-run', '--test-app', '--dpop', '--scopes', 'read:x'))
    expect(code).toBe(0)
    for (const line of [
      '+ API',
      audience,
      '~ DPoP',
      '+ Application',
      '+ Client grant',
      '+ .env',
      'AUTH0_CLIENT_SECRET',
    ])
      expect(stdout).toContain(line)
    expect(
      (await argvs()).filter(([word, verb]) => word !== '--version' && !['get', 'list'].includes(verb ?? '')),
    ).toEqual([])
    expect(await readdir(folder)).toEqual([])
  })

  it('name the tenant that was asked for', async () => {
    await auth0.answer(version, tenants, withoutApi, created)
    await run(automated('--tenant', 'other.us.auth0.com'))
    const about = (await argvs()).slice(2).map((argv) => argv[argv.indexOf('--tenant') + 1])
    expect(about).toEqual(['other.us.auth0.com', 'other.us.auth0.com'])
    expect(await envFile()).toContain('AUTH0_DOMAIN=other.us.auth0.com\n')
  })

  it('have a time limit', async () => {
    await auth0.answer({ ...tenants, lastsMilliseconds: 30_000 })
    const env = { ...process.env }
    Object.assign(process.env, auth0.env)
    try {
      const cli = createAuth0Cli({ terminal: { during: (_, work) => work }, limitMilliseconds: 1500 })
      const asked = cli.ask({ parameters: ['tenants', 'list'], what: '' })
      await expect(asked).rejects.toMatchObject({ code: 'auth0_timeout', exitCode: 5 })
    } finally {
      process.env['PATH'] = env['PATH']
      delete process.env['STAND_IN_FOLDER']
    }
  })
})

describe('an API that is there already', () => {
  it('is used, and nothing is changed, the second time with nothing to do', async () => {
    await auth0.answer(version, tenants, withApi('read:x'))
    const first = await json(automated('--scopes', 'read:x'))
    expect([first.code, first.data.unchanged]).toEqual([0, false])
    const second = await json(['init', '--mode', 'automated', '--scopes', 'read:x'])
    expect([second.code, second.data.unchanged]).toEqual([0, true])
    expect((await argvs()).flat()).not.toContain('create')
    expect((await argvs()).flat()).not.toContain('patch')
  })

  it('is not changed where nobody can say so', async () => {
    await auth0.answer(version, tenants, withApi('read:x'))
    const ended = await json(automated('--scopes', 'read:x write:x'))
    expect(ended).toMatchObject({ code: 2, error: { code: 'needs_input' }, needs: 'confirmation' })
    expect(ended.question).toContain('has no write:x')
    expect((await argvs()).flat()).not.toContain('patch')
    expect(await readdir(folder)).toEqual([])
  })

  it('gets the missing scopes by --yes, and keeps the others', async () => {
    await auth0.answer(version, tenants, withApi('read:x'), { args: 'api patch', stdout: api })
    expect((await json(automated('--scopes', 'read:x write:x', '--yes'))).code).toBe(0)
    const scopes = ['read:x', 'write:x'].map((value) => ({ value, description: value }))
    expect((await argvs()).at(-1)).toEqual([
      ...['api', 'patch', `resource-servers/${api.id}`, '-d', JSON.stringify({ scopes })],
      ...about,
    ])
  })

  it.each([
    ['y', true],
    ['n', false],
  ])('gets the missing scopes when a person says %s: %s', async (answer, isPatched) => {
    await auth0.answer(version, tenants, withApi('read:x'), { args: 'api patch', stdout: api })
    screen = openScreen(automated('--scopes', 'write:x'), { cwd: folder, env: { ...auth0.env, NO_COLOR: '1' } })
    for (const offer of ['Write server.ts', 'Install sallyport']) {
      await screen.waitFor(offer)
      await screen.waitFor('(y/n) ')
      screen.answer('n')
    }
    await screen.waitFor(`The API "Messages" in ${tenant} has no write:x. Add it? (y/n) `)
    screen.answer(answer)
    expect(await screen.ended()).toBe(0)
    expect((await argvs()).flat().includes('patch')).toBe(isPatched)
    expect(await envFile()).toContain(audience)
  })

  it('requires DPoP by --dpop, once somebody has said yes', async () => {
    await auth0.answer(version, tenants, withApi(), { args: 'api patch', stdout: api })
    expect((await json(automated('--dpop'))).code).toBe(2)
    expect((await json(automated('--dpop', '--yes'))).code).toBe(0)
    expect((await argvs()).at(-1)).toContain('{"proof_of_possession":{"mechanism":"dpop","required":true}}')
  })

  it.each<[string, object, string]>([
    ['signs with HS256', { ...api, scopes: [], signing_alg: 'HS256', signing_secret: 'SIGNING-SECRET' }, 'HS256'],
    ['differs by a slash', { ...api, scopes: [], identifier: `${audience}/` }, 'A slash at the end counts'],
  ])('is named when it %s', async (_, found, note) => {
    await auth0.answer(version, tenants, { args: 'api get', stdout: [found] }, created)
    const { stdout, stderr } = await run(automated('--dry-run'))
    expect(stdout).toContain(note)
    expect(stdout + stderr).not.toContain('SIGNING-SECRET')
  })
})

describe('a person', () => {
  it('is asked for the audience and before an API is created, and can say no', async () => {
    await auth0.answer(version, tenants, withoutApi, created)
    screen = openScreen(['init'], { cwd: folder, env: { ...auth0.env, NO_COLOR: '1' } })
    await screen.waitFor('> ')
    expect(await auth0.calls()).toEqual([])
    screen.answer('1')
    await screen.waitFor('Identifier of the API')
    screen.answer('https://t.eu.auth0.com/api/v2/')
    await screen.waitFor('That is the Management API')
    await screen.waitFor('Identifier of the API')
    screen.answer(audience)
    for (const offer of ['Write server.ts', 'Install sallyport']) {
      await screen.waitFor(offer)
      await screen.waitFor('(y/n) ')
      screen.answer('n')
    }
    await screen.waitFor(`with the identifier ${audience} in ${tenant}? (y/n) `)
    screen.answer('n')
    expect(await screen.ended()).toBe(1)
    expect(screen.shown()).toContain('Nothing was changed.')
    expect((await argvs()).flat()).not.toContain('create')
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a failure', () => {
  const scope403 =
    '{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: create:resource_servers","errorCode":"insufficient_scope"}'

  it.each<[what: string, answers: Answer[], exit: number, code: string, fix: string]>([
    [
      'not logged in',
      [version, failing('tenants', 'failed to load tenants: config.json file is missing')],
      3,
      'auth0_not_logged_in',
      'auth0 login',
    ],
    ['logged in nowhere', [version, { args: 'tenants', stdout: [] }], 3, 'auth0_not_logged_in', 'auth0 login'],
    [
      'an expired login',
      [
        version,
        tenants,
        failing('api get', "auth token expired and --no-input is set; run 'auth0 login' to re-authenticate"),
      ],
      3,
      'auth0_login_expired',
      'auth0 login',
    ],
    [
      'a missing scope',
      [version, tenants, withoutApi, failing('apis create', `API request failed: ${scope403}`)],
      3,
      'auth0_scope_missing',
      'auth0 login --scopes create:resource_servers',
    ],
    [
      'another 403',
      [version, tenants, failing('api get', 'API request failed: {"statusCode":403,"error":"Forbidden"}')],
      3,
      'auth0_forbidden',
      'auth0 login',
    ],
    [
      'a conflict',
      [
        version,
        tenants,
        withoutApi,
        failing(
          'apis create',
          `Failed to create API with name "x" and identifier "${audience}": 409 Conflict: it exists.`,
        ),
      ],
      4,
      'auth0_conflict',
      'sallyport init --mode automated',
    ],
    [
      'no network',
      [
        version,
        tenants,
        failing('api get', 'Get "https://t.eu.auth0.com/api/v2/": dial tcp: lookup t.eu.auth0.com: no such host'),
      ],
      5,
      'network',
      'auth0 api get resource-servers',
    ],
    [
      'too many requests',
      [version, tenants, failing('api get', 'API request failed: {"statusCode":429}')],
      5,
      'auth0_too_many_requests',
      'sallyport init --mode automated',
    ],
    ['an old version', [{ args: '--version', stdout: 'auth0 version 0.13.1' }], 1, 'auth0_cli_too_old', 'install'],
    ['an unknown flag', [version, failing('tenants', 'unknown flag: --json')], 1, 'auth0_cli_too_old', 'install'],
    ['an interruption, which ends with 0', [version, { args: 'tenants', stdout: '' }], 1, 'auth0_answer', 'manual'],
    ['anything else', [version, tenants, failing('api get', 'the moon is full')], 1, 'auth0_failed', 'manual'],
    [
      'several tenants, none of them active',
      [version, { args: 'tenants', stdout: [{ name: 'b.test' }, { name: 'a.test' }] }],
      2,
      'needs_input',
      '--tenant',
    ],
  ])('is named: %s', async (_, answers, exit, code, fix) => {
    await auth0.answer(...answers)
    const ended = await json(automated())
    expect([ended.code, ended.error.code, ended.error.fix]).toEqual([exit, code, expect.stringContaining(fix)])
    expect(await readdir(folder)).toEqual([])
  })

  it('is named: the CLI is not there', async () => {
    await rm(join(bin, 'auth0'))
    const { code, stderr } = await run(automated(), { PATH: bin })
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/not on the PATH.*--mode manual, or --mode local\.\n.*install/),
    ])
  })

  it('is named: not logged in to the tenant that was asked for', async () => {
    await auth0.answer(version, tenants)
    const { code, error } = await json(automated('--tenant', 'third.us.auth0.com'))
    expect([code, error.message]).toEqual([3, expect.stringContaining(`It is to: other.us.auth0.com, ${tenant}.`)])
  })

  it('shows no secret', async () => {
    await auth0.answer(version, failing('tenants', 'odd: {"client_secret": "HUSH-HUSH", "x": 1}'))
    const { stderr, stdout } = await run(automated())
    expect(stderr + stdout).toContain('The Auth0 CLI says: odd')
    expect(stderr + stdout).not.toContain('HUSH-HUSH')
  })

  it('after something was created prints the commands that undo it', async () => {
    await auth0.answer(
      version,
      tenants,
      withoutApi,
      created,
      { args: 'api get clients', stdout: [] },
      { args: 'apps create', stdout: { client_id: 'client1', name: 'x' } },
      failing('api post client-grants', 'API request failed: {"statusCode":400}'),
    )
    const ended = await json(automated('--test-app'))
    expect(ended).toMatchObject({
      code: 1,
      error: { code: 'auth0_failed' },
      undo: [`auth0 apps delete client1 --tenant ${tenant}`, `auth0 apis delete ${api.id} --tenant ${tenant}`],
    })
    const { stderr } = await run(automated('--test-app'))
    expect(stderr).toContain(`To take it back:\n  auth0 apps delete client1 --tenant ${tenant}\n`)
    expect(await readdir(folder)).toEqual([])
  })

  it('after a grant was created for an application that was there prints the command that undoes it', async () => {
    await auth0.answer(
      version,
      tenants,
      withApi('read:x'),
      { args: 'api get clients', stdout: [{ client_id: 'client1', name: 'Messages (Test Application)' }] },
      { args: 'api get client-grants', stdout: [] },
      { args: 'api post client-grants', stdout: { id: 'cgr_1', client_id: 'client1', audience } },
      failing('apps show', 'odd'),
    )
    const ended = await json(automated('--test-app'))
    expect(ended).toMatchObject({ code: 1, undo: [`auth0 api delete client-grants/cgr_1 --tenant ${tenant}`] })
  })

  it('waits for a change under way when it is Ctrl-C, and says how to undo it', async () => {
    await auth0.answer(version, tenants, withoutApi, { ...created, lastsMilliseconds: 2000 })
    screen = openScreen(automated('--yes'), { cwd: folder, env: { ...auth0.env, NO_COLOR: '1' } })
    await screen.waitFor('… creating the API')
    screen.press('\u0003')
    await screen.waitFor(`auth0 apis delete ${api.id}`)
    expect(await screen.ended()).toBe(130)
    expect(await readdir(folder)).toEqual([])
  })

  it('while something is looked up is Ctrl-C, which ends it at once', async () => {
    await auth0.answer(version, { ...tenants, lastsMilliseconds: 20_000 })
    screen = openScreen(automated(), { cwd: folder, env: { ...auth0.env, NO_COLOR: '1' } })
    await screen.waitFor('… asking auth0 for its tenants')
    screen.press('\u0003')
    expect(await screen.ended()).toBe(130)
    expect(await readdir(folder)).toEqual([])
  })

  it('about .env comes before anything is created', async () => {
    await auth0.answer(version, tenants, withoutApi, created)
    await writeFile(join(folder, '.env'), 'AUTH0_DOMAIN=x.eu.auth0.com\n')
    expect((await json(automated())).code).toBe(4)
    expect((await argvs()).flat()).not.toContain('create')
  })
})

describe('against the Management API of a local tenant', () => {
  it('has made an API with scopes and DPoP, an application, its grant and .env; again: nothing', async () => {
    await using local = await startTenant({ port: 0 })
    const { tokenFor, ask } = await manage(local)
    const live = await auth0OnPath(bin, { issuer: local.issuer, token: await tokenFor() })
    const own = 'https://orders.example.com'
    const options = ['init', '--mode', 'automated', '--audience', own, '--name', 'Orders', '--test-app', '--dpop']

    const first = await json([...options, '--scopes', 'read:orders'], live.env)
    expect(first).toMatchObject({ code: 0, ok: true, data: { domain: local.domain, unchanged: false } })
    const path = `/resource-servers/${encodeURIComponent(own)}`
    expect(await ask('GET', path)).toMatchObject({
      name: 'Orders',
      scopes: [{ value: 'read:orders' }],
      proof_of_possession: { mechanism: 'dpop', required: true },
    })
    const [client] = local.state.clients.list().filter(({ name }) => name === 'Orders (Test Application)')
    expect(client?.app_type).toBe('non_interactive')
    const grantOf = () => local.state.clientGrants.list().filter(({ client_id }) => client_id === client?.client_id)
    expect(grantOf()).toMatchObject([{ audience: own, scope: ['read:orders'] }])
    const env = [
      `AUTH0_DOMAIN=${local.domain}`,
      `AUTH0_AUDIENCE=${own}`,
      `AUTH0_CLIENT_ID=${client?.client_id}`,
      `AUTH0_CLIENT_SECRET=${client?.client_secret}`,
    ]
    expect(await envFile()).toBe(`${env.join('\n')}\n`)
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)
    expect(JSON.stringify(first)).not.toContain(client?.client_secret)

    const again = await json([...options, '--scopes', 'read:orders'], live.env)
    expect([again.code, again.data.unchanged]).toEqual([0, true])

    const more = await json([...options, '--scopes', 'read:orders write:orders', '--yes'], live.env)
    expect(more.code).toBe(0)
    expect(await ask('GET', path)).toMatchObject({ scopes: [{ value: 'read:orders' }, { value: 'write:orders' }] })
    expect(grantOf()).toMatchObject([{ scope: ['read:orders', 'write:orders'] }])
    expect(local.state.clients.list().filter(({ name }) => name.startsWith('Orders'))).toHaveLength(1)
  }, 60_000)
})
