import type { Project } from './project.js'

export type Severity = 'error' | 'warning' | 'info'

/** Where in a project, from 1 on. */
export interface Place {
  /** Relative to the project, with slashes. */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One thing that a rule has found. */
export interface Finding {
  readonly place?: Place
  /** What is wrong here: a sentence without secrets. */
  readonly message: string
  /** What stands there, masked, on one line. */
  readonly evidence?: string
  /** Where it differs from the rule's. */
  readonly severity?: Severity
  /** Where it differs from the rule's. */
  readonly mend?: Mend
  /** Mends it; only where nothing can get lost by it. Run by `--fix`. */
  readonly repair?: () => Promise<void>
}

export interface Mend {
  readonly text: string
  /** The one command that does it. */
  readonly command?: string
}

/** A mistake that people make. A new one is a file in rules/ and a row in rules.ts. */
export interface Rule {
  /** In kebab-case: what a comment silences it by. */
  readonly code: string
  readonly severity: Severity
  readonly mend: Mend
  /** A page of the documentation. */
  readonly docs?: string
  check(project: Project): readonly Finding[] | Promise<readonly Finding[]>
}
