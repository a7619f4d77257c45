import { usageMistake } from '../failure.js'
import { askValue, needsInput, type Objection } from '../questions.js'
import type { Terminal } from '../terminal.js'

interface RequiredValue {
  /** Of the option: `domain`. */
  readonly name: 'domain' | 'audience'
  readonly question: string
  readonly example: string
  readonly given: string | undefined
  /** From the environment or `.env`. */
  readonly current: string | undefined
  /** Whether what is there already is asked about. */
  readonly confirmsCurrent: boolean
  readonly check: (value: string) => Objection | undefined
}

/** From the option, else from a person, else from what is there already. @throws {CliFailure} */
export function requiredValue(value: RequiredValue, terminal: Terminal): Promise<string> | string {
  const { name, question, example, given, current, confirmsCurrent, check } = value
  if (given !== undefined) return checkedValue(given, value)
  const isGood = current !== undefined && check(current) === undefined
  if (isGood && !(confirmsCurrent && terminal.isInteractive)) return current
  if (terminal.isInteractive)
    return askValue(terminal, {
      question: `${question}, such as ${example}`,
      current: isGood ? current : undefined,
      check,
    })
  if (current !== undefined) return checkedValue(current, value, `AUTH0_${name.toUpperCase()}`)
  throw needsInput({
    needs: name,
    message: `The ${name} is missing, and nobody can be asked for it here.`,
    fix: `sallyport init … --${name} ${example}`,
    question,
  })
}

/** A value that nobody is asked about. @param where It comes from, for the message. @throws {CliFailure} */
export function checkedValue(
  given: string,
  { name, check }: Pick<RequiredValue, 'name' | 'check'>,
  where = `--${name}`,
): string {
  const value = given.trim()
  const mistake = check(value)
  if (mistake === undefined) return value
  const { message, correction } = mistake
  throw usageMistake(`${where}: ${message}`, correction === undefined ? undefined : `--${name} ${correction}`)
}
