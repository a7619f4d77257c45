import { evidenceOf, isAdmitted } from './answers.js'
import type { LiveRule } from './live-rule.js'

export const queryTokenAccepted: LiveRule = {
  code: 'live-query-token-accepted',
  severity: 'warning',
  mend: {
    text: 'Take the token from the Authorization header only: URLs get into logs, histories and Referer headers.',
  },
  docs: 'docs/errors.md',
  look: ({ url, inQuery }) =>
    inQuery !== undefined && isAdmitted(inQuery)
      ? [{ message: 'The route takes an access token from the URL.', evidence: evidenceOf(url, inQuery) }]
      : [],
}
