import type { Terminal } from './terminal.js'

/** A command of the CLI. Its help is in a file of its own, `help.ts`, which loads nothing. */
export interface Command {
  /** @throws {CliFailure} */
  run(parameters: readonly string[], terminal: Terminal): Promise<Outcome>
}

/** What a command has to say in the end. */
export interface Outcome {
  /** The result for people, on stdout, whole lines. */
  readonly text?: string
  /** The result for programs: `data` of the one object that `--json` prints. Without it `--json` prints nothing. */
  readonly data?: unknown
  /** Default 0. */
  readonly exitCode?: number
}
