import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { frameworkNames } from '../../src/cli/project/frameworks.js'
import { startTenant, type Tenant } from '../../src/index.js'
import { installProgram } from '../support/auth0-on-path.js'
import { openScreen, runCli } from '../support/cli.js'

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url))

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-init-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('a starter', () => {
  const audience = 'https://api.example.com'
  const clients = {
    reader: ['read:messages'],
    writer: ['read:messages', 'write:messages'],
  }
  let tenant: Tenant
  let tokens: Record<string, string>
  let server: ChildProcess | undefined

  beforeAll(async () => {
    tenant = await startTenant({
      port: 0,
      seed: {
        apis: [{ name: 'API', identifier: audience, permissions: { 'read:messages': '', 'write:messages': '' } }],
        applications: Object.entries(clients).map(([name, permissions]) => ({
          name,
          type: 'm2m',
          clientId: name,
          clientSecret: 'secret',
          grants: [{ api: audience, permissions }],
        })),
      },
    })
    tokens = Object.fromEntries(await Promise.all(Object.keys(clients).map(async (id) => [id, await tokenFor(id)])))
  })
  afterAll(() => tenant.close())
  afterEach(() => void server?.kill('SIGKILL'))

  async function tokenFor(client_id: string): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id,
      client_secret: 'secret',
      audience,
    })
    const response = await fetch(`${tenant.issuer}oauth/token`, { method: 'POST', body })
    return ((await response.json()) as { access_token: string }).access_token
  }

  const init = (cwd: string, framework: string) =>
    runCli(
      [
        ...['init', '--mode', 'manual', '--domain', tenant.domain, '--audience', audience],
        ...['--starter', '--framework', framework],
      ],
      { cwd },
    )

  /** As the report says: `npx tsx --env-file=.env server.ts`. */
  async function start(): Promise<string> {
    const port = await freePort()
    const program = join(modules, 'tsx/dist/cli.mjs')
    server = spawn(process.execPath, [program, '--env-file=.env', 'server.ts'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], PORT: String(port) },
    })
    let shown = ''
    for (const stream of [server.stdout, server.stderr])
      stream?.on('data', (chunk) => {
        shown += chunk
      })
    const deadline = Date.now() + 30_000
    while (!shown.includes('The API listens at http')) {
      if (Date.now() > deadline || server.exitCode !== null) throw new Error(`It did not start: ${shown}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return `http://localhost:${port}`
  }

  it.each(frameworkNames.flatMap((name) => (['module', 'commonjs'] as const).map((type) => [name, type] as const)))(
    'for %s, in a package of type %s, answers as it should',
    async (framework, type) => {
      await symlink(modules, join(folder, 'node_modules'))
      await writeFile(join(folder, 'package.json'), JSON.stringify({ type }))
      const { code, stdout } = await init(folder, framework)
      expect([code, stdout]).toEqual([0, expect.stringContaining('npx tsx --env-file=.env server.ts')])
      const origin = await start()
      const status = async (route: string, token?: string) => {
        const [method = '', path = ''] = route.split(' ')
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
        return (await fetch(`${origin}${path}`, { method, headers })).status
      }
      const { reader, writer } = tokens
      const answers: [route: string, token: string | undefined, status: number][] = [
        ['GET /api/public', undefined, 200],
        ['GET /api/private', undefined, 400],
        ['GET /api/private', 'no-token', 401],
        ['GET /api/private', reader, 200],
        ['GET /api/messages', undefined, 400],
        ['GET /api/messages', reader, 200],
        ['POST /api/messages', reader, 403],
        ['POST /api/messages', writer, 200],
      ]
      const given = await Promise.all(answers.map(([route, token]) => status(route, token)))
      expect(given).toEqual(answers.map(([, , wanted]) => wanted))
    },
    60_000,
  )

  it('has the right types, on every framework', async () => {
    await symlink(modules, join(folder, 'node_modules'))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    for (const framework of frameworkNames) {
      await mkdir(join(folder, framework))
      expect((await init(join(folder, framework), framework)).code).toBe(0)
    }
    const compilerOptions = {
      target: 'ES2023',
      module: 'NodeNext',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      experimentalDecorators: true,
      noPropertyAccessFromIndexSignature: true,
      noUncheckedIndexedAccess: true,
      noUnusedLocals: true,
      types: ['node'],
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*/server.ts'] }))
    const compiler = spawn(process.execPath, [join(modules, 'typescript/bin/tsc'), '-p', folder])
    let shown = ''
    compiler.stdout.on('data', (chunk) => {
      shown += chunk
    })
    const [code] = await once(compiler, 'close')
    expect([code, shown]).toEqual([0, ''])
  }, 60_000)

  it('is never overwritten, and unchanged the second time', async () => {
    expect((await init(folder, 'hono')).code).toBe(0)
    expect((await init(folder, 'hono')).stdout).toContain('Nothing to do: unchanged.')
    await writeFile(join(folder, 'server.ts'), 'mine')
    await rm(join(folder, '.env'))
    const { code, stderr } = await init(folder, 'hono')
    expect([code, stderr]).toEqual([
      4,
      expect.stringContaining('server.ts is there already, and is never overwritten.'),
    ])
    expect(await readFile(join(folder, 'server.ts'), 'utf8')).toBe('mine')
    expect(await readdir(folder)).toEqual(['.gitignore', 'server.ts'])
  })

  it('needs a framework, from package.json or by name', async () => {
    const parameters = ['init', '--mode', 'local', '--starter', '--json']
    const { code, stdout } = await runCli(parameters, { cwd: folder })
    expect([code, JSON.parse(stdout)]).toEqual([2, expect.objectContaining({ needs: 'framework' })])
    expect(await readdir(folder)).toEqual([])
    await writeFile(join(folder, 'package.json'), '{ "dependencies": { "express": "5" } }')
    expect((await runCli(parameters, { cwd: folder })).code).toBe(0)
    expect(await readFile(join(folder, 'server.ts'), 'utf8')).toContain("from 'sallyport/express'")
  })
})

