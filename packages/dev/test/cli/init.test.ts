import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { question } from '../../src/cli/init/question.js'
import { audienceMistake } from '../../src/cli/project/audience-mistakes.js'
import { domainMistake } from '../../src/cli/project/domain-mistakes.js'
import { startTenant, type Tenant } from '../../src/index.js'
import { openScreen, runCli, type Screen } from '../support/cli.js'

let folder: string
let screens: Screen[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-init-'))
  screens = []
})
afterEach(async () => {
  for (const screen of screens) screen.kill()
  await rm(folder, { recursive: true, force: true })
})

const run = (parameters: readonly string[], env?: Record<string, string>) =>
  runCli(['init', ...parameters], { cwd: folder, ...(env === undefined ? {} : { env }) })

function open(parameters: readonly string[] = []): Screen {
  const screen = openScreen(['init', ...parameters], { cwd: folder, env: { NO_COLOR: '1' } })
  screens.push(screen)
  return screen
}

const envFile = () => readFile(join(folder, '.env'), 'utf8')

describe('the question', () => {
  it('is printed word for word where nobody can answer it, and nothing is done', async () => {
    const { code, stdout, stderr } = await run([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`${question}\n`)
    expect(stderr).toContain('No account is needed to start locally')
    expect(stderr).toContain('sallyport init --mode automated|manual|local')
    expect(await readdir(folder)).toEqual([])
  })

  it('is one object with --json', async () => {
    const { code, stdout, stderr } = await run(['--json'])
    expect([code, stderr]).toEqual([2, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { code: 'needs_input' },
      needs: 'mode',
      question,
      choices: [{ mode: 'automated' }, { mode: 'manual' }, { mode: 'local' }],
    })
  })

  it.each([
    ['an agent', { CLAUDECODE: '1' }],
    ['a CI', { CI: 'true' }],
  ])('is for a person, not for %s', async (_, env) => {
    const screen = openScreen(['init'], { cwd: folder, env })
    screens.push(screen)
    expect(await screen.ended()).toBe(2)
    expect(screen.shown()).toContain('Which do you prefer?')
  })

  it('comes before anything else, and is not accepted by --yes', async () => {
    await writeFile(join(folder, 'package.json'), 'not JSON')
    expect((await run(['--yes'])).stderr).toContain(question)
    expect((await run(['--mode', 'local'])).stderr).toContain('package.json is not JSON')
  })

  it('is asked again until it is answered, and Ctrl-C leaves nothing', async () => {
    const screen = open()
    for (const line of question.replaceAll('**', '').split('\n')) await screen.waitFor(line)
    await screen.waitFor('--mode local')
    for (const answer of ['', '4', 'yes', 'automated']) {
      await screen.waitFor('> ')
      screen.answer(answer)
      await screen.waitFor('Please type 1, 2 or local.')
    }
    await screen.waitFor('> ')
    screen.press('\u0003')
    expect(await screen.ended()).toBe(130)
    expect(await readdir(folder)).toEqual([])
  })

  it.each([['local'], ['3']])('takes %s for the local tenant', async (answer) => {
    const screen = open()
    await screen.waitFor('> ')
    screen.answer(answer)
    await screen.waitFor('Write server.ts, a small API to begin with? (y/n)')
    screen.answer('')
    await screen.waitFor('Please type y or n.')
    screen.answer('n')
    await screen.waitFor('Install sallyport, @sallyport/dev with npm? (y/n)')
    screen.answer('n')
    await screen.waitFor('npx sallyport dev --')
    expect(await screen.ended()).toBe(0)
    expect(await envFile()).toBe('AUTH0_DOMAIN=localhost:4490\nAUTH0_AUDIENCE=https://api.example.com\n')
  })
})

describe('--mode local', () => {
  it('writes .env for its owner alone, keeps it out of git, and says what comes next', async () => {
    const { code, stdout, stderr } = await run(['--mode', 'local'])
    expect([code, stderr]).toEqual([0, ''])
    expect(await envFile()).toBe('AUTH0_DOMAIN=localhost:4490\nAUTH0_AUDIENCE=https://api.example.com\n')
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('.env\n')
    for (const next of ['npx sallyport dev -- ', 'npx sallyport call http://localhost:3000/api/private'])
      expect(stdout).toContain(next)
  })

  it('changes nothing when it is run again, and says so', async () => {
    await run(['--mode', 'local'])
    const { mtimeMs } = await stat(join(folder, '.env'))
    const { code, stdout } = await run(['--mode', 'local', '--json'])
    expect([code, JSON.parse(stdout).data.unchanged]).toEqual([0, true])
    expect((await run(['--mode', 'local'])).stdout).toContain('Nothing to do: unchanged.')
    expect((await stat(join(folder, '.env'))).mtimeMs).toBe(mtimeMs)
  })

  it('takes the first API of the seed, and the options before it', async () => {
    await writeFile(
      join(folder, 'sallyport.tenant.json'),
      '{ "apis": [{ "name": "A", "identifier": "https://seed.test" }] }',
    )
    await run(['--mode', 'local'])
    expect(await envFile()).toContain('AUTH0_AUDIENCE=https://seed.test\n')
    await run(['--mode', 'local', '--domain', 'localhost:4499', '--audience', 'urn:other', '--yes'])
    expect(await envFile()).toBe('AUTH0_DOMAIN=localhost:4499\nAUTH0_AUDIENCE=urn:other\n')
  })

  it('names a mistake in the seed', async () => {
    await writeFile(join(folder, 'sallyport.tenant.json'), '{ "api": [] }')
    const { code, stderr } = await run(['--mode', 'local'])
    expect([code, stderr]).toEqual([1, 'sallyport.tenant.json:1:3 api is not known here.\n'])
  })

  it('prints a plan with the names of variables, and changes nothing', async () => {
    const { code, stdout } = await run(['--mode', 'local', '--dry-run', '--starter', '--framework', 'hono'])
    expect(code).toBe(0)
    for (const line of ['+ .env', 'AUTH0_DOMAIN', '~ .gitignore', '+ server.ts']) expect(stdout).toContain(line)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a value that is there already, and different', () => {
  const before = '# mine\nAUTH0_DOMAIN=secret-old-value\nOTHER=1\n'
  beforeEach(() => writeFile(join(folder, '.env'), before))

  it('is a conflict where nobody can be asked, named without its value', async () => {
    const { code, stdout, stderr } = await run(['--mode', 'local', '--json'])
    expect([code, JSON.parse(stdout)]).toEqual([
      4,
      expect.objectContaining({ error: expect.objectContaining({ code: 'env_conflict' }), names: ['AUTH0_DOMAIN'] }),
    ])
    expect(stdout + stderr).not.toContain('secret-old-value')
    expect([await envFile(), await readdir(folder)]).toEqual([before, ['.env']])
  })

  it('is replaced by --yes, with all around it kept', async () => {
    const { code, stdout, stderr } = await run(['--mode', 'local', '--yes'])
    expect([code, stdout + stderr]).toEqual([0, expect.not.stringContaining('secret-old-value')])
    expect(await envFile()).toBe(
      '# mine\nAUTH0_DOMAIN=localhost:4490\nOTHER=1\nAUTH0_AUDIENCE=https://api.example.com\n',
    )
  })

  it.each([
    ['n', 4],
    ['y', 0],
    ['\u0003', 130],
  ])('is asked about: %j ends with %i', async (answer, code) => {
    const screen = open(['--mode', 'local'])
    for (const offer of ['Write server.ts', 'Install sallyport']) {
      await screen.waitFor(offer)
      await screen.waitFor('(y/n) ')
      screen.answer('n')
    }
    await screen.waitFor('AUTH0_DOMAIN in .env has another value. Replace it: AUTH0_DOMAIN=localhost:4490? (y/n) ')
    if (code === 130) screen.press(answer)
    else screen.answer(answer)
    expect(await screen.ended()).toBe(code)
    expect(screen.shown()).not.toContain('secret-old-value')
    expect((await envFile()) === before).toBe(code !== 0)
  })
})

describe('--mode manual', () => {
  let tenant: Tenant
  beforeAll(async () => {
    tenant = await startTenant({ port: 0 })
  })
  afterAll(() => tenant.close())

  it('takes the options, and asks the tenant whether it is there', async () => {
    const { code, stdout } = await run([
      ...['--mode', 'manual', '--domain', tenant.domain, '--audience', 'https://api.example.com'],
    ])
    expect([code, stdout]).toEqual([0, expect.stringContaining('Done.')])
    expect(stdout).toContain('<AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET of a machine-to-machine application, in .env>')
    expect(await envFile()).toBe(`AUTH0_DOMAIN=${tenant.domain}\nAUTH0_AUDIENCE=https://api.example.com\n`)
  })

  it('takes what the environment says', async () => {
    const env = { AUTH0_DOMAIN: tenant.domain, AUTH0_AUDIENCE: 'urn:api' }
    expect((await run(['--mode', 'manual'], env)).code).toBe(0)
    expect(await envFile()).toBe(`AUTH0_DOMAIN=${tenant.domain}\nAUTH0_AUDIENCE=urn:api\n`)
  })

  it.each<[string, string[]]>([
    ['domain', ['--audience', 'urn:api']],
    ['audience', ['--domain', 'localhost:1']],
  ])('names the %s when it is missing and nobody can be asked', async (needs, options) => {
    const { code, stdout } = await run(['--mode', 'manual', '--json', ...options])
    expect([code, JSON.parse(stdout)]).toEqual([2, expect.objectContaining({ ok: false, needs })])
    expect(await readdir(folder)).toEqual([])
  })

  it('names a mistake in an option, and what would be right', async () => {
    const { code, stderr } = await run(['--mode', 'manual', '--domain', 'https://t.eu.auth0.com/', '--offline'])
    expect([code, stderr]).toEqual([
      2,
      '--domain: The domain is a bare host, without https:// in front of it.\n  --domain t.eu.auth0.com\n',
    ])
  })

  it('asks for what is missing, as often as it takes, and offers what was meant', async () => {
    const screen = open(['--mode', 'manual', '--offline'])
    await screen.waitFor('Domain of your tenant')
    screen.answer('https://user:hunter2@t.eu.auth0.com')
    await screen.waitFor('has a user name')
    await screen.waitFor('Domain of your tenant')
    screen.answer('https://t.eu.auth0.com/')
    await screen.waitFor('without https:// in front of it')
    await screen.waitFor('Take t.eu.auth0.com? (y/n)')
    screen.answer('y')
    await screen.waitFor('Identifier of your API')
    screen.answer('abcdefghijklmnopqrstuvwxyzABCDEF')
    await screen.waitFor('looks like the client id of an application')
    await screen.waitFor('Identifier of your API')
    screen.answer('https://api.example.com/')
    for (const offer of ['Write server.ts', 'Install sallyport']) {
      await screen.waitFor(offer)
      await screen.waitFor('(y/n) ')
      screen.answer('n')
    }
    await screen.waitFor('ends with a slash')
    expect(await screen.ended()).toBe(0)
    expect(await envFile()).toBe('AUTH0_DOMAIN=t.eu.auth0.com\nAUTH0_AUDIENCE=https://api.example.com/\n')
  })

  it('offers what is there already, and Ctrl-C leaves it', async () => {
    await writeFile(join(folder, '.env'), 'AUTH0_DOMAIN=t.eu.auth0.com\n')
    const screen = open(['--mode', 'manual'])
    await screen.waitFor('(Enter for t.eu.auth0.com)')
    screen.answer('')
    await screen.waitFor('Identifier of your API')
    screen.press('\u0003')
    expect(await screen.ended()).toBe(130)
    expect([await envFile(), await readdir(folder)]).toEqual(['AUTH0_DOMAIN=t.eu.auth0.com\n', ['.env']])
  })
})

describe('a domain where something else is', () => {
  let server: Server | undefined
  afterEach(() => void server?.close())

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener).listen(0, 'localhost')
    await new Promise((resolve) => server?.once('listening', resolve))
    return `localhost:${(server.address() as AddressInfo).port}`
  }

  const manual = (domain: string, ...more: string[]) =>
    run(['--mode', 'manual', '--domain', domain, '--audience', 'urn:api', '--json', ...more])

  it.each<[string, number, string, RequestListener]>([
    ['another issuer', 1, 'issuer_mismatch', (_, res) => res.end('{"issuer":"https://login.example.com/"}')],
    ['no JSON', 1, 'discovery', (_, res) => res.end('<html>')],
    ['no metadata', 1, 'discovery', (_, res) => res.writeHead(404).end()],
    ['a redirect', 1, 'discovery', (_, res) => res.writeHead(302, { location: 'https://example.com' }).end()],
    ['an outage', 5, 'network', (_, res) => res.writeHead(503).end()],
    [
      'no keys',
      1,
      'discovery',
      ({ url, headers }, res) => {
        const own = `http://${headers.host}/`
        res.end(JSON.stringify(url === '/keys' ? { keys: [] } : { issuer: own, jwks_uri: `${own}keys` }))
      },
    ],
  ])('is refused for %s, with exit code %i, and nothing is written', async (_, code, error, listener) => {
    const domain = await serve(listener)
    const ended = await manual(domain)
    expect([ended.code, JSON.parse(ended.stdout).error.code]).toEqual([code, error])
    expect(await readdir(folder)).toEqual([])
    expect((await manual(domain, '--offline')).code).toBe(0)
  })

  it('names the other issuer', async () => {
    const { stdout } = await manual(await serve((_, res) => res.end('{"issuer":"https://login.example.com/"}')))
    expect(JSON.parse(stdout).error.fix).toContain('--domain login.example.com')
  })

  it('is a matter of the network where nobody listens', async () => {
    const { code, stdout } = await manual('localhost:1')
    expect([code, JSON.parse(stdout).error.code]).toEqual([5, 'network'])
  })
})

describe('mistakes in a domain', () => {
  it.each<[code: string | undefined, value: string, correction?: string]>([
    [undefined, 'my-tenant.eu.auth0.com'],
    [undefined, 'login.example.com'],
    [undefined, 'localhost:4490'],
    ['empty', ''],
    ['quotes', '"t.eu.auth0.com"', 't.eu.auth0.com'],
    ['quotes', "'https://t.eu.auth0.com/'", 't.eu.auth0.com'],
    ['whitespace', 't.eu.auth0.com\u200a', 't.eu.auth0.com'],
    ['whitespace', 't eu.auth0.com'],
    ['scheme', 'https://t.eu.auth0.com', 't.eu.auth0.com'],
    ['scheme', 'http://localhost:4490/', 'localhost:4490'],
    ['slash', 't.eu.auth0.com/', 't.eu.auth0.com'],
    ['path', 't.eu.auth0.com/api/v2/', 't.eu.auth0.com'],
    ['path', 't.eu.auth0.com?x', 't.eu.auth0.com'],
    ['dashboard', 'https://manage.auth0.com/dashboard/eu/t'],
    ['dashboard', 't-admin.eu.auth0.com'],
    ['userinfo', 'https://me:secret@t.eu.auth0.com'],
    ['client_id', 'abcdefghijklmnopqrstuvwxyzABCDEF'],
    ['no_dot', 'my-tenant'],
    ['no_host', '1.2.3.4'],
    ['no_host', 't.eu.auth0.com.'],
    ['placeholder', '<your-domain>'],
    ['placeholder', 'your-tenant.eu.auth0.com'],
  ])('%s: %j', (code, value, correction) => {
    const mistake = domainMistake(value)
    expect([mistake?.code, mistake?.correction]).toEqual([code, correction])
  })
})

describe('mistakes in an audience', () => {
  it.each<[code: string | undefined, value: string, correction?: string]>([
    [undefined, 'https://api.example.com'],
    [undefined, 'https://api.example.com/'],
    [undefined, 'urn:my-api'],
    ['empty', ''],
    ['quotes', '`https://api.example.com`', 'https://api.example.com'],
    ['whitespace', 'my api'],
    ['client_id', 'abcdefghijklmnopqrstuvwxyzABCDEF'],
    ['api_id', '0123456789abcdef01234567'],
    ['management', 'https://t.eu.auth0.com/api/v2/'],
    ['userinfo_endpoint', 'https://t.eu.auth0.com/userinfo'],
    ['userinfo', 'https://me:secret@api.example.com'],
    ['dashboard', 'https://manage.auth0.com/dashboard/eu/t/apis'],
    ['domain', 'https://t.eu.auth0.com/'],
    ['domain', 't.eu.auth0.com'],
    ['placeholder', 'https://your-api.example.com'],
    ['too_long', '-x'],
  ])('%s: %j', (code, value, correction) => {
    const mistake = audienceMistake(value, { domain: 't.eu.auth0.com' })
    expect([mistake?.code, mistake?.correction]).toEqual([code, correction])
  })
})

describe('options', () => {
  it.each<[string[], string]>([
    [['--mode', 'automatic'], 'Did you mean "automated"?'],
    [['--framework', 'expres'], 'Did you mean "express"?'],
    [['--mode', 'local', '--scopes', 'read:x'], '--scopes is for --mode automated.'],
    [['--mode', 'automated', '--domain', 'x.test'], 'There the tenant is named by --tenant.'],
    [['--mode', 'automated', '--scopes', 'read:"x"'], '--scopes takes scopes with spaces between them'],
    [['--mode', 'automated', '--name', '--json'], ''],
    [['--mode', 'automated', '--tenant', '--debug=x'], ''],
    [['--mode', 'automated', '--tenant=-x'], '--tenant takes the name of a tenant'],
    [['--mode', 'automated', '--name=<x>'], '--name takes a name'],
    [['--mode', 'local', '--domain', 't.eu.auth0.com'], '--mode local is about a tenant on this machine'],
    [['--scope', 'x'], 'Did you mean "--scopes"?'],
    [['extra'], 'init does not take "extra".'],
  ])('%j are a mistake, with exit code 2', async (options, message) => {
    const { code, stderr, stdout } = await run(options)
    expect([code, stderr + stdout]).toEqual([2, expect.stringContaining(message)])
    expect(await readdir(folder)).toEqual([])
  })

  const manual = ['--mode', 'manual', '--offline']
  it.each<[what: string, options: string[]]>([
    [
      'a line in the audience',
      [...manual, '--domain', 't.eu.auth0.com', '--audience', 'urn:api\nNODE_OPTIONS=--require=x'],
    ],
    ['a line in the domain', [...manual, '--domain', 't.eu.auth0.com\nNODE_OPTIONS=x', '--audience', 'urn:api']],
    ['a control character', [...manual, '--domain', 't.eu.auth0.com', '--audience', 'urn:api\u0007']],
    ['a path for a framework', ['--mode', 'local', '--starter', '--framework', '../../evil']],
    ['a name of every object for a framework', ['--mode', 'local', '--starter', '--framework', 'constructor']],
    ['an option for the Auth0 CLI', ['--mode', 'automated', '--audience', '--force']],
  ])('L04 write nothing for %s', async (_, options) => {
    const { code } = await run([...options, '--yes'])
    expect(code).toBe(2)
    expect(await readdir(folder)).toEqual([])
  })

  it('fit a screen of help', async () => {
    const { stdout } = await run(['--help'])
    const lines = stdout.split('\n')
    expect(lines.length).toBeLessThan(25)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
  })
})
