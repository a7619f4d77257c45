import { LRUCache } from 'lru-cache'
import { parseJsonSegment } from '../encoding/json-segment.js'
import { member } from '../encoding/strict-json.js'
import { RequestRefused } from '../errors.js'
import { type Algorithm, type AlgorithmName, algorithms } from '../signature/algorithms.js'
import { malformed } from './compact.js'
import type { TokenProfile } from './profile.js'
import { typeIsAllowed } from './profile.js'

/** A JOSE header that may lead to a key. Nothing in it but `kid` and `alg` ever selects one. */
export interface AcceptedHeader {
  readonly algorithm: Algorithm
  readonly kid: string | undefined
}

export interface HeaderRules {
  readonly algorithms: readonly AlgorithmName[]
  readonly tokenProfile: TokenProfile
}

const maxKidLength = 256

/**
 * Checks the JOSE header: type, algorithm, and no parameter that would change what the signature means. `jwk`, `jku`,
 * `x5u` and `x5c` are not looked at: a token does not bring its own key.
 *
 * @throws {RequestRefused} `token_malformed`, `credentials_malformed`, `token_type_refused`, `algorithm_refused`, `header_parameter_refused`,
 *   `key_unknown`.
 * @see RFC 7515 sections 4.1.11 and 10.7, RFC 8725 sections 3.1, 3.2 and 3.11, RFC 7797 section 3
 */
export function checkHeader(encodedHeader: string, rules: HeaderRules): AcceptedHeader {
  const header = parseJsonSegment(encodedHeader)
  if (header === undefined) throw malformed(encodedHeader, 3)
  if (member(header, 'crit') !== undefined || member(header, 'b64') !== undefined)
    throw new RequestRefused('header_parameter_refused')
  if (!typeIsAllowed(member(header, 'typ'), rules.tokenProfile)) throw new RequestRefused('token_type_refused')
  const alg = member(header, 'alg')
  const kid = member(header, 'kid')
  const algorithm =
    typeof alg === 'string' && rules.algorithms.some((name) => name === alg) ? algorithms.get(alg) : undefined
  if (algorithm === undefined) throw new RequestRefused('algorithm_refused')
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > maxKidLength))
    throw new RequestRefused('key_unknown')
  return { algorithm, kid }
}

/**
 * `checkHeader` with a memory by the header's exact text: a key's tokens all begin alike. Accepted headers only, at most 100;
 * the last one is found without a look-up.
 */
export function createHeaderCheck(rules: HeaderRules): (encodedHeader: string) => AcceptedHeader {
  const accepted = new LRUCache<string, AcceptedHeader>({ max: 100 })
  let last: { readonly encodedHeader: string; readonly header: AcceptedHeader } | undefined
  return (encodedHeader) => {
    if (last?.encodedHeader === encodedHeader) return last.header
    const header = accepted.get(encodedHeader) ?? checkHeader(encodedHeader, rules)
    accepted.set(encodedHeader, header)
    last = { encodedHeader, header }
    return header
  }
}
