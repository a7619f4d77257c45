import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli, startCli } from '../support/cli.js'

interface Ready {
  readonly event: 'ready'
  readonly issuer: string
  readonly domain: string
  readonly audience: string
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

  const run = (parameters: readonly string[], env: Record<string, string> = {}) =>
    runCli(parameters, { cwd: folder, env })

  function start(parameters: readonly string[]): ChildProcess {
    const child = startCli(parameters, { cwd: folder })
    started.push(child)
    return child
  }

  /** The events of `--json`: the first one, and all of them at the end. */
  async function ready(parameters: readonly string[]) {
    const child = start(['dev', '--port', '0', '--json', ...parameters])
    const events: unknown[] = []
    const lines = createInterface({ input: child.stdout ?? process.stdin })
    lines.on('line', (line) => events.push(JSON.parse(line)))
    await once(lines, 'line')
    const end = async (signal: NodeJS.Signals) => {
      const closed = once(child, 'close')
      child.kill(signal)
      return (await closed)[0]
    }
    return { ...(events[0] as Ready), events, end }
  }

  async function tokenFrom(issuer: string, fields: Record<string, string> = {}) {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      audience: 'https://api.example.com',
      client_id: 'local-m2m',
      client_secret: 'local-m2m-secret',
      ...fields,
    })
    const response = await fetch(`${issuer}oauth/token`, { method: 'POST', body })
    return { status: response.status, ...((await response.json()) as { scope?: string }) }
  }

  it('is ready, gives tokens, and ends with Ctrl-C', async () => {
    const { event, issuer, domain, audience, events, end } = await ready([])
    expect([event, issuer, audience]).toEqual(['ready', `http://${domain}/`, 'https://api.example.com'])
    expect((await tokenFrom(issuer)).status).toBe(200)
    expect(await end('SIGINT')).toBe(0)
    expect(events.slice(1)).toEqual([{ event: 'exited', code: 0 }])
  })

  it('listens where the settings of the project say, unless an option does', async () => {
    const server = createServer().listen(0, 'localhost')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    await writeFile(join(folder, '.env'), `AUTH0_DOMAIN=localhost:${port}\n`)
    expect(await run(['dev'])).toMatchObject({ code: 4, stderr: expect.stringContaining(`Port ${port} is taken.`) })
    const { domain } = await ready([])
    expect(domain).not.toBe(`localhost:${port}`)
    server.close()
  })

  it('prints what an API needs, and no secret', async () => {
    const child = start(['dev', '--port', '0'])
    const [text] = await once(child.stdout ?? child, 'data')
    expect(String(text)).toMatch(/AUTH0_DOMAIN=(localhost:\d+)\n +AUTH0_AUDIENCE=https:\/\/api\.example\.com\n/)
    expect(String(text)).toMatch(/npx sallyport token --domain localhost:\d+ --audience https:\/\/api\.example\.com\n/)
    expect(String(text)).not.toContain('local-m2m-secret')
    expect(String(text)).not.toContain('"r"')
  })

  it('gives a client all that is granted, or what it asks for with --strict-client-scope', async () => {
    const wide = await ready([])
    expect((await tokenFrom(wide.issuer, { scope: 'read:data' })).scope).toContain('write:messages')
    const strict = await ready(['--strict-client-scope'])
    expect((await tokenFrom(strict.issuer, { scope: 'read:data' })).scope).toBe('read:data')
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
    expect(await set({ fault: 'skew', seconds: 3600 })).toBe(204)
    const { access_token } = (await tokenFrom(issuer)) as { readonly access_token?: string }
    expect((decodeJwt(access_token ?? '').iat ?? 0) - Date.now() / 1000).toBeGreaterThan(3500)
    expect(await set({ fault: 'slow', seconds: 0.3 })).toBe(204)
    const begun = performance.now()
    await keys()
    expect(performance.now() - begun).toBeGreaterThanOrEqual(295)
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

  it('takes nothing away with --reset where it cannot start', async () => {
    const first = await ready(['--persist'])
    await first.end('SIGTERM')
    const kept = await readFile(join(folder, '.auth/tenant.json'), 'utf8')
    await writeFile(join(folder, 'broken.json'), '{')
    expect(await run(['dev', '--port', '0', '--persist', '--reset', '--seed', 'broken.json'])).toMatchObject({
      code: 1,
    })
    const server = createServer().listen(0, 'localhost')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    expect(await run(['dev', '--port', String(port), '--persist', '--reset'])).toMatchObject({ code: 4 })
    expect(await run(['dev', '--port', String(port), '--reset'])).toMatchObject({ code: 4 })
    server.close()
    expect(await readFile(join(folder, '.auth/tenant.json'), 'utf8')).toBe(kept)
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
    expect(await run(['dev', '--port', '0'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `${message}\n  See docs/local-tenant.md\n`,
    })
  })

  it('names a port that is taken, and the option to change it', async () => {
    const server = createServer().listen(0, 'localhost')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    expect(await run(['dev', '--port', String(port)])).toEqual({
      code: 4,
      stdout: '',
      stderr: `Port ${port} is taken.\n  Choose another: sallyport dev --port ${port + 1}\n`,
    })
    server.close()
  })

  it('L01 does not run in production', async () => {
    const { code, stderr } = await run(['dev', '--port', '0'], { NODE_ENV: 'production' })
    expect([code, stderr]).toEqual([1, expect.stringContaining('NODE_ENV is "production"')])
  })

  it.each<[string[], string]>([
    [['dev', '--prot', '1'], 'dev has no option --prot. Did you mean "--port"?\n  sallyport dev --help\n'],
    [['dev', '--port', 'x'], '--port takes a number from 0 to 65535.\n  sallyport dev --port 4491\n'],
    [
      ['dev', '--seed', 'none.json'],
      'none.json cannot be read (ENOENT).\n  Name another: sallyport dev --seed <file>\n',
    ],
    [
      ['dev', 'node', 'server.js'],
      'dev does not take "node".\n  A command stands after "--": sallyport dev -- node server.js\n',
    ],
    [['dev', '--'], 'After "--" stands the command to run.\n  sallyport dev -- node server.js\n'],
  ])('answers %j with exit code 2 and what to do', async (parameters, stderr) => {
    expect(await run(parameters)).toEqual({ code: 2, stdout: '', stderr })
  })

  it.each(['dev', 'token', 'call'])('prints the help of %s, at most a screen of it', async (name) => {
    const { code, stdout, stderr } = await run([name, '--help'])
    const lines = stdout.trimEnd().split('\n')
    expect([code, stderr, lines[0]]).toEqual([0, '', expect.stringContaining(`sallyport ${name}`)])
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100)
  })
})
