import type { Clock } from '../clock.js'
import { type JsonObject, member } from '../encoding/strict-json.js'
import { RequestRefused } from '../errors.js'
import { profiles, type TokenProfile } from './profile.js'

/**
 * The claims of a verified access token. Those with a type were checked; any other claim is what the issuer made it, so
 * read rights from `Auth.scopes` and `Auth.permissions`. RFC 9068 section 2.2.
 */
export interface AccessTokenClaims {
  readonly iss: string
  readonly aud: string | readonly string[]
  /** Seconds since 1970. */
  readonly exp: number
  /** Seconds since 1970. */
  readonly iat: number
  readonly nbf?: number
  readonly sub?: string
  readonly jti?: string
  readonly client_id?: string
  readonly azp?: string
  readonly [claim: string]: unknown
}

export interface ClaimRules {
  readonly audiences: readonly string[]
  readonly clockToleranceSeconds: number
  readonly maxTokenLifetimeSeconds: number
  readonly tokenProfile: TokenProfile
  readonly clock: Clock
}

const maxFutureSeconds = 60

/**
 * Checks the registered claims of a token whose signature is good and whose issuer is allowed.
 *
 * @throws {RequestRefused} `claim_refused`, `token_type_refused`, `audience_refused`, `token_expired`,
 *   `token_not_yet_valid`, `token_lifetime_refused`.
 * @see RFC 7519 section 4.1, RFC 8725 sections 3.8 to 3.11, RFC 9068 sections 2.2 and 4
 */
export function checkClaims(claims: JsonObject, rules: ClaimRules): AccessTokenClaims {
  const typed = checkTypes(claims, rules.tokenProfile)
  acceptedAudience(typed.aud, rules.audiences)
  checkLifetime(typed, rules)
  checkTimes(typed, rules)
  return typed
}

/** The part of the claims check that time can change: repeated whenever a remembered token is used. */
export function checkTimes({ exp, nbf, iat }: AccessTokenClaims, { clock, clockToleranceSeconds }: ClaimRules): void {
  const now = clock.epochMilliseconds() / 1000
  // Each says what has to hold, so that a clock that gives no number refuses.
  if (!(now < exp + clockToleranceSeconds)) throw new RequestRefused('token_expired')
  if (nbf !== undefined && !(nbf <= now + clockToleranceSeconds)) throw new RequestRefused('token_not_yet_valid')
  if (!(iat <= now + maxFutureSeconds)) throw new RequestRefused('token_not_yet_valid')
}

function checkTypes(claims: JsonObject, tokenProfile: TokenProfile): AccessTokenClaims {
  const profile = profiles[tokenProfile]
  for (const name of profile.foreignClaims)
    if (Object.hasOwn(claims, name)) throw new RequestRefused('token_type_refused')
  for (const rule of profile.claims)
    if (!rule.accepts(member(claims, rule.name))) throw new RequestRefused('claim_refused')
  return claims as JsonObject & AccessTokenClaims
}

/**
 * The audience by which a token is for this API; the first where there are several.
 *
 * @throws {RequestRefused} `audience_refused` when there is none.
 */
export function acceptedAudience(aud: string | readonly string[], audiences: readonly string[]): string {
  for (const audience of audiences)
    if (typeof aud === 'string' ? aud === audience : aud.includes(audience)) return audience
  throw new RequestRefused('audience_refused')
}

function checkLifetime({ exp, iat }: AccessTokenClaims, { maxTokenLifetimeSeconds }: ClaimRules): void {
  if (iat > exp) throw new RequestRefused('claim_refused')
  if (exp - iat > maxTokenLifetimeSeconds) throw new RequestRefused('token_lifetime_refused')
}
