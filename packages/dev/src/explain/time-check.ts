import { spanOf } from './durations.js'
import type { ExplainClock, Facts } from './facts.js'
import { type Finding, fails, passes } from './finding.js'

const toleranceSeconds = 5
const maxFutureSeconds = 60

/** `exp`, `nbf` and `iat`. RFC 7519 section 4.1. */
export function timeCheck({ claims, clock, maxTokenLifetimeSeconds = Number.POSITIVE_INFINITY }: Facts): Finding {
  const now = clock.nowSeconds()
  const { exp, nbf, iat } = claims
  if (!isTime(exp)) return fails('claim_refused', missing('exp', exp, 'until when it is good'))
  if (iat !== undefined && !isTime(iat)) return fails('claim_refused', missing('iat', iat, 'when it was issued'))
  if (nbf !== undefined && !isTime(nbf)) return fails('claim_refused', missing('nbf', nbf, 'from when on it is good'))
  if (exp + toleranceSeconds <= now)
    return fails('token_expired', `It expired ${spanOf(now - exp)} ago.`, `Get a new token.${clockAdvice(clock)}`)
  if (iat === undefined) return fails('claim_refused', missing('iat', iat, 'when it was issued'))
  if (iat > exp) return fails('claim_refused', 'It expires before it was issued (“iat” is later than “exp”).')
  if (exp - iat > maxTokenLifetimeSeconds) return tooLong(exp - iat, maxTokenLifetimeSeconds)
  const from = Math.max(
    nbf !== undefined && nbf > now + toleranceSeconds ? nbf : 0,
    iat > now + maxFutureSeconds ? iat : 0,
  )
  if (from > 0)
    return fails(
      'token_not_yet_valid',
      `It is good only in ${spanOf(from - now)}.`,
      `The clocks of whoever issued it and of this machine differ.${clockAdvice(clock)}`,
    )
  return passes(`Good for another ${spanOf(exp - now)}.`)
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

function missing(name: string, value: unknown, what: string): string {
  return value === undefined
    ? `It does not say ${what} (no “${name}”).`
    : `It does not say ${what}: “${name}” is not a number of seconds since 1970.`
}

function tooLong(lifetime: number, most: number): Finding {
  // A time in milliseconds is beyond every lifetime in seconds.
  const isMilliseconds = lifetime > 1_000_000_000
  return fails(
    'token_lifetime_refused',
    `From “iat” to “exp” it is ${spanOf(lifetime)}; an API takes ${spanOf(most)} at most.`,
    isMilliseconds
      ? '“exp” is in milliseconds; it has to be in seconds.'
      : 'Shorten the lifetime of the API’s tokens at the issuer, or raise the option “maxTokenLifetimeSeconds”.',
  )
}

function clockAdvice({ aheadOfIssuerSeconds: ahead = 0 }: ExplainClock): string {
  if (Math.abs(ahead) < maxFutureSeconds) return ''
  return ` This machine’s clock is ${spanOf(ahead)} ${ahead > 0 ? 'ahead of' : 'behind'} the issuer’s: set it right.`
}
