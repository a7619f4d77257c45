/**
 * Keeps metadata documents and key sets outside the process, so that many instances fetch them once. Whoever can write
 * to it can choose the keys that this API trusts: give it the protection of a configuration store. What is read from it
 * passes every check that a fetched document passes.
 */
export interface DocumentStore {
  /** The value, or `undefined`. A rejection, or no answer within 250 ms, counts as `undefined`. */
  get(key: string): Promise<string | undefined | null> | string | undefined | null
  set(key: string, value: string, ttlSeconds: number): Promise<unknown> | unknown
}
