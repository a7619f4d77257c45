import { createInterface } from 'node:readline/promises'
import pc from 'picocolors'
import { interruption } from './failure.js'

type Colors = ReturnType<typeof pc.createColors>

/** Where a command talks with a person. Results go elsewhere: a command returns them. */
export interface Terminal {
  /** Whether somebody is there to answer: a terminal on both sides, no CI, no agent, no `--json`, no `--no-input`. */
  readonly isInteractive: boolean
  /** For stdout. */
  readonly colors: Colors
  /** A line on stderr. */
  say(line: string): void
  /** For stderr. */
  readonly talkColors: Colors
  /** A question on stderr, and what is typed after it, trimmed. @throws {CliFailure} Ctrl-C, and the end of the input. */
  ask(question: string): Promise<string>
  /** Says what is going on when it takes more than a second. */
  during<Result>(what: string, work: Promise<Result>): Promise<Result>
}

/** Variables of programs that type for a person: the question is for the person. */
const agents: readonly RegExp[] = [
  /^CLAUDECODE$/,
  /^CLAUDE_CODE_/,
  /^CURSOR_/,
  /_(?:CONVERSATION|THREAD|AGENT_SESSION)_ID$/,
  /^AUTH0_CLI_CLIENT$/,
  /^GEMINI_CLI/,
  /^ANTIGRAVITY_/,
  /^AI_AGENT$/,
]

/** @param parameters What was typed: `--json` and `--no-input` mean that nobody is there. */
export function createTerminal(parameters: readonly string[]): Terminal {
  const { stdin, stdout, stderr, env } = process
  const isSilenced = parameters.includes('--json') || parameters.includes('--no-input')
  const isAutomated = Boolean(env['CI']) || Object.keys(env).some((name) => agents.some((agent) => agent.test(name)))
  const say = (line: string) => void stderr.write(`${line}\n`)
  return {
    isInteractive: stdin.isTTY === true && stdout.isTTY === true && !isSilenced && !isAutomated,
    colors: colorsOf(stdout),
    talkColors: colorsOf(stderr),
    say,
    ask,
    during: async (what, work) => {
      const timer = setTimeout(() => say(colorsOf(stderr).dim(`… ${what}`)), 1000)
      try {
        return await work
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** `hasColors` of a terminal looks at NO_COLOR, FORCE_COLOR and TERM. */
function colorsOf(stream: NodeJS.WriteStream): Colors {
  return pc.createColors(stream.isTTY === true && stream.hasColors())
}

async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  const abort = new AbortController()
  reader.once('SIGINT', () => abort.abort())
  reader.once('close', () => abort.abort())
  try {
    return (await reader.question(question, { signal: abort.signal })).trim()
  } catch {
    process.stderr.write('\n')
    throw interruption()
  } finally {
    reader.close()
  }
}
