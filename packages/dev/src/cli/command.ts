/** A command of the CLI. */
export interface Command {
  readonly help: string
  /** @returns The exit code. @throws {UsageMistake} */
  run(parameters: readonly string[]): Promise<number>
}

/** What was typed makes no sense: exit code 2. */
export class UsageMistake extends Error {}
