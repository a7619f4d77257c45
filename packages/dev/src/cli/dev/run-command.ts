import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { CliFailure } from '../failure.js'

export interface CommandEnd {
  /** 128 and the number of the signal, where one has ended it. */
  readonly code: number
  readonly signal: NodeJS.Signals | null
}

interface CommandRules {
  readonly env: NodeJS.ProcessEnv
  /** What the command prints goes to stderr, as stdout is for events. */
  readonly keepsStdoutFree: boolean
}

/**
 * Runs a program in this terminal, hands signals on to it, and waits for its end.
 *
 * @throws {CliFailure} `command_not_started`
 */
export async function runCommand(
  command: readonly string[],
  { env, keepsStdoutFree }: CommandRules,
): Promise<CommandEnd> {
  const [program = '', ...parameters] = command
  const stdio = ['inherit', keepsStdoutFree ? 2 : 'inherit', 'inherit'] as const
  const hasTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY === true)
  // With all that it starts in turn: npm and its kin end without their children.
  const isGroup = !isWindows && !hasTerminal
  const child = isWindows
    ? spawn(command.map(quotedForWindows).join(' '), { env, stdio: [...stdio], shell: true })
    : spawn(program, parameters, { env, stdio: [...stdio], detached: isGroup })
  const send = (signal: NodeJS.Signals) => void (isGroup ? signalGroup(child.pid, signal) : child.kill(signal))
  const stopForwarding = forwardSignals(send, hasTerminal)
  try {
    return await endOf(child, program)
  } finally {
    stopForwarding()
  }
}

const isWindows = process.platform === 'win32'

/** There npm and its kin are scripts, which only the shell can run. */
function quotedForWindows(word: string): string {
  return /^[\w./:@=\\-]+$/.test(word) ? word : `"${word.replaceAll('"', '""')}"`
}

function endOf(child: ChildProcess, program: string): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(notStarted(program, error.code)))
    child.once('exit', (code, signal) => {
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), signal })
    })
  })
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program',
  EACCES: 'it may not be executed',
}

function notStarted(program: string, code = 'unknown'): CliFailure {
  return new CliFailure('command_not_started', `${program} cannot be started: ${reasons[code] ?? code}.`)
}

/** Ctrl-C reaches all programs of a terminal by itself: sent twice, many take it for "at once". */
function forwardSignals(send: (signal: NodeJS.Signals) => void, hasTerminal: boolean): () => void {
  const handlers = { SIGINT: () => hasTerminal || send('SIGINT'), SIGTERM: () => send('SIGTERM') }
  const entries = Object.entries(handlers)
  for (const [signal, handler] of entries) process.on(signal, handler)
  return () => {
    for (const [signal, handler] of entries) process.off(signal, handler)
  }
}

function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (leader !== undefined) process.kill(-leader, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
