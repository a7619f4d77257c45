import { spawn } from 'node:child_process'
import { CliFailure } from '../../failure.js'
import type { Terminal } from '../../terminal.js'
import { cannotStart, commandFailure, tookTooLong } from './auth0-failures.js'

/** A command of the Auth0 CLI. */
interface Auth0Command {
  readonly parameters: readonly string[]
  /** What it does, for a person who waits: `looking for the API`. */
  readonly what: string
  /** Whether it changes something, so that Ctrl-C must not reach it half-way. */
  readonly changes?: boolean
}

/** The Auth0 CLI of this machine. Nothing else of Sallyport speaks with it. */
export interface Auth0Cli {
  /** What `--version` says. @throws {CliFailure} */
  version(): Promise<string>
  /** The JSON that a command prints, without the secrets in it. @throws {CliFailure} */
  ask(command: Auth0Command): Promise<unknown>
  /** A secret goes from the pipe to where it is needed, and nowhere else. @throws {CliFailure} */
  clientSecret(clientId: string): Promise<string>
  /** The same, about one tenant: the default one may change at any time. */
  of(tenant: string): Auth0Cli
}

interface Auth0CliOptions {
  readonly terminal: Pick<Terminal, 'during'>
  readonly tenant?: string
  /** Of each command. Default 30 s. */
  readonly limitMilliseconds?: number
}

/** `auth0` answers a person, an agent and a pipe differently: here it is always a program that asks. */
const plainly = { AUTH0_AGENT_MODE: 'false', NO_COLOR: '1' } as const

const secretMembers = ['signing_secret', 'client_secret', 'signing_keys', 'access_token', 'refresh_token']

export function createAuth0Cli(options: Auth0CliOptions): Auth0Cli {
  const { terminal, tenant, limitMilliseconds = 30_000 } = options

  async function run({ parameters, what, changes = false }: Auth0Command): Promise<string> {
    const about = tenant === undefined ? [] : ['--tenant', tenant]
    const ended = execute([...parameters, ...about, '--no-input', '--no-color'], { changes, limitMilliseconds })
    return terminal.during(what, ended)
  }

  return {
    version: () => terminal.during('asking auth0 for its version', execute(['--version'], { limitMilliseconds })),
    ask: async (command) =>
      parsed(await run(command), (key, value) => (secretMembers.includes(key) ? undefined : value)),
    clientSecret: async (clientId) => {
      const parameters = ['apps', 'show', clientId, '--reveal-secrets', '--json']
      const { client_secret } = Object(parsed(await run({ parameters, what: 'reading the application' })))
      if (typeof client_secret !== 'string' || client_secret === '') throw unexpectedAnswer()
      return client_secret
    },
    of: (other) => createAuth0Cli({ ...options, tenant: other }),
  }
}

interface Limits {
  readonly limitMilliseconds: number
  readonly changes?: boolean
}

function execute(parameters: readonly string[], { limitMilliseconds, changes = false }: Limits): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('auth0', [...parameters], {
      // It would read a pipe to its end before it looks at anything else.
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...plainly },
      detached: changes && process.platform !== 'win32',
      windowsHide: true,
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        output[name] += chunk
      })
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(tookTooLong(parameters, limitMilliseconds))
    }, limitMilliseconds)
    child.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      reject(cannotStart(code))
    })
    child.once('close', (exitCode) => {
      clearTimeout(timer)
      if (exitCode === 0) resolve(output.stdout)
      else reject(commandFailure(parameters, output))
    })
  })
}

/** It also ends with 0 when it is interrupted, and prints nothing then. */
function parsed(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, reviver)
  } catch {
    throw unexpectedAnswer()
  }
}

function unexpectedAnswer(): CliFailure {
  return new CliFailure('auth0_answer', 'The Auth0 CLI answered something else than was asked for.', {
    fix: 'Try it again. If that does not help, go on by hand: sallyport init --mode manual',
  })
}