describe('the packages', () => {
  let bin: string
  beforeEach(async () => {
    bin = await mkdtemp(join(tmpdir(), 'sallyport-bin-'))
    for (const name of ['npm', 'pnpm', 'yarn', 'bun'])
      await installProgram(bin, name, `echo "${name} $*" | tee -a '${join(bin, 'log')}'; exit \${FAILS_WITH:-0}`)
  })
  afterEach(() => rm(bin, { recursive: true, force: true }))

  const log = async () => (await readFile(join(bin, 'log'), 'utf8').catch(() => '')).trim().split('\n')
  const path = () => ({ PATH: `${bin}${delimiter}${process.env['PATH']}` })
  const install = (env: Record<string, string> = {}, ...more: string[]) =>
    runCli(['init', '--mode', 'local', '--install', ...more], { cwd: folder, env: { ...path(), ...env } })

  it.each<[string, Record<string, string>, string[]]>([
    ['npm', {}, ['npm install sallyport', 'npm install --save-dev @sallyport/dev']],
    ['pnpm', { 'pnpm-lock.yaml': '' }, ['pnpm add sallyport', 'pnpm add --save-dev @sallyport/dev']],
    [
      'pnpm in the root of workspaces',
      { 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': '' },
      ['pnpm add --workspace-root sallyport', 'pnpm add --save-dev --workspace-root @sallyport/dev'],
    ],
    ['yarn', { 'yarn.lock': '' }, ['yarn add sallyport', 'yarn add --dev @sallyport/dev']],
    ['bun', { 'bun.lock': '' }, ['bun add sallyport', 'bun add --dev @sallyport/dev']],
  ])('are installed with %s', async (_, files, commands) => {
    for (const [name, text] of Object.entries({ 'package.json': '{}', ...files }))
      await writeFile(join(folder, name), text)
    const { code, stdout, stderr } = await install({}, '--json')
    expect([code, JSON.parse(stdout).ok, await log()]).toEqual([0, true, commands])
    expect(stderr).toContain(commands[0])
  })

  it('are those of the starter too, in an empty folder with a package.json of its own', async () => {
    await install({}, '--starter', '--framework', 'fastify')
    expect(await log()).toEqual([
      'npm install sallyport fastify',
      'npm install --save-dev @sallyport/dev tsx typescript @types/node',
    ])
    expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))).toEqual({ private: true, type: 'module' })
  })

  it('that are there already are left alone', async () => {
    const packageJson = { dependencies: { sallyport: '1' }, devDependencies: { '@sallyport/dev': '1' } }
    await writeFile(join(folder, 'package.json'), JSON.stringify(packageJson))
    const { code, stdout } = await install()
    expect([code, await log()]).toEqual([0, ['']])
    expect(stdout).not.toContain('npm install')
  })

  it('that cannot be installed come last: all else is done', async () => {
    const { code, stderr } = await install({ FAILS_WITH: '7' })
    expect([code, stderr]).toEqual([1, expect.stringContaining('npm failed (exit code 7). All else is done.')])
    expect(stderr).toContain('\n  npm install sallyport\n')
    expect(await readdir(folder)).toEqual(['.env', '.gitignore', 'package.json'])
  })

  it('and a starter are offered to a person', async () => {
    const screen = openScreen(['init', '--mode', 'local'], { cwd: folder, env: { ...path(), NO_COLOR: '1' } })
    await screen.waitFor('Write server.ts, a small API to begin with? (y/n) ')
    screen.answer('y')
    await screen.waitFor('For which framework: fastify, express, hono, nestjs, fetch')
    screen.answer('koa')
    await screen.waitFor('There are starters for')
    await screen.waitFor('For which framework')
    screen.answer('hono')
    await screen.waitFor(
      'Install sallyport, hono, @hono/node-server, @sallyport/dev, tsx, typescript, @types/node with npm?',
    )
    screen.answer('y')
    await screen.waitFor('npx sallyport dev -- npx tsx --env-file=.env server.ts')
    expect(await screen.ended()).toBe(0)
    expect(await log()).toHaveLength(2)
    expect(await readdir(folder)).toEqual(['.env', '.gitignore', 'package.json', 'server.ts'])
  })

  it('and a starter leave everything as it was when the offer is answered by Ctrl-C', async () => {
    const screen = openScreen(['init', '--mode', 'local'], { cwd: folder, env: path() })
    await screen.waitFor('Write server.ts')
    screen.press('\u0003')
    expect(await screen.ended()).toBe(130)
    expect(await readdir(folder)).toEqual([])
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
