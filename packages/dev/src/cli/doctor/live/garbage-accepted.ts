import { evidenceOf, isAdmitted } from './answers.js'
import type { LiveRule } from './live-rule.js'

export const garbageAccepted: LiveRule = {
  code: 'live-garbage-accepted',
  severity: 'error',
  mend: { text: 'Look whether the token is checked at all, and not only whether there is one: requireAuth() does.' },
  docs: 'docs/quickstart.md',
  look: ({ url, withoutToken, garbage }) =>
    isAdmitted(garbage) && !isAdmitted(withoutToken)
      ? [{ message: 'The route lets in a text that is no token.', evidence: evidenceOf(url, garbage) }]
      : [],
}
