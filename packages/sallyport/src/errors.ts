/** The error codes that reach a client when it is at fault. RFC 6750 section 3.1, RFC 9449 sections 7.1 and 9. */
export type OAuthError =
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'

/** The authentication schemes there are. RFC 6750 section 2.1, RFC 9449 section 7.1. */
export type Scheme = 'Bearer' | 'DPoP'

/** Why a request was refused. Codes are stable: added, never renamed. See docs/errors.md. */
export type RefusalCode =
  | 'credentials_missing'
  | 'scheme_unsupported'
  | 'credentials_malformed'
  | 'credentials_repeated'
  | 'credentials_twice'
  | 'request_target_refused'
  | 'proof_with_bearer'
  | 'proof_missing'
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
  | 'bound_token_as_bearer'
  | 'token_not_bound'
  | 'certificate_missing'
  | 'certificate_mismatch'
  | 'proof_key_mismatch'
  | 'actor_malformed'
  | 'session_caller_changed'
  | 'scope_missing'
  | 'permission_missing'
  | 'proof_repeated'
  | 'proof_too_large'
  | 'proof_malformed'
  | 'proof_type_refused'
  | 'proof_algorithm_refused'
  | 'proof_key_refused'
  | 'proof_token_mismatch'
  | 'proof_method_mismatch'
  | 'proof_uri_mismatch'
  | 'forwarded_refused'
  | 'proof_time_refused'
  | 'proof_signature_invalid'
  | 'proof_claim_refused'
  | 'proof_replayed'
  | 'proof_limit_reached'
  | 'nonce_wanted'

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

function incomplete(description: string): Refusal {
  return { auth0: 400, rfc: 401, error: 'invalid_request', namedInChallenge: true, description }
}

function badToken(description: string): Refusal {
  return { auth0: 401, rfc: 401, error: 'invalid_token', namedInChallenge: true, description }
}

function forbidden(description: string): Refusal {
  return { auth0: 403, rfc: 403, error: 'insufficient_scope', namedInChallenge: true, description }
}

function badProof(description: string): Refusal {
  return { auth0: 400, rfc: 401, error: 'invalid_dpop_proof', namedInChallenge: true, description }
}

function nonceWanted(description: string): Refusal {
  return { auth0: 401, rfc: 401, error: 'use_dpop_nonce', namedInChallenge: true, description }
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
  request_target_refused: badRequest('The request target or the Host header is malformed.'),
  proof_with_bearer: badRequest('The request sends a DPoP proof with the Bearer scheme.'),
  proof_missing: incomplete('The request has no DPoP proof.'),
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
  confirmation_refused: badToken('The access token is bound in a way that is not supported.'),
  bound_token_as_bearer: badToken('The access token is bound to a key and must be sent with the DPoP scheme.'),
  token_not_bound: badToken('The access token is not bound to a key and must be sent with the Bearer scheme.'),
  certificate_missing: badToken('The access token is bound to a client certificate that the request does not present.'),
  certificate_mismatch: badToken('The access token is bound to another client certificate.'),
  proof_key_mismatch: badToken('The access token is bound to another key than that of the DPoP proof.'),
  actor_malformed: badToken('The act claim of the access token is malformed.'),
  session_caller_changed: badToken('The access token belongs to another caller than the session.'),
  scope_missing: forbidden('The access token lacks a required scope.'),
  permission_missing: forbidden('The access token lacks a required permission.'),
  proof_repeated: badProof('The request has more than one DPoP header.'),
  proof_too_large: badProof('The DPoP proof is larger than 4 KiB.'),
  proof_malformed: badProof('The DPoP proof is not a well-formed JWT.'),
  proof_type_refused: badProof('The type of the DPoP proof is not dpop+jwt.'),
  proof_algorithm_refused: badProof('The DPoP proof is signed with an algorithm that is not allowed.'),
  proof_key_refused: badProof('The jwk of the DPoP proof is not an allowed public key.'),
  proof_token_mismatch: badProof('The ath of the DPoP proof does not match the access token.'),
  proof_method_mismatch: badProof('The htm of the DPoP proof does not match the request method.'),
  proof_uri_mismatch: badProof('The htu of the DPoP proof does not match the request URI.'),
  forwarded_refused: badProof('The forwarded headers of the request do not give one valid URI.'),
  proof_time_refused: badProof('The DPoP proof is too old or not valid yet.'),
  proof_signature_invalid: badProof('The signature of the DPoP proof is not valid.'),
  proof_claim_refused: badProof('A claim of the DPoP proof is missing or has the wrong type.'),
  proof_replayed: badProof('The DPoP proof was used before.'),
  proof_limit_reached: badProof('Too many DPoP proofs were made with this key.'),
  nonce_wanted: nonceWanted('The DPoP proof needs the nonce that this answer carries.'),
}

/** What a refusal may carry besides its code. */
export interface RefusalDetails {
  /** The scopes that the route wants, for the challenge of a 403. */
  readonly scope?: string | undefined
  /** The header parameter of the token, for `onEvent` only. */
  readonly kid?: string | undefined
  /** The nonce that the client shall use. */
  readonly nonce?: string | undefined
  /** For `onEvent` only. */
  readonly uriMismatch?: UriMismatch | undefined
  /** The scheme that the request used. */
  readonly scheme?: Scheme | undefined
  readonly cause?: unknown
}

/** Two target URIs in normal form, without query and fragment. */
export interface UriMismatch {
  readonly expected: string
  /** `undefined` when the `htu` of the proof is not an http(s) URI. */
  readonly received: string | undefined
}

/** A refusal is an answer, not an accident: under a flood of bad tokens its stack trace would be the largest cost. */
class ErrorWithoutStack extends Error {
  constructor(message: string, options?: { readonly cause: unknown }) {
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
  readonly nonce: string | undefined
  // Private: whoever prints an error must not print addresses.
  readonly #uriMismatch: UriMismatch | undefined
  #scheme: Scheme | undefined

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    super(refusals[code].description, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.statusCode = refusals[code].rfc
    this.scope = details.scope
    this.kid = details.kid
    this.nonce = details.nonce
    this.#uriMismatch = details.uriMismatch
    this.#scheme = details.scheme
  }

  /** What a `proof_uri_mismatch` compared; for events, never for an answer. */
  get uriMismatch(): UriMismatch | undefined {
    return this.#uriMismatch
  }

  /** The scheme that the request used, which is the one whose challenge names the error; `undefined`: every challenge does. */
  get scheme(): Scheme | undefined {
    return this.#scheme
  }

  /** Says which scheme the request used, where that is not known yet. */
  sentWith(scheme: Scheme): this {
    this.#scheme ??= scheme
    return this
  }
}

/** Which dependency was out of reach. */
export type Dependency = 'issuer' | 'domains_resolver' | 'replay_store'

/** Our fault: the issuer or a store cannot be reached. Answered with 503 and `Retry-After`, never with 401. */
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
