import { evidenceOf } from '../evidence.js'
import type { Rule } from '../rule.js'
import { verificationsIn } from '../server/verifications.js'

export const algMissing: Rule = {
  code: 'alg-missing',
  severity: 'warning',
  mend: { text: "Say which algorithms you expect: algorithms: ['RS256']. requireAuth() does so by default." },
  check: ({ sources }) =>
    sources.flatMap((source) =>
      verificationsIn(source)
        .filter(({ missing, isOwn }) => !isOwn && missing?.join() === 'algorithms')
        .map(({ call, library }) => ({
          place: source.placeOf(call.node),
          evidence: evidenceOf(source, call.node),
          message: `${library} is not told which algorithms to accept: the token chooses.`,
        })),
    ),
}
