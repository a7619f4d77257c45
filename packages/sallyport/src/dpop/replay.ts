import { sha256 } from '#digest'
import type { Clock } from '../clock.js'
import { RequestRefused } from '../errors.js'
import { whenReady } from '../when-ready.js'
import type { ReplayStore } from './replay-store.js'

/** A proof that passed every other check. */
export interface UsableProof {
  readonly jti: string
  readonly jkt: string
  /** Seconds since 1970: the last moment at which this instance would accept the proof. */
  readonly usableUntil: number
}

export interface ReplayRules {
  /** `undefined`: replays are not looked for. */
  readonly store: ReplayStore | undefined
  readonly clock: Clock
}

/** The clock of another instance may be so far behind: it would accept a proof for so much longer. */
const instanceSkewSeconds = 120

/**
 * Claims proofs: the first use wins on every instance that shares the store. The key is made of the API and of the client's
 * key besides the `jti`, or one client could use up the `jti` of another.
 *
 * @throws {RequestRefused} `proof_replayed`, `proof_time_refused`, `proof_limit_reached`.
 * @throws {DependencyUnavailable} when the store gives no verdict.
 * @see RFC 9449 section 11.1
 */
export function createReplayClaim({ store, clock }: ReplayRules) {
  return (proof: UsableProof, audience: string): void | Promise<void> => {
    if (store === undefined) return
    const remaining = proof.usableUntil - clock.epochMilliseconds() / 1000
    // It was usable when the request came; the rest may have waited for the issuer's keys.
    if (!(remaining >= 0)) throw new RequestRefused('proof_time_refused')
    // Longer, and not as long: the last moment still counts.
    const ttlSeconds = Math.floor(remaining + instanceSkewSeconds) + 1
    const { jkt } = proof
    // Of these only the audience and the jti have no fixed length: the first says its own.
    const key = sha256(`sallyport replay 1 ${audience.length} ${audience}${jkt}${proof.jti}`)
    const isFirst = whenReady(key, (hashed) => store.claim(hashed, ttlSeconds, jkt))
    return whenReady(isFirst, (first) => {
      if (first !== true) throw new RequestRefused('proof_replayed')
    })
  }
}
