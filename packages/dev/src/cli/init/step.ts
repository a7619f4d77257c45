import type { CliFailure } from '../failure.js'

/** Something that has to be as described. All steps are planned, and asked about, before the first is done. */
export interface Step {
  readonly action: 'create' | 'change' | 'unchanged'
  /** What it is about: `.env`, `API`. */
  readonly subject: string
  /** Without secrets: the names of variables, not their values. */
  readonly detail: string
  readonly question?: StepQuestion
  /** Not there when nothing is to be done. @returns The commands that undo it, where it cannot be seen in the folder. */
  run?(): Promise<readonly string[]>
}

interface StepQuestion {
  readonly text: string
  /** Ends the command where nobody can answer; without it the step is done then. */
  readonly unanswered?: CliFailure
  /** Ends the command when the answer is no; without it the step is left out. */
  readonly refused?: CliFailure
}
