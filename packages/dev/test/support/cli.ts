import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface CliOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Typed on stdin, which ends after it. Default: nothing. */
  readonly input?: string
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Names of variables that say that no person is there, or whose API it is: a test says so itself. */
const foreign =
  /^(CI|NO_COLOR|FORCE_COLOR|AI_AGENT|AUTH0_|CLAUDE|CURSOR_|CODEX_|GEMINI_|ANTIGRAVITY_|NODE_ENV)|_(CONVERSATION|THREAD|AGENT_SESSION)_ID$/

export function environment(own: CliOptions['env'] = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return { ...Object.fromEntries(kept), NODE_ENV: 'test', ...own }
}

export function startCli(parameters: readonly string[], { cwd, env }: CliOptions): ChildProcess {
  return spawn(process.execPath, [program, ...parameters], { cwd, env: environment(env) })
}

/** Runs the CLI as a process of its own, without a terminal. */
export async function runCli(parameters: readonly string[], options: CliOptions): Promise<Ended> {
  const child = startCli(parameters, options)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
    })
  child.stdin?.end(options.input ?? '')
  const [code] = await once(child, 'close')
  return { code, ...output }
}

/** A person in front of the CLI. */
export interface Screen {
  /** All that was shown so far. */
  readonly shown: () => string
  /** Waits until a text is shown after all that was waited for before. */
  waitFor(text: string): Promise<void>
  /** Types a line. */
  answer(line: string): void
  /** Types as it is: `\u0003` is Ctrl-C. */
  press(keys: string): void
  /** The exit code. */
  ended(): Promise<number>
  kill(): void
}

/** Opens the CLI in a pseudo-terminal, 100 columns wide. */
export function openScreen(parameters: readonly string[], { cwd, env }: CliOptions): Screen {
  const quoted = [process.execPath, program, ...parameters].map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
  const command = `stty cols 100 rows 40; exec ${quoted.join(' ')}`
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    cwd,
    env: { ...environment({ TERM: 'xterm-256color', ...env }), SHELL: '/bin/sh' },
  })
  const exit = once(child, 'close').then(([code]) => code as number)
  let shown = ''
  let seen = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    shown += chunk
  })
  return {
    shown: () => shown,
    waitFor: async (text) => {
      const deadline = Date.now() + 15_000
      while (shown.indexOf(text, seen) < 0) {
        if (Date.now() > deadline) throw new Error(`Waited for "${text}", was shown: ${shown.slice(seen)}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      seen = shown.indexOf(text, seen) + text.length
    },
    answer: (line) => void child.stdin.write(`${line}\r`),
    press: (keys) => void child.stdin.write(keys),
    ended: () => exit,
    kill: () => void child.kill('SIGKILL'),
  }
}
