/** The error codes that reach a client: RFC 6750 section 3.1, and two for faults that are not the client's. */
export type OAuthError = 'invalid_request' | 'invalid_token' | 'insufficient_scope'

/** Why a request was refused. Codes are stable: added, never renamed. See docs/errors.md. */
export type RefusalCode =
  | 'credentials_missing'
  | 'scheme_unsupported'
  | 'credentials_malformed'
  | 'credentials_repeated'
  | 'credentials_twice'
  | 'token_too_large'
  | 'token_encrypted'
  | 'token_malformed'
  | 'token_type_refused'
  | 'algorithm_refused'
  | 'header_parameter_refused'
  | 'issuer_refused'
  | 'key_unknown'
  | 'signature_invalid'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_lifetime_refused'
  | 'claim_refused'
  | 'audience_refused'
  | 'confirmation_refused'
  | 'actor_malformed'
  | 'scope_missing'
  | 'permission_missing'

/** How one refusal looks on the wire, in each error profile. */
export interface Refusal {
  /** Status in the `auth0` error profile. */
  readonly auth0: 400 | 401 | 403
  /** Status in the `rfc` error profile. */
  readonly rfc: 400 | 401 | 403
  readonly error: OAuthError
  /** `false` where RFC 6750 section 3.1 wants a challenge without error information. */
  readonly namedInChallenge: boolean
  /** A fixed sentence in the characters that RFC 6750 section 3 allows. */
  readonly description: string
}

function absent(description: string): Refusal {
  return { auth0: 400, rfc: 401, error: 'invalid_request', namedInChallenge: false, description }
}

function badRequest(description: string): Refusal {
  return { auth0: 400, rfc: 400, error: 'invalid_request', namedInChallenge: true, description }
}

function badToken(description: string): Refusal {
  return { auth0: 401, rfc: 401, error: 'invalid_token', namedInChallenge: true, description }
}

function forbidden(description: string): Refusal {
  return { auth0: 403, rfc: 403, error: 'insufficient_scope', namedInChallenge: true, description }
}

// One sentence for the three: the answer must not tell a stranger which keys exist. The code in the event does tell.
const invalidOrExpired = 'The access token is invalid or expired.'

/** The whole vocabulary of refusals. */
export const refusals: Readonly<Record<RefusalCode, Refusal>> = {
  credentials_missing: absent('The request has no access token.'),
  scheme_unsupported: absent('The request has no access token in a supported authentication scheme.'),
  credentials_malformed: badRequest('The Authorization header is malformed.'),
  credentials_repeated: badRequest('The request has more than one Authorization header.'),
  credentials_twice: badRequest('The request sends an access token in more than one way.'),
  token_too_large: badToken('The access token is larger than 8 KiB.'),
  token_encrypted: badToken('The access token is encrypted. Request one with this API as its audience.'),
  token_malformed: badToken('The access token is not a well-formed JWT.'),
  token_type_refused: badToken('The token is not an access token.'),
  algorithm_refused: badToken('The access token is signed with an algorithm that is not allowed.'),
  header_parameter_refused: badToken('The access token has a header parameter that is not supported.'),
  issuer_refused: badToken('The access token comes from an issuer that is not allowed.'),
  key_unknown: badToken(invalidOrExpired),
  signature_invalid: badToken(invalidOrExpired),
  token_expired: badToken(invalidOrExpired),
  token_not_yet_valid: badToken('The access token is not valid yet.'),
  token_lifetime_refused: badToken('The access token is valid for longer than is allowed.'),
  claim_refused: badToken('A claim of the access token is missing or has the wrong type.'),
  audience_refused: badToken('The access token was not issued for this API.'),
  confirmation_refused: badToken('The access token is bound to a key that the request does not prove.'),
  actor_malformed: badToken('The act claim of the access token is malformed.'),
  scope_missing: forbidden('The access token lacks a required scope.'),
  permission_missing: forbidden('The access token lacks a required permission.'),
}

/** What a refusal may carry besides its code. */
export interface RefusalDetails {
  /** The scopes that the route wants, for the challenge of a 403. */
  readonly scope?: string | undefined
  /** The header parameter of the token, for `onEvent` only. */
  readonly kid?: string | undefined
  readonly cause?: unknown
}

/** A refusal is an answer, not an accident: under a flood of bad tokens its stack trace would be the largest cost. */
class ErrorWithoutStack extends Error {
  constructor(message: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error
    // Not an assignment, which throws where somebody froze the intrinsics.
    Reflect.set(Error, 'stackTraceLimit', 0)
    super(message, options)
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }
}

/** The client's fault: the request is answered with 4xx. It has a code instead of a stack trace. */
export class RequestRefused extends ErrorWithoutStack {
  override readonly name = 'RequestRefused'
  readonly code: RefusalCode
  /** The status in the `rfc` error profile, for frameworks that answer an error by it when nobody calls `answerTo`. */
  readonly statusCode: number
  readonly scope: string | undefined
  readonly kid: string | undefined

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    super(refusals[code].description, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.statusCode = refusals[code].rfc
    this.scope = details.scope
    this.kid = details.kid
  }
}

/** Which dependency was out of reach. */
export type Dependency = 'issuer' | 'domains_resolver'

/** Our fault: the issuer cannot be reached. Answered with 503 and `Retry-After`, never with 401. */
export class DependencyUnavailable extends Error {
  override readonly name = 'DependencyUnavailable'
  readonly statusCode = 503
  readonly dependency: Dependency
  /** Whole seconds, 1 to 60. */
  readonly retryAfterSeconds: number

  constructor(dependency: Dependency, retryAfterSeconds: number, cause?: unknown) {
    super(
      'A service that is needed to check access tokens cannot be reached.',
      cause === undefined ? undefined : { cause },
    )
    this.dependency = dependency
    this.retryAfterSeconds = Math.min(60, Math.max(1, Math.ceil(retryAfterSeconds)))
  }
}

/** The developer's fault: thrown when a resource server or a guard is created, before any request. */
export class InvalidOptions extends Error {
  override readonly name = 'InvalidOptions'
  /** The name of the option, such as `audience` or `cache.store`. */
  readonly option: string

  constructor(option: string, message: string) {
    super(message)
    this.option = option
  }
}
