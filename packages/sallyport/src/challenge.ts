import { type RequestRefused, refusals, type Scheme } from './errors.js'

/** What a client is told about the schemes that this API accepts. */
export interface ChallengeRules {
  /** In the order of their challenges. */
  readonly schemes: readonly Scheme[]
  /** Algorithms that a DPoP proof may be signed with. */
  readonly proofAlgorithms: readonly string[]
}

const realm = 'api'
const maxLength = 512

/**
 * The `WWW-Authenticate` field lines of an answer, one per scheme that this API accepts. The error stands in the challenge of
 * the scheme that was used, or in all of them where that is not known.
 *
 * @see RFC 6750 section 3, RFC 9449 section 7.1, RFC 9110 section 11.6.1
 */
export function challenges(refusal: RequestRefused, { schemes, proofAlgorithms }: ChallengeRules): string[] {
  const own: Readonly<Record<Scheme, readonly Parameter[]>> = {
    Bearer: [['realm', realm]],
    DPoP: [['algs', proofAlgorithms.join(' ')]],
  }
  return schemes.map((scheme) => {
    const isUsed = refusal.scheme === undefined || refusal.scheme === scheme
    return challenge(scheme, own[scheme], isUsed ? errorParameters(refusal) : [])
  })
}

function errorParameters(refusal: RequestRefused): readonly Parameter[] {
  const { error, description, namedInChallenge } = refusals[refusal.code]
  if (!namedInChallenge) return []
  const named: Parameter[] = [
    ['error', error],
    ['error_description', description],
  ]
  return refusal.scope === undefined ? named : [...named, ['scope', refusal.scope]]
}

type Parameter = readonly [name: string, value: string]

/** Leaves out the last parameter, `scope`, where it would make the field line too long for some client or proxy. */
function challenge(scheme: Scheme, own: readonly Parameter[], error: readonly Parameter[]): string {
  const written = [...own, ...error].map(([name, value]) => `${name}=${quoted(value)}`)
  const complete = `${scheme} ${written.join(', ')}`
  return complete.length <= maxLength ? complete : `${scheme} ${written.slice(0, -1).join(', ')}`
}

/** Leaves only the characters that RFC 6750 section 3 allows between quotes; none of them needs an escape. */
function quoted(value: string): string {
  return `"${value.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '')}"`
}
