import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

describe('sallyport dev', () => {
  let folder: string
  let started: ChildProcess[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-dev-'))
    started = []
  })
  afterEach(async () => {
    for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  function start(parameters: readonly string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, [program, ...parameters], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', NODE_ENV: 'test', ...env },
    })
    started.push(child)
    return child
  }

  async function run(parameters: readonly string[], env?: Record<string, string>): Promise<Ended> {
    const child = start(parameters, env)
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr?.on('data', (chunk) => {
      stderr += chunk
    })
    const [code] = await once(child, 'close')
    return { code, stdout, stderr }
  }

  /** The object that `--json` prints. */
  async function ready(parameters: readonly string[]) {
    const child = start(['dev', '--port', '0', '--json', ...parameters])
    const [line] = await once(child.stdout ?? child, 'data')
    const summary = JSON.parse(String(line)) as { issuer: string; domain: string; audience: string }
    const end = async (signal: NodeJS.Signals) => {
      const exit = once(child, 'exit')
      child.kill(signal)
      return (await exit)[0]
    }
    return { ...summary, end }
  }

  async function tokenFrom(issuer: string): Promise<number> {
    const secret = { client_id: 'local-m2m', client_secret: 'local-m2m-secret' }
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      audience: 'https://api.example.com',
      ...secret,
    })
    return (await fetch(`${issuer}oauth/token`, { method: 'POST', body })).status
  }

  it('is ready, gives tokens, and ends with Ctrl-C', async () => {
    const { issuer, domain, audience, end } = await ready([])
    expect([issuer, audience]).toEqual([`http://${domain}/`, 'https://api.example.com'])
    expect(await tokenFrom(issuer)).toBe(200)
    expect(await end('SIGINT')).toBe(0)
  })

  it('prints what an API needs, and no secret', async () => {
    const child = start(['dev', '--port', '0'])
    const [text] = await once(child.stdout ?? child, 'data')
    expect(String(text)).toMatch(/AUTH0_DOMAIN=localhost:\d+\n +AUTH0_AUDIENCE=https:\/\/api\.example\.com\n/)
    expect(String(text)).not.toContain('local-m2m-secret')
  })

  it('L05 serves no faults unless it is told to', async () => {
    const { issuer } = await ready([])
    for (const method of ['GET', 'POST', 'DELETE'])
      expect((await fetch(`${issuer}faults`, { method })).status).toBe(404)
  })

  it('L05 keeps foreign pages from setting faults', async () => {
    const { issuer } = await ready(['--faults'])
    const body = '{"fault":"down"}'
    const plain = await fetch(`${issuer}faults`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body })
    const asked = await fetch(`${issuer}faults`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.test', 'access-control-request-method': 'POST' },
    })
    expect([plain.status, asked.headers.get('access-control-allow-origin')]).toEqual([400, null])
  })

  it('fails as it is told to', async () => {
    const { issuer } = await ready(['--faults'])
    const set = async (fault: object) =>
      (
        await fetch(`${issuer}faults`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(fault),
        })
      ).status
    const keys = async () => (await fetch(`${issuer}.well-known/jwks.json`)).text()
    const before = await keys()
    expect(await set({ fault: 'garbage-keys' })).toBe(204)
    expect(await keys()).toContain('<!doctype html>')
    expect((await fetch(`${issuer}faults`, { method: 'DELETE' })).status).toBe(204)
    expect(await keys()).toBe(before)
    expect(await set({ fault: 'rotate' })).toBe(204)
    expect(await keys()).not.toBe(before)
    expect(await set({ fault: 'down' })).toBe(204)
    await expect(keys()).rejects.toThrow()
    expect(await set({ fault: 'nothing' })).toBe(400)
  })

  it('keeps changes where it is told to, for nobody else to read', async () => {
    const first = await ready(['--persist'])
    expect(await first.end('SIGTERM')).toBe(0)
    const modes = await Promise.all(['.auth', '.auth/tenant.json'].map((path) => stat(join(folder, path))))
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600])
    expect(await readFile(join(folder, '.auth/.gitignore'), 'utf8')).toBe('*\n')
    const keysOf = async (issuer: string) => (await fetch(`${issuer}.well-known/jwks.json`)).text()
    const second = await ready(['--persist'])
    const kept = await keysOf(second.issuer)
    await second.end('SIGINT')
    const third = await ready(['--persist'])
    expect(await keysOf(third.issuer)).toBe(kept)
    await third.end('SIGINT')
    const fresh = await ready(['--persist', '--reset'])
    expect(await keysOf(fresh.issuer)).not.toBe(kept)
  })

  it.each<[string, string, string]>([
    ['is not JSON', '{', 'sallyport.tenant.json:1:2 is not JSON: CloseBraceExpected.'],
    [
      'lacks a member',
      '{\n "apis": [\n  { "name": "A" }\n ]\n}',
      'sallyport.tenant.json:3:3 apis[0].identifier is missing.',
    ],
    ['has an unknown member', '{\n "api": []\n}', 'sallyport.tenant.json:2:2 api is not known here.'],
  ])('names the place where a seed %s', async (_, seed, message) => {
    await writeFile(join(folder, 'sallyport.tenant.json'), seed)
    expect(await run(['dev', '--port', '0'])).toEqual({ code: 1, stdout: '', stderr: `${message}\n` })
  })

  it('names a port that is taken, and the option to change it', async () => {
    const server = createServer().listen(0, 'localhost')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    expect(await run(['dev', '--port', String(port)])).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} is taken. Choose another with: sallyport dev --port ${port + 1}\n`,
    })
    server.close()
  })

  it('L01 does not run in production', async () => {
    const { code, stderr } = await run(['dev', '--port', '0'], { NODE_ENV: 'production' })
    expect([code, stderr]).toEqual([1, expect.stringContaining('NODE_ENV is "production"')])
  })

  it.each<[string[], number, string]>([
    [['nope'], 2, 'There is no command "nope". See: sallyport --help\n'],
    [['dev', '--prot', '1'], 2, "Unknown option '--prot'. See: sallyport dev --help\n"],
    [['dev', '--port', 'x'], 2, '--port takes a number from 0 to 65535, as in: sallyport dev --port 4491\n'],
    [
      ['dev', '--seed', 'none.json'],
      2,
      'none.json cannot be read (ENOENT). Name another with: sallyport dev --seed <file>\n',
    ],
  ])('answers %j with exit code %i and what to do', async (parameters, code, stderr) => {
    expect(await run(parameters)).toEqual({ code, stdout: '', stderr })
  })

  it.each([[['--help']], [['dev', '--help']], [['--version']]])(
    'prints %j, at most a screen of it',
    async (parameters) => {
      const { code, stdout, stderr } = await run(parameters)
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout.split('\n').length).toBeLessThan(25)
    },
  )
})
