import { CliFailure, interruption } from '../failure.js'
import { askYesOrNo } from '../questions.js'
import type { Terminal } from '../terminal.js'
import type { Setup } from './setup.js'
import type { Step } from './step.js'

/** Asks about all steps before one is done. @returns Those that are to be done. @throws {CliFailure} */
export async function confirmSteps(steps: readonly Step[], { options, terminal }: Setup): Promise<readonly Step[]> {
  const confirmed: Step[] = []
  for (const step of steps) {
    const { question } = step
    if (question === undefined || options.yes) confirmed.push(step)
    else if (terminal.isInteractive) {
      if (await askYesOrNo(terminal, question.text)) confirmed.push(step)
      else if (question.refused !== undefined) throw question.refused
    } else if (question.unanswered === undefined) confirmed.push(step)
    else throw question.unanswered
  }
  return confirmed
}

/** Does the steps, one by one. Ctrl-C takes effect between them. @throws {CliFailure} With the commands that undo what was done. */
export async function applySteps(steps: readonly Step[], terminal: Terminal): Promise<void> {
  const undo: string[] = []
  let isInterrupted = false
  const interrupt = () => {
    isInterrupted = true
  }
  process.on('SIGINT', interrupt)
  try {
    for (const step of steps) {
      if (isInterrupted) throw interruption()
      undo.unshift(...((await step.run?.()) ?? []))
    }
    if (isInterrupted) throw interruption()
  } catch (error) {
    throw undo.length === 0 ? error : withUndo(error, undo, terminal)
  } finally {
    process.off('SIGINT', interrupt)
  }
}

function withUndo(error: unknown, undo: readonly string[], { say }: Terminal): CliFailure {
  say(['What was done at the tenant stays. To take it back:', ...undo.map((command) => `  ${command}`), ''].join('\n'))
  const known =
    error instanceof CliFailure
      ? error
      : new CliFailure('failed', error instanceof Error ? error.message : String(error))
  return new CliFailure(known.code, known.message, { ...known.details, more: { ...known.details.more, undo } })
}
