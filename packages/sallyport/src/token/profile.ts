/**
 * Which JWTs count as access tokens. `auth0`: `typ` is absent, `JWT` or `at+jwt`, and nothing that marks another kind of
 * token is there. `rfc9068`: `typ` is `at+jwt` and every claim that RFC 9068 section 2.2 requires is there.
 */
export type TokenProfile = 'auth0' | 'rfc9068'

interface Profile {
  /** Values of `typ`, without `application/`. */
  readonly types: readonly (string | undefined)[]
  readonly claims: readonly ClaimRule[]
  /** Claims that only other kinds of token carry: ID tokens, logout tokens, security event tokens. */
  readonly foreignClaims: readonly string[]
}

interface ClaimRule {
  readonly name: string
  accepts(value: unknown): boolean
}

/** RFC 7519 section 4.1: what the registered claims have to be. */
const registeredClaims: readonly ClaimRule[] = [
  { name: 'iss', accepts: isWellFormedText },
  { name: 'aud', accepts: isAudience },
  { name: 'exp', accepts: isNumericDate },
  { name: 'iat', accepts: isNumericDate },
  { name: 'nbf', accepts: optional(isNumericDate) },
  { name: 'sub', accepts: optional(isText) },
  { name: 'jti', accepts: optional(isWellFormedText) },
  { name: 'client_id', accepts: optional(isText) },
  { name: 'azp', accepts: optional(isText) },
]

/** RFC 9068 sections 2.2 and 2.2.3. */
const rfc9068Claims: readonly ClaimRule[] = [
  { name: 'sub', accepts: isNonEmptyText },
  { name: 'client_id', accepts: isNonEmptyText },
  { name: 'jti', accepts: isNonEmptyText },
  { name: 'scope', accepts: optional(isText) },
]

export const profiles: Readonly<Record<TokenProfile, Profile>> = {
  auth0: {
    types: [undefined, 'jwt', 'at+jwt'],
    claims: registeredClaims,
    foreignClaims: ['nonce', 'at_hash', 'c_hash', 'events'],
  },
  rfc9068: { types: ['at+jwt'], claims: [...registeredClaims, ...rfc9068Claims], foreignClaims: ['events'] },
}

/** Compares `typ` as a media type: case does not count, and `application/` may be left out. RFC 7515 section 4.1.9. */
export function typeIsAllowed(typ: unknown, profile: TokenProfile): boolean {
  if (typ !== undefined && typeof typ !== 'string') return false
  return profiles[profile].types.includes(typ?.toLowerCase().replace(/^application\//, ''))
}

function optional(accepts: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || accepts(value)
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isNonEmptyText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

/** Without lone surrogates, which compare and print in surprising ways. */
function isWellFormedText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.isWellFormed()
}

function isAudience(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 && value.every(isWellFormedText) : isWellFormedText(value)
}

/** RFC 7519 section 2: seconds since 1970, fractions allowed; beyond 2^53 there are none. */
function isNumericDate(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}
