import { evidenceOf } from '../evidence.js'
import type { Finding, Rule } from '../rule.js'
import { type Verification, verificationsIn } from '../server/verifications.js'
import type { SourceFile } from '../source-file.js'

export const rawJwtVerify: Rule = {
  code: 'raw-jwt-verify',
  severity: 'error',
  mend: {
    text: 'Put requireAuth() in front of the route: it checks issuer, audience, algorithm, times and signature.',
  },
  docs: 'docs/frameworks.md#moving-from-another-middleware',
  check: ({ sources }) =>
    sources.flatMap((source) =>
      verificationsIn(source)
        .filter(({ isOwn }) => !isOwn)
        .flatMap((verification) => findingOf(source, verification)),
    ),
}

function findingOf(source: SourceFile, { call, library, missing }: Verification): readonly Finding[] {
  const place = source.placeOf(call.node)
  const evidence = evidenceOf(source, call.node)
  const lacking = missing?.filter((check) => check !== 'algorithms') ?? []
  if (lacking.length > 0) return [{ place, evidence, message: `${library} checks no ${missing?.join(', no ')} here.` }]
  // What it lacks is the matter of alg-missing, and jose with all of it is fine.
  if (missing?.includes('algorithms') || library === 'jose') return []
  const message = `${library} verifies access tokens here: keys, challenges and DPoP are left to you.`
  return [{ place, evidence, message, severity: 'warning' }]
}
