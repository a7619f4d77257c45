import { evidenceOf, isAdmitted } from './answers.js'
import type { LiveRule } from './live-rule.js'

/** RFC 9111 section 3.5: these let a shared cache keep the answer to a request with credentials. */
const shared = /\b(public|s-maxage)\b/i

export const sharedCacheLive: LiveRule = {
  code: 'live-shared-cache',
  severity: 'error',
  mend: { text: 'Send Cache-Control: private or no-store on protected routes.' },
  docs: 'docs/errors.md',
  look: ({ url, withoutToken, garbage, valid }) => {
    const answer = [valid, garbage, withoutToken].find(
      (one) => one !== undefined && shared.test(one.headers.get('cache-control') ?? '') && !isOpen(one),
    )
    if (answer === undefined) return []
    const message = isAdmitted(answer)
      ? 'A shared cache may keep the answer, and give it to others without a token.'
      : 'A shared cache may keep the refusal, and give it to others who have a token.'
    return [{ message, evidence: `${evidenceOf(url, answer)}, Cache-Control: ${answer.headers.get('cache-control')}` }]

    /** What is for everybody may be kept for everybody. */
    function isOpen(one: typeof withoutToken): boolean {
      return one !== valid && isAdmitted(one)
    }
  },
}
