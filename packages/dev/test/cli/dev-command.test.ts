import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openScreen, runCli, type Screen, startCli } from '../support/cli.js'

let folder: string
let screens: Screen[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-dev-'))
  screens = []
})
afterEach(async () => {
  for (const screen of screens) screen.kill()
  await rm(folder, { recursive: true, force: true })
})

/** A command that runs a script of Node. */
const script = (text: string) => ['--', process.execPath, '--input-type=module', '-e', text]
const dev = (parameters: readonly string[], env: Record<string, string> = {}) =>
  runCli(['dev', '--port', '0', ...parameters], { cwd: folder, env })

function screen(parameters: readonly string[]): Screen {
  const opened = openScreen(['dev', '--port', '0', ...parameters], { cwd: folder })
  screens.push(opened)
  return opened
}

const printEnvironment = `console.log(JSON.stringify(Object.entries(process.env).filter(([name]) => name.startsWith('AUTH0_'))))`

describe('sallyport dev -- <command>', () => {
  it('runs it when the tenant is ready, with its domain and audience', async () => {
    const { code, stdout, stderr } = await dev(
      script(`
        const { AUTH0_DOMAIN: domain, AUTH0_AUDIENCE: audience } = process.env
        const { status } = await fetch('http://' + domain + '/.well-known/jwks.json')
        console.log(status, audience)`),
    )
    expect([code, stdout]).toEqual([0, '200 https://api.example.com\n'])
    expect(stderr).toMatch(/ready: http:\/\/localhost:\d+\/\n +AUTH0_DOMAIN=localhost:\d+ AUTH0_AUDIENCE=https/)
  })

  it('sets nothing else, and stands above the .env of the folder', async () => {
    await writeFile(join(folder, '.env'), 'AUTH0_DOMAIN=real.eu.auth0.com\nAUTH0_CLIENT_SECRET=from-the-file\n')
    const { stdout, stderr } = await dev(script(`process.loadEnvFile?.(); ${printEnvironment}`))
    expect(stderr).toMatch(/AUTH0_DOMAIN is real\.eu\.auth0\.com here: the command gets localhost:\d+ instead\./)
    expect(stderr).toMatch(/AUTH0_DOMAIN=localhost:\d+ npx sallyport call …/)
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        ['AUTH0_DOMAIN', expect.stringMatching(/^localhost:/)],
        ['AUTH0_AUDIENCE', 'https://api.example.com'],
        ['AUTH0_CLIENT_SECRET', 'from-the-file'],
      ]),
    )
    const { stdout: plain } = await dev(script(printEnvironment))
    expect(
      JSON.parse(plain)
        .map(([name]: [string]) => name)
        .sort(),
    ).toEqual(['AUTH0_AUDIENCE', 'AUTH0_DOMAIN'])
  })

  const seed = {
    apis: ['https://one.test', 'https://two.test'].map((identifier) => ({ name: identifier, identifier })),
  }
  it.each<[what: string, wanted: string, given: string, note: boolean]>([
    ['the audience that is configured, where the tenant has it', 'https://two.test', 'https://two.test', false],
    ['the first one, and says so, where the tenant does not', 'https://other.test', 'https://one.test', true],
  ])('takes %s', async (_, wanted, given, hasNote) => {
    await writeFile(join(folder, 'sallyport.tenant.json'), JSON.stringify(seed))
    await writeFile(join(folder, '.env'), `AUTH0_AUDIENCE=${wanted}\n`)
    const { stdout, stderr } = await dev(script('console.log(process.env.AUTH0_AUDIENCE)'))
    expect(stdout).toBe(`${given}\n`)
    expect(stderr.includes(`the command gets ${given} instead`)).toBe(hasNote)
  })

  it.each<[what: string, script: string, code: number]>([
    ['with its exit code', 'process.exit(7)', 7],
    ['with 128 and the number of the signal', 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)', 143],
  ])('ends %s', async (_, text, code) => {
    expect((await dev(script(text))).code).toBe(code)
  })

  it('names a command that cannot be started', async () => {
    const { code, stdout, stderr } = await dev(['--', 'no-such-program', 'secret-argument'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('no-such-program cannot be started: there is no such program.\n')
    expect(stderr).not.toContain('secret-argument')
  })

  it('has events alone on stdout with --json', async () => {
    const { code, stdout, stderr } = await dev(['--json', ...script('console.log("noise"); process.exit(3)')])
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events).toEqual([
      expect.objectContaining({ event: 'ready', audience: 'https://api.example.com', issuer: expect.any(String) }),
      { event: 'exited', code: 3 },
    ])
    expect([code, stderr]).toEqual([3, 'noise\n'])
  })

  it.each<[signal: NodeJS.Signals, code: number]>([
    ['SIGINT', 42],
    ['SIGTERM', 55],
  ])('hands %s on, and waits for the end', async (signal, code) => {
    const text = `
      process.on('SIGINT', () => setTimeout(() => process.exit(42), 200))
      process.on('SIGTERM', () => setTimeout(() => process.exit(55), 200))
      console.log('up'); setInterval(() => {}, 1000)`
    const child = startCli(['dev', '--port', '0', ...script(text)], { cwd: folder })
    await once(child.stdout ?? child, 'data')
    const closed = once(child, 'close')
    child.kill(signal)
    expect((await closed)[0]).toBe(code)
  })

  it('ends what the command has started, too', async () => {
    const serve = `const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))`
    const started = `"${process.execPath}" -e "${serve}" & wait`
    const child = startCli(['dev', '--port', '0', '--', 'sh', '-c', started], { cwd: folder })
    const [port] = await once(child.stdout ?? child, 'data')
    child.kill('SIGTERM')
    await once(child, 'exit')
    await expect.poll(() => isListening(Number(String(port)))).toBe(false)
  })

  it('has a command that gets Ctrl-C of a terminal once', async () => {
    const text = `
      let count = 0
      process.on('SIGINT', () => { count += 1; setTimeout(() => process.exit(40 + count), 500) })
      console.log('command is up'); setInterval(() => {}, 1000)`
    const opened = screen(script(text))
    await opened.waitFor('command is up')
    opened.press('\u0003')
    expect(await opened.ended()).toBe(41)
  })
})

