import { spanOf } from './durations.js'
import type { Finding, TokenFacts } from './inspect-token.js'

/** `exp`, `nbf` and `iat`, by the clock of the tenant. */
export function timeCheck({ claims, context }: TokenFacts): Finding {
  const now = context.clock.nowSeconds()
  const { exp, nbf, iat } = claims
  if (typeof exp !== 'number') return { verdict: 'fails', text: 'It does not say until when it is good (no “exp”).' }
  if (exp <= now) return { verdict: 'fails', text: `It expired ${spanOf(now - exp)} ago.`, advice: 'Get a new token.' }
  const from = [nbf, iat].find((time) => typeof time === 'number' && time > now)
  if (typeof from === 'number')
    return {
      verdict: 'fails',
      text: `It is good only in ${spanOf(from - now)}.`,
      advice: 'The clocks of whoever issued it and of this machine differ.',
    }
  return { verdict: 'passes', text: `Good for another ${spanOf(exp - now)}.` }
}
