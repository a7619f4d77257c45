import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant } from '../../src/index.js'
import { manage } from '../management/support/managed-tenant.js'
import { auth0OnPath } from '../support/auth0-on-path.js'
import { environment } from '../support/cli.js'
import { type Registry, startRegistry } from '../support/registry.js'
import { blocksOf, commandsOf, skillPage, skillPages } from '../support/skill.js'

interface Ended {
  readonly code: number | null
  readonly output: string
}

const frameworks = ['fastify', 'express', 'hono', 'nestjs', 'fetch'] as const

/** What the skill's own checks give, in their order: SKILL.md, "Verify". */
const verified: readonly (readonly [command: RegExp, code: number, shown: RegExp])[] = [
  [/public --no-token/, 0, /200/],
  [/api\/private$/, 0, /200/],
  [/api\/messages$/, 0, /200/],
  [/private --no-token/, 1, /400.*invalid_request/s],
  [/doctor --url/, 0, /./],
]

const tsconfig = { compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true, strict: true } }

describe('every command of the skill', { timeout: 240_000 }, () => {
  let cwd: string
  let registry: Registry
  let ports: { readonly tenant: number; readonly api: number }
  const done: string[] = []

  beforeAll(async () => {
    registry = await startRegistry()
    cwd = await mkdtemp(join(tmpdir(), 'sallyport-skill-'))
    ports = { tenant: await freePort(), api: await freePort() }
    const start = 'tsx --env-file=.env server.ts'
    const manifest = { name: 'app', private: true, type: 'module', scripts: { start } }
    await writeFile(join(cwd, 'package.json'), JSON.stringify(manifest))
    await writeFile(join(cwd, 'tsconfig.json'), JSON.stringify(tsconfig))
    await shell('npm install --save-dev tsx typescript')
  }, 240_000)
  afterAll(async () => {
    await registry.close()
    await rm(cwd, { recursive: true, force: true })
  })

  /** As somebody types it, on ports of its own. */
  function shell(command: string, further: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return new Promise((resolve) => {
      execFile('bash', ['-c', onOwnPorts(command)], { cwd, env: { ...env(), ...further } }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), output: `${stdout}\n${stderr}` })
      })
    })
  }

  async function typed(command: string, further?: Readonly<Record<string, string>>): Promise<Ended> {
    done.push(command)
    return shell(command, further)
  }

  function onOwnPorts(command: string): string {
    return command
      .replaceAll('localhost:3000', `localhost:${ports.api}`)
      .replace('sallyport dev --', `sallyport dev --port ${ports.tenant} --`)
      .replace('your-tenant.eu.auth0.com', `localhost:${ports.tenant}`)
  }

  function env(): NodeJS.ProcessEnv {
    const domain = { AUTH0_DOMAIN: `localhost:${ports.tenant}`, AUTH0_AUDIENCE: 'https://api.example.com' }
    return environment({ ...registry.env, ...domain, PORT: String(ports.api) })
  }

  function start(command: string): ChildProcess {
    done.push(command)
    return spawn('bash', ['-c', `exec ${onOwnPorts(command)}`], { cwd, env: env(), stdio: 'ignore', detached: true })
  }

  async function apiIsUp(): Promise<void> {
    for (let tries = 0; tries < 150; tries += 1) {
      const answer = await fetch(`http://localhost:${ports.api}/api/public`).catch(() => undefined)
      if (answer?.ok === true) return
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    throw new Error('The API of the skill did not start')
  }

  /** Runs the tenant with the API beside it. */
  async function whileUp(work: () => Promise<void>): Promise<void> {
    const child = start('npx sallyport dev -- npm start')
    try {
      await apiIsUp()
      await work()
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
      await once(child, 'exit')
    }
  }

  it('installs, and sets up locally', async () => {
    const [packages = '', local = ''] = blocksOf(skillPage('SKILL.md'), 'sh')
    for (const command of packages.trim().split('\n')) expect(await typed(command)).toMatchObject({ code: 0 })
    expect(await typed(local.trim())).toMatchObject({ code: 0 })
  })

  describe.each(frameworks)('of %s', (framework) => {
    const page = skillPage(`references/${framework}.md`)

    it('installs, and its program does what the skill says', async () => {
      for (const command of commandsOf(page)) expect(await typed(command)).toMatchObject({ code: 0 })
      await writeFile(join(cwd, 'server.ts'), blocksOf(page, 'ts')[0] ?? '')
      const checks = commandsOf(skillPage('SKILL.md')).filter((command) => verified.some(([one]) => one.test(command)))
      expect(checks.length).toBe(verified.length)
      await whileUp(async () => {
        for (const [index, [, code, shown]] of verified.entries()) {
          const ended = await typed(checks[index] ?? '')
          expect(ended, checks[index]).toEqual({ code, output: expect.stringMatching(shown) })
        }
      })
    })
  })

  it('does all else with an API that is up', async () => {
    const rest = skillPages.flatMap(commandsOf).filter((command) => !done.includes(command))
    const runnable = rest.filter((command) => !command.includes('--mode automated'))
    expect(runnable.length).toBeGreaterThan(4)
    await whileUp(async () => {
      // The other modes begin where nothing is set up: they would ask before they replace the values of local mode.
      await rm(join(cwd, '.env'))
      for (const command of runnable) expect(await typed(command), command).toMatchObject({ code: 0 })
    })
  })

  it('sets up with the Auth0 CLI, or with what stands in for it', async () => {
    await using tenant = await startTenant({ port: 0 })
    const { tokenFor } = await manage(tenant)
    const { env: withAuth0 } = await auth0OnPath(join(cwd, 'bin'), { issuer: tenant.issuer, token: await tokenFor() })
    await rm(join(cwd, '.env'))
    const automated = skillPages.flatMap(commandsOf).filter((command) => command.includes('--mode automated'))
    // Two pages have it: the second time there is nothing to do.
    const outputs = []
    for (const command of automated) outputs.push(await typed(command, withAuth0))
    expect(outputs).toMatchObject([
      { code: 0, output: expect.stringContaining('Done.') },
      { code: 0, output: expect.stringContaining('Nothing to do: unchanged.') },
    ])
    expect((await readFile(join(cwd, '.env'), 'utf8')).split('\n').map((line) => line.split('=')[0])).toEqual([
      'AUTH0_DOMAIN',
      'AUTH0_AUDIENCE',
      'AUTH0_CLIENT_ID',
      'AUTH0_CLIENT_SECRET',
      '',
    ])
  })

  it('leaves nothing out', () => {
    expect(skillPages.flatMap(commandsOf).filter((command) => !done.includes(command))).toEqual([])
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
