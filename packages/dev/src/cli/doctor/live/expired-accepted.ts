import { evidenceOf, isAdmitted } from './answers.js'
import type { LiveRule } from './live-rule.js'

export const expiredAccepted: LiveRule = {
  code: 'live-expired-accepted',
  severity: 'error',
  mend: { text: 'Check the exp claim, with a tolerance of seconds: a token that has leaked must end some time.' },
  docs: 'docs/errors.md',
  look: ({ url, garbage, expired }) =>
    expired !== undefined && isAdmitted(expired) && !isAdmitted(garbage)
      ? [{ message: 'The route lets in a token that has expired.', evidence: evidenceOf(url, expired) }]
      : [],
}
