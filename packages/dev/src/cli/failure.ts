/** What an exit code means. docs/cli.md has the table. */
export const exitCodes = {
  ok: 0,
  /** A check or an operation failed. */
  failed: 1,
  /** What was typed makes no sense, or an answer is missing. */
  usage: 2,
  /** Not logged in, or not allowed to. */
  unauthorized: 3,
  /** It is there already, and different. */
  conflict: 4,
  network: 5,
  /** Ctrl-C. */
  interrupted: 130,
} as const

export interface FailureDetails {
  /** Default `failed`. */
  readonly exit?: keyof typeof exitCodes
  /** What to do about it: a sentence, or the one command. */
  readonly fix?: string
  /** A page of the documentation, such as `docs/local-tenant.md`. */
  readonly docs?: string
  /** Further members of the object that `--json` prints. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** Ends a command: the message goes to stderr, or into the one object that `--json` prints. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure'
  readonly code: string
  readonly details: FailureDetails
  readonly exitCode: number

  /** @param code In snake_case, for programs. */
  constructor(code: string, message: string, details: FailureDetails = {}) {
    super(message)
    this.code = code
    this.details = details
    this.exitCode = exitCodes[details.exit ?? 'failed']
  }
}

export function usageMistake(message: string, fix?: string): CliFailure {
  return new CliFailure('usage', message, { exit: 'usage', ...(fix === undefined ? {} : { fix }) })
}

export function interruption(): CliFailure {
  return new CliFailure('interrupted', 'Interrupted.', { exit: 'interrupted' })
}
