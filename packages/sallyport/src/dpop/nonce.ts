import { hmacSha256, isEqualInConstantTime } from '#digest'
import type { Clock } from '../clock.js'
import { RequestRefused } from '../errors.js'
import { allReady, whenReady } from '../when-ready.js'

/** What an accepted nonce says about its proof. */
export interface AcceptedNonce {
  /** Seconds since 1970: the end of the last period in which the nonce is accepted. */
  readonly usableUntil: number
  /** The nonce that the client shall use from now on, unless it did. */
  readonly newer: string | undefined
}

export interface NonceRules {
  /** The first one makes nonces, all of them are accepted. */
  readonly secrets: readonly string[]
  readonly audiences: readonly string[]
  readonly clock: Clock
}

const periodSeconds = 60
const acceptedPeriods = 5

/**
 * Nonces that need no memory: each is an HMAC over the API and a minute, so every instance with the same secret accepts
 * those of the others. The current one is accepted, the four before it, and the next: another instance's clock may be ahead.
 *
 * @returns A check of the `nonce` claim of a proof.
 * @throws {RequestRefused} `nonce_wanted` with the newest nonce, `proof_claim_refused`.
 * @see RFC 9449 sections 9 and 11.3
 */
export function createNonceCheck(rules: NonceRules): (nonce: unknown) => AcceptedNonce | Promise<AcceptedNonce> {
  const noncesOf = createPeriods(rules)
  return (nonce) => {
    if (nonce !== undefined && typeof nonce !== 'string') throw new RequestRefused('proof_claim_refused')
    const now = Math.floor(rules.clock.epochMilliseconds() / 1000 / periodSeconds)
    return whenReady(noncesOf(now), (candidates) => {
      const newest = candidates.find(({ period }) => period === now)
      const match = nonce === undefined ? undefined : matching(candidates, nonce)
      if (match === undefined) throw new RequestRefused('nonce_wanted', { nonce: newest?.nonce })
      return {
        usableUntil: (match.period + acceptedPeriods) * periodSeconds,
        newer: match.period >= now && match.isOfFirstSecret ? undefined : newest?.nonce,
      }
    })
  }
}

interface Candidate {
  readonly nonce: string
  readonly period: number
  readonly isOfFirstSecret: boolean
}

/** The nonces that are accepted in a period; made once per period. */
function createPeriods({
  secrets,
  audiences,
}: NonceRules): (now: number) => readonly Candidate[] | Promise<readonly Candidate[]> {
  const name = JSON.stringify(['sallyport nonce 1', ...audiences])
  let last: { readonly now: number; readonly candidates: readonly Candidate[] } | undefined
  const create = (now: number) => {
    const periods = Array.from({ length: acceptedPeriods + 1 }, (_, index) => now + 1 - index)
    const made = secrets.flatMap((secret, index) =>
      periods.map((period) =>
        whenReady(hmacSha256(secret, `${name}${period}`), (nonce) => ({ nonce, period, isOfFirstSecret: index === 0 })),
      ),
    )
    return allReady(made)
  }
  return (now) => {
    if (last?.now === now) return last.candidates
    return whenReady(create(now), (candidates) => {
      last = { now, candidates }
      return candidates
    })
  }
}

/** Looks at every candidate, so that the time does not tell how much of a guess was right. */
function matching(candidates: readonly Candidate[], nonce: string): Candidate | undefined {
  let match: Candidate | undefined
  for (const candidate of candidates) if (isEqualInConstantTime(candidate.nonce, nonce)) match ??= candidate
  return match
}
