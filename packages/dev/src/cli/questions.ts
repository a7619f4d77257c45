import { CliFailure } from './failure.js'
import type { Terminal } from './terminal.js'

interface MissingAnswer {
  /** For programs: `mode`, `audience`. */
  readonly needs: string
  readonly message: string
  readonly fix: string
  readonly question: string
  readonly choices?: readonly unknown[]
}

/** A question that nobody is there to answer. */
export function needsInput({ needs, message, fix, question, choices }: MissingAnswer): CliFailure {
  return new CliFailure('needs_input', message, {
    exit: 'usage',
    fix,
    more: { needs, question, ...(choices === undefined ? {} : { choices }) },
  })
}

/** Asks until it is answered: Enter alone is no answer. @throws {CliFailure} Ctrl-C. */
export async function askYesOrNo(terminal: Terminal, question: string): Promise<boolean> {
  for (;;) {
    const answer = (await terminal.ask(`${question} (y/n) `)).toLowerCase()
    if (/^(?:y|yes|n|no)$/.test(answer)) return answer.startsWith('y')
    terminal.say('Please type y or n.')
  }
}

/** A value, asked for until it is a good one. */
export interface ValueQuestion {
  readonly question: string
  /** Taken when Enter alone is pressed, and shown with the question. */
  readonly current: string | undefined
  /** @returns What is wrong, and what would be right. */
  readonly check: (value: string) => Objection | undefined
}

export interface Objection {
  readonly message: string
  /** What was meant, where that is sure enough to be offered. */
  readonly correction?: string
}

/** @throws {CliFailure} Ctrl-C. */
export async function askValue(terminal: Terminal, { question, current, check }: ValueQuestion): Promise<string> {
  const { yellow, dim } = terminal.talkColors
  const hint = current === undefined ? '' : dim(` (Enter for ${current})`)
  for (;;) {
    const typed = await terminal.ask(`${question}${hint}: `)
    const value = typed === '' ? (current ?? '') : typed
    const mistake = check(value)
    if (mistake === undefined) return value
    terminal.say(yellow(mistake.message))
    const { correction } = mistake
    if (correction !== undefined && (await askYesOrNo(terminal, `Take ${correction}?`))) return correction
  }
}
