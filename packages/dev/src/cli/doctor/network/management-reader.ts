import type { Mend } from '../rule.js'

/** Reads from the Management API. */
export interface ManagementReader {
  /** For messages: `by the auth0 CLI`. */
  readonly by: string
  /** @param path Below `/api/v2/`. `undefined` where it cannot be had. */
  get(path: string, query: Readonly<Record<string, string>>): Promise<unknown>
}

/** Why nobody may read. */
export interface NotReadable {
  /** Completes the sentence "The settings of the API were not looked at: …". */
  readonly why: string
  readonly mend: Mend
}
