/**
 * Where the proofs that were used are kept. Instances of one API share one store, or a proof is good once per instance.
 * docs/write-a-store.md says what an implementation has to hold, and `sallyport/testing` has the suite that checks it.
 */
export interface ReplayStore {
  /**
   * Claims a key in one atomic operation: `true` for the first caller, `false` for every other one until `ttlSeconds` have
   * passed. A store that cannot tell throws; it never guesses, and never gives up a live key for a new one.
   *
   * @param key 43 characters of base64url.
   * @param ttlSeconds A whole number from 1.
   * @param jkt The thumbprint of the key that signed the proof, for stores that limit how much one client may use.
   */
  claim(key: string, ttlSeconds: number, jkt: string): boolean | Promise<boolean>
}

/** What a store throws that has no room for another live entry: the answer is 503 until some expire. */
export class ReplayStoreFull extends Error {
  override readonly name = 'ReplayStoreFull'

  constructor() {
    super('The replay store has no room for another live entry.')
  }
}