describe('sallyport dev in a terminal', () => {
  it('resets to the seed with "r", keeps its keys, and ends with Ctrl-C', async () => {
    const opened = screen([])
    await opened.waitFor('"r" resets it')
    const issuer = /http:\/\/localhost:\d+\//.exec(opened.shown())?.[0] ?? ''
    const keys = async () => (await fetch(`${issuer}.well-known/jwks.json`)).text()
    const before = await keys()
    const token = await managementToken(issuer)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const roles = async () => ((await (await fetch(`${issuer}api/v2/roles`, { headers })).json()) as unknown[]).length
    const seeded = await roles()
    await fetch(`${issuer}api/v2/roles`, { method: 'POST', headers, body: '{"name":"New"}' })
    expect(await roles()).toBe(seeded + 1)
    opened.press('r')
    await opened.waitFor('Reset to the seed')
    expect([await roles(), await keys()]).toEqual([seeded, before])
    opened.press('\u0003')
    expect(await opened.ended()).toBe(0)
  })

  it('leaves the keyboard alone where an agent types', async () => {
    const opened = openScreen(['dev', '--port', '0'], { cwd: folder, env: { CLAUDECODE: '1' } })
    screens.push(opened)
    await opened.waitFor('Ctrl-C ends it.')
    expect(opened.shown()).not.toContain('"r"')
  })
})

async function managementToken(issuer: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'local-management',
    client_secret: 'local-management-secret',
    audience: `${issuer}api/v2/`,
  })
  const response = await fetch(`${issuer}oauth/token`, { method: 'POST', body })
  return ((await response.json()) as { access_token: string }).access_token
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
