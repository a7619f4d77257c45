import { evidenceOf, isRefused } from './answers.js'
import { hasChallenge } from './challenges.js'
import type { LiveRule } from './live-rule.js'

/** RFC 6750 section 3, RFC 9110 section 15.5.2: who is refused learns how to ask. */
export const challengeMissing: LiveRule = {
  code: 'live-challenge-missing',
  severity: 'warning',
  mend: {
    text: 'Send WWW-Authenticate: Bearer with every 401. requireAuth() does; a proxy in between may take it away.',
  },
  docs: 'docs/errors.md',
  look: ({ url, withoutToken, garbage }) => {
    const silent = [withoutToken, garbage].filter((answer) => isRefused(answer) && !hasChallenge(answer))
    const [first] = silent
    if (first === undefined) return []
    return [
      {
        message: 'A refusal has no challenge: clients do not learn why, or what to send.',
        evidence: evidenceOf(url, first),
      },
    ]
  },
}
