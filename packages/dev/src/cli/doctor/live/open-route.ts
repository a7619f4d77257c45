import { evidenceOf, isAdmitted } from './answers.js'
import type { LiveRule } from './live-rule.js'

export const openRoute: LiveRule = {
  code: 'live-open-route',
  severity: 'error',
  mend: {
    text: 'Guard the route with requireAuth(). If it is meant to be open, give --url a route that is protected.',
  },
  docs: 'docs/quickstart.md',
  look: ({ url, withoutToken, garbage }) => {
    if (!isAdmitted(withoutToken)) return []
    const message = isAdmitted(garbage)
      ? 'The route lets in everybody, with a token or without.'
      : 'The route lets in requests without a token; a bad token is refused.'
    return [{ message, evidence: evidenceOf(url, withoutToken) }]
  },
}
