import type { RefusalCode } from 'sallyport'
import { looksLikeClientId } from './client-id.js'
import type { Facts } from './facts.js'
import { type Finding, fails, passes } from './finding.js'
import type { JsonObject } from './json-part.js'
import { audiencesOf, isMachineToken, typeOf } from './token-kind.js'
import { shown } from './words.js'

/** `typ` of tokens that are none for an API. */
const otherTypes: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  'dpop+jwt': [
    'a DPoP proof: it goes into the DPoP header beside an access token',
    'Paste the token of the Authorization header.',
  ],
  'logout+jwt': [
    'a logout token: the issuer sends it to an application when a session ends',
    'Send the access token to the API instead.',
  ],
  'secevent+jwt': ['a security event, not a token for an API', 'Send the access token to the API instead.'],
}

const accessTypes = [undefined, 'jwt', 'at+jwt']

/** Whether it is an access token at all. */
export function kindCheck(facts: Facts): Finding {
  const { header, claims } = facts
  const type = typeOf(header)
  const [what, advice] = (Object.hasOwn(otherTypes, type ?? '') && otherTypes[type ?? '']) || []
  if (what !== undefined) return fails('token_type_refused', `This is ${what}.`, advice)
  if (!accessTypes.includes(type))
    return fails('token_type_refused', `Its header says that it is a “${shown(header['typ'])}”, not an access token.`)
  if (Object.hasOwn(claims, 'events'))
    return fails('token_type_refused', 'This is a logout token or a security event (“events”), not an access token.')
  if (isIdToken(facts)) return idToken(facts)
  return passes(kindOf(claims))
}

const marksOfIdToken = ['nonce', 'at_hash', 'c_hash']

function isIdToken({ claims, audiences, known }: Facts): boolean {
  if (marksOfIdToken.some((name) => Object.hasOwn(claims, name))) return true
  const own = audiencesOf(claims)
  if (own.some((one) => audiences.includes(one))) return false
  const [only] = own
  const isForClient =
    own.length === 1 && only !== undefined && (looksLikeClientId(only) || known.clientName?.(only) !== undefined)
  return claims['scope'] === undefined && (isForClient || claims['sid'] !== undefined)
}

function idToken(facts: Facts): Finding {
  const { claims, known } = facts
  const client = audiencesOf(claims)
    .map((one) => known.clientName?.(one))
    .find((name) => name !== undefined)
  return fails(
    codeOfIdToken(facts),
    `This is an ID token: it tells ${client ?? 'an application'} who has logged in. No API takes it.`,
    'Send the access token to the API instead: "access_token" of the same answer, in a page getAccessTokenSilently().',
  )
}

/** What an API stumbles over first: it looks at the claims that mark an ID token when it knows whose it is. */
function codeOfIdToken({ header: { alg }, claims, algorithms, issuers }: Facts): RefusalCode {
  if (!algorithms.some((one) => one === alg)) return 'algorithm_refused'
  if (issuers.length > 0 && !issuers.some((one) => one === claims['iss'])) return 'issuer_refused'
  return marksOfIdToken.some((name) => Object.hasOwn(claims, name)) ? 'token_type_refused' : 'audience_refused'
}

const grants: Readonly<Record<string, string>> = {
  password: 'An access token, got with a user’s password.',
  refresh_token: 'An access token of a user, got with a refresh token.',
}

function kindOf(claims: JsonObject): string {
  if (isMachineToken(claims))
    return 'An access token of an application itself (client credentials): no user is involved.'
  const { gty } = claims
  return (typeof gty === 'string' && Object.hasOwn(grants, gty) && grants[gty]) || 'An access token.'
}
