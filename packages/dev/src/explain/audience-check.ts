import { distance } from 'fastest-levenshtein'
import type { Facts } from './facts.js'
import { type Finding, fails, passes, unknown } from './finding.js'
import { audiencesOf } from './token-kind.js'
import { shown } from './words.js'

/** `aud`, with the mistakes that everybody makes once. RFC 8725 section 3.9. */
export function audienceCheck(facts: Facts): Finding {
  const { claims, audiences } = facts
  const own = audiencesOf(claims)
  const { aud } = claims
  if (aud === undefined || own.length === 0)
    return fails('claim_refused', 'It does not say which API it is for (no “aud”).')
  if (own.length !== [aud].flat().length || own.includes(''))
    return fails('claim_refused', '“aud” is neither text nor a list of texts.')
  if (audiences.length === 0)
    return unknown(
      `It says that it is for ${own.map(shown).join(' and ')}`,
      'Say what the API’s identifier is: --audience, or AUTH0_AUDIENCE.',
    )
  const accepted = own.find((one) => audiences.includes(one))
  if (accepted !== undefined) {
    const others = own.filter((one) => one !== accepted).map(shown)
    return passes(`For ${accepted}${others.length === 0 ? '' : `, and for ${others.join(' and ')}`}`)
  }
  const text = `It is for ${own.map(shown).join(' and ')}, not for ${audiences.join(' or ')}`
  if (own.every((one) => one.endsWith('/userinfo')))
    return fails('audience_refused', text, 'It is for /userinfo alone. Ask for the API as audience.')
  return fails('audience_refused', text, adviceFor(closest(own, audiences), facts))
}

interface Pair {
  readonly theirs: string
  readonly expected: string
}

function closest(own: readonly string[], audiences: readonly string[]): Pair {
  const pairs = own.flatMap((theirs) => audiences.map((expected) => ({ theirs, expected })))
  const away = ({ theirs, expected }: Pair) => distance(theirs.slice(0, 500), expected)
  return pairs.reduce((best, pair) => (away(pair) < away(best) ? pair : best), pairs[0] ?? { theirs: '', expected: '' })
}

function adviceFor({ theirs, expected }: Pair, { known }: Facts): string {
  if (theirs === `${expected}/`) return 'It has a slash at the end that the API’s identifier does not have.'
  if (`${theirs}/` === expected) return 'The API’s identifier has a slash at the end that it does not have.'
  if (theirs.toLowerCase() === expected.toLowerCase()) return 'Only capital letters differ: they count.'
  const other = known.identifiers?.get(theirs)
  if (other !== undefined) return `That is ${other}, another API of this tenant: choose it below to check against it.`
  if (known.identifiers !== undefined) return 'No API of this tenant has that identifier. Ask for the right audience.'
  if (theirs.endsWith('/api/v2/'))
    return 'It is for Auth0’s Management API. Ask for a token with your API’s identifier as "audience".'
  if (distance(theirs.slice(0, 500), expected) <= Math.max(2, expected.length / 5))
    return `Nearly the same as ${expected}: one of both has a mistake. Every letter counts.`
  return `Ask for a token with “audience” ${expected}, or set AUTH0_AUDIENCE to the identifier in the token if this API has that.`
}
