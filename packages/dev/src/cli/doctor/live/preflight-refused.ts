import { evidenceOf } from './answers.js'
import type { LiveRule } from './live-rule.js'

/** A browser asks before it sends a token to another origin, and has none with that question. */
export const preflightRefused: LiveRule = {
  code: 'live-preflight-refused',
  severity: 'error',
  mend: { text: 'Register CORS before the guards, so that it answers OPTIONS; it needs no token.' },
  docs: 'docs/frameworks.md',
  look: ({ url, preflights: { answer } }) => {
    const isMissing = answer.status === 404 || answer.status === 405
    if (answer.status < 300 || isMissing) return []
    return [
      {
        message: 'A preflight is refused: no browser on another origin can call the API.',
        evidence: evidenceOf(url, answer),
      },
    ]
  },
}
