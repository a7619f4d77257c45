import { type RequestRefused, refusals } from './errors.js'

const realm = 'api'
const maxLength = 512

/**
 * The `WWW-Authenticate` field lines of an answer, one per scheme that this API accepts.
 *
 * @see RFC 6750 section 3, RFC 9110 section 11.6.1
 */
export function challenges(refusal: RequestRefused): string[] {
  return [bearerChallenge(refusal)]
}

function bearerChallenge(refusal: RequestRefused): string {
  const { error, description, namedInChallenge } = refusals[refusal.code]
  if (!namedInChallenge) return challenge('Bearer', [['realm', realm]])
  const named: Parameter[] = [
    ['realm', realm],
    ['error', error],
    ['error_description', description],
  ]
  const { scope } = refusal
  const complete = challenge('Bearer', scope === undefined ? named : [...named, ['scope', scope]])
  return complete.length <= maxLength ? complete : challenge('Bearer', named)
}

type Parameter = readonly [name: string, value: string]

function challenge(scheme: string, parameters: readonly Parameter[]): string {
  return `${scheme} ${parameters.map(([name, value]) => `${name}=${quoted(value)}`).join(', ')}`
}

/** Leaves only the characters that RFC 6750 section 3 allows between quotes; none of them needs an escape. */
function quoted(value: string): string {
  return `"${value.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '')}"`
}
