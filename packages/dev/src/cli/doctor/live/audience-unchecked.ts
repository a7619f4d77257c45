import { evidenceOf, isAdmitted } from './answers.js'
import type { LiveRule } from './live-rule.js'

export const audienceUnchecked: LiveRule = {
  code: 'live-audience-unchecked',
  severity: 'error',
  mend: {
    text: "Give createAuth the option 'audience', or check the aud claim: a token for another API is for that one alone.",
  },
  docs: 'docs/errors.md',
  look: ({ url, garbage, foreign }) =>
    foreign !== undefined && isAdmitted(foreign) && !isAdmitted(garbage)
      ? [{ message: 'The route lets in a token that was issued for another API.', evidence: evidenceOf(url, foreign) }]
      : [],
}
