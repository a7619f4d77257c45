import { evidenceOf, isAdmitted } from './answers.js'
import type { LiveRule } from './live-rule.js'

export const forgedAccepted: LiveRule = {
  code: 'live-forged-accepted',
  severity: 'error',
  mend: {
    text: 'Verify the signature with the keys of the issuer: decoding a token checks nothing. requireAuth() does.',
  },
  docs: 'docs/quickstart.md',
  look: ({ url, garbage, badlySigned, unsigned }) => {
    // Who lets in garbage lets in these too.
    if (isAdmitted(garbage)) return []
    const admitted = [badlySigned, unsigned].filter(isAdmitted)
    return admitted.map((answer) => ({
      message: `The route lets in ${answer.asked.replace(/^\w+ with /, '')}: everybody can make one.`,
      evidence: evidenceOf(url, answer),
    }))
  },
}
