import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tenant } from '../../src/index.js'
import { openScreen, runCli, startCli } from '../support/cli.js'
import {
  jsonOf,
  messages,
  newFolder,
  recordingServer,
  runAlone,
  startTokenTenant,
  workerSecret,
} from './token-world.js'

let tenant: Tenant
beforeAll(async () => {
  tenant = await startTokenTenant()
})
afterAll(() => tenant.close())

const token = (parameters: readonly string[], env: Record<string, string> = {}, input?: string) =>
  runAlone(['token', '--domain', tenant.domain, ...parameters], env, input)

describe('sallyport token', () => {
  it('prints the token alone on stdout, and what it is on stderr', async () => {
    const { code, stdout, stderr } = await token([])
    expect([code, stdout.split('\n').length]).toEqual([0, 2])
    expect(decodeJwt(stdout.trim())).toMatchObject({ azp: 'local-m2m', aud: messages, iss: tenant.issuer })
    expect(stderr).toMatch(
      /^✓ A Bearer token of "local-m2m" for https:\/\/api\.example\.com, good for 24 h \(until 20[\dT:-]+Z\)\n {2}Scopes: read:messages write:messages/,
    )
    expect(stderr).not.toContain(stdout.trim())
  })

  it('says what was asked for and is not granted', async () => {
    const given = ['--client-id', 'local-reader', '--scope', 'read:messages write:messages']
    const { stderr } = await token(given)
    expect(stderr).toContain('Asked for and not granted: write:messages. The client grant of "local-reader"')
    expect(jsonOf(await token([...given, '--json'])).data).toMatchObject({
      token_type: 'Bearer',
      expires_in: 86_400,
      scopes: ['read:messages'],
      missing: ['write:messages'],
      audience: messages,
      domain: tenant.domain,
      client_id: 'local-reader',
      notes: [expect.stringContaining('write:messages')],
    })
  })

  it('says that Auth0 gives all that is granted, whatever is asked for', async () => {
    const { stderr } = await token(['--scope', 'read:data'])
    expect(stderr).toContain('"local-m2m" gets all that its client grant has')
  })

  it.each<[what: string, file: string, env: Record<string, string>, parameters: string[], input: string]>([
    ['the environment', '', { AUTH0_CLIENT_ID: 'worker', AUTH0_CLIENT_SECRET: workerSecret }, [], ''],
    ['.env', `AUTH0_CLIENT_ID=worker\nAUTH0_CLIENT_SECRET="${workerSecret}"\n`, {}, [], ''],
    ['stdin', '', {}, ['--client-id', 'worker', '--client-secret-stdin'], `${workerSecret}\n`],
    [
      'stdin rather than .env',
      'AUTH0_CLIENT_SECRET=wrong',
      { AUTH0_CLIENT_ID: 'worker' },
      ['--client-secret-stdin'],
      workerSecret,
    ],
    [
      'the environment, for the client that is named',
      '',
      { AUTH0_CLIENT_SECRET: workerSecret },
      ['--client-id', 'worker'],
      '',
    ],
  ])('takes the secret from %s, and never shows it', async (_, file, env, parameters, input) => {
    await using folder = await newFolder()
    await writeFile(join(folder.path, '.env'), file)
    const ended = await runCli(['token', '--domain', tenant.domain, '--audience', messages, ...parameters], {
      cwd: folder.path,
      env,
      input,
    })
    expect(ended.code).toBe(0)
    expect(decodeJwt(ended.stdout.trim())).toMatchObject({ azp: 'worker' })
    expect(ended.stdout + ended.stderr).not.toContain(workerSecret)
  })

  it('takes domain and audience from .env', async () => {
    await using folder = await newFolder()
    await writeFile(join(folder.path, '.env'), `AUTH0_DOMAIN=${tenant.domain}\nAUTH0_AUDIENCE=https://plain.test\n`)
    const { stdout } = await runCli(['token', '--client-id', 'worker', '--client-secret-stdin'], {
      cwd: folder.path,
      input: workerSecret,
    })
    expect(decodeJwt(stdout.trim())).toMatchObject({ aud: 'https://plain.test' })
  })

  it.each<[what: string, env: Record<string, string>, parameters: string[]]>([
    ['of another tenant', { AUTH0_DOMAIN: 'real.eu.auth0.com' }, ['--client-id', 'worker']],
    ['of another application', { AUTH0_CLIENT_ID: 'other' }, ['--client-id', 'worker']],
    ['of nobody, to the seeded application', {}, []],
  ])('sends no secret %s', async (_, env, parameters) => {
    await using server = await recordingServer(() => ({ status: 401, body: '{"error":"access_denied"}' }))
    const given = ['token', '--domain', server.host, '--audience', messages, ...parameters]
    await runAlone(given, { AUTH0_CLIENT_SECRET: workerSecret, ...env })
    expect(JSON.stringify(server.received)).not.toContain(workerSecret)
    expect(server.received.length).toBe(parameters.length === 0 ? 1 : 0)
  })

  it.skipIf(!existsSync('/proc/self/cmdline'))(
    'keeps the secret out of its arguments, and ends with Ctrl-C',
    async () => {
      await using server = await recordingServer(() => undefined)
      await using folder = await newFolder()
      const child = startCli(['token', '--domain', server.host, '--client-id', 'worker'], {
        cwd: folder.path,
        env: { AUTH0_CLIENT_SECRET: workerSecret },
      })
      while (server.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      expect(server.received[0]?.body).toContain(workerSecret)
      expect(await readFile(`/proc/${child.pid}/cmdline`, 'utf8')).not.toContain(workerSecret)
      const closed = once(child, 'close')
      child.kill('SIGINT')
      expect((await closed)[0]).toBe(130)
    },
  )

  it('asks a person for what is missing', async () => {
    await using folder = await newFolder()
    const screen = openScreen(['token'], { cwd: folder.path })
    await screen.waitFor('The domain of the tenant: ')
    screen.answer(tenant.domain)
    await screen.waitFor('eyJ')
    expect(await screen.ended()).toBe(0)
  })

  it.each<[parameters: string[], env: Record<string, string>, needs: string, fix: string]>([
    [[], {}, 'domain', '--domain'],
    [['--domain', 'x.eu.auth0.com'], {}, 'audience', '--audience'],
    [['--domain', 'x.eu.auth0.com', '--audience', 'https://a.test'], {}, 'client-id', '--client-id'],
  ])('names what is missing with %j', async (parameters, env, needs, fix) => {
    const plain = await runAlone(['token', ...parameters], env)
    expect([plain.code, plain.stdout]).toEqual([2, ''])
    expect(plain.stderr).toContain(fix)
    const json = await runAlone(['token', '--json', ...parameters], env)
    expect([json.code, jsonOf(json)]).toMatchObject([2, { ok: false, needs, error: { code: 'needs_input' } }])
  })

  it.each<[parameters: string[], message: string]>([
    [['--scop', 'x'], 'token has no option --scop. Did you mean "--scope"?'],
    [['eyJhbGciOiJub25lIn0.e30.'], 'token does not take'],
    [['--domain', 'https://x.test/path'], 'The domain is not a bare host name.'],
    [['--domain', 'x.eu.auth0.com', '--audience', 'a', '--client-id', 'i'], 'No secret of the application "i"'],
    [['--client-secret-stdin'], '--client-secret-stdin found nothing on stdin.'],
    [['--curl', 'localhost:3000/x'], 'has to begin with http:// or https://'],
    [['--curl', 'http://user:password@localhost/x'], 'has a user or a password in it'],
  ])('ends %j with exit code 2', async (parameters, message) => {
    const domain = parameters.includes('--domain') ? [] : ['--domain', tenant.domain]
    const { code, stdout, stderr } = await runAlone(['token', ...domain, ...parameters])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('password@')
  })
})

describe('sallyport token --copy', () => {
  /** A program of that name on the PATH, which keeps its input and its arguments. */
  async function clipboardTool(folder: string, name: string): Promise<Record<string, string>> {
    const bin = join(folder, 'bin')
    await mkdir(bin)
    await writeFile(join(bin, name), `#!/bin/sh\ncat > '${folder}/copied'\necho "$@" > '${folder}/arguments'\n`)
    await chmod(join(bin, name), 0o755)
    return { PATH: `${bin}${delimiter}${process.env['PATH']}`, DISPLAY: ':0', WAYLAND_DISPLAY: '' }
  }

  it.runIf(process.platform === 'linux')(
    'puts the token on the clipboard by stdin, and nothing on stdout',
    async () => {
      await using folder = await newFolder()
      const env = await clipboardTool(folder.path, 'xclip')
      const { code, stdout, stderr } = await runCli(['token', '--domain', tenant.domain, '--copy'], {
        cwd: folder.path,
        env,
      })
      expect([code, stdout]).toEqual([0, ''])
      expect(stderr).toContain('on the clipboard (xclip)')
      const copied = await readFile(join(folder.path, 'copied'), 'utf8')
      expect(decodeJwt(copied)).toMatchObject({ azp: 'local-m2m' })
      expect(await readFile(join(folder.path, 'arguments'), 'utf8')).toBe('-selection clipboard\n')
      const json = await runCli(['token', '--domain', tenant.domain, '--copy', '--json'], { cwd: folder.path, env })
      expect(json.stdout).not.toContain('access_token')
      expect(jsonOf(json).data).toMatchObject({ copied: true, token_type: 'Bearer' })
    },
  )

  const nothing = { DISPLAY: '', WAYLAND_DISPLAY: '', WSL_DISTRO_NAME: '' }

  it.runIf(process.platform === 'linux')('says where there is no clipboard', async () => {
    const { code, stdout, stderr } = await token(['--copy'], nothing)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('There is no clipboard here')
    expect(stderr).not.toContain('eyJ')
  })

  it.runIf(process.platform === 'linux')('asks the terminal as a last resort', async () => {
    await using folder = await newFolder()
    const screen = openScreen(['token', '--domain', tenant.domain, '--copy'], { cwd: folder.path, env: nothing })
    await screen.waitFor('on the clipboard (the terminal)')
    expect(await screen.ended()).toBe(0)
    const encoded = /\]52;c;([A-Za-z0-9+/=]+)/.exec(screen.shown())?.[1] ?? ''
    expect(decodeJwt(Buffer.from(encoded, 'base64').toString())).toMatchObject({ azp: 'local-m2m' })
  })
})
