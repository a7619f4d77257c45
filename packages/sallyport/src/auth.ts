import { type Requirement, type Rights, resolveRequirement } from './policy/requirement.js'
import { type Actor, readDelegationChain } from './token/actor.js'
import type { AccessTokenClaims } from './token/claims.js'

/** What a handler knows about its caller. Frozen, and shared by all requests that send the same token. */
export interface Auth {
  /** The claims of the access token, deeply frozen. */
  readonly claims: AccessTokenClaims
  /** The access token itself, for a call on the caller's behalf. Not enumerable, so that logging `Auth` does not log it. */
  readonly token: string
  readonly scheme: 'Bearer'
  readonly scopes: readonly string[]
  readonly permissions: readonly string[]
  /**
   * Who acts on behalf of the subject now, or `undefined`. RFC 8693 section 4.1.
   * @throws {RequestRefused} `actor_malformed` when it is read and the `act` claim is malformed.
   */
  readonly actor: Actor | undefined
  /**
   * Everyone who acted, the current actor first; empty without delegation.
   * @throws {RequestRefused} `actor_malformed` when it is read and the `act` claim is malformed.
   */
  readonly delegationChain: readonly Actor[]
  /**
   * Checks a further requirement inside a handler.
   * @throws {RequestRefused} `scope_missing`, `permission_missing`.
   * @throws {InvalidOptions} when the requirement itself is wrong.
   */
  require(requirement: Requirement): void
}

export function createAuth(claims: AccessTokenClaims, token: string, rights: Rights): Auth {
  return new VerifiedAuth(claims, token, rights)
}

class VerifiedAuth implements Auth {
  readonly claims: AccessTokenClaims
  readonly scheme = 'Bearer'
  readonly scopes: readonly string[]
  readonly permissions: readonly string[]
  readonly #token: string
  readonly #rights: Rights

  constructor(claims: AccessTokenClaims, token: string, rights: Rights) {
    this.claims = claims
    this.scopes = Object.freeze([...rights.scopes])
    this.permissions = Object.freeze([...rights.permissions])
    this.#token = token
    this.#rights = rights
    Object.freeze(this)
  }

  get token(): string {
    return this.#token
  }

  get actor(): Actor | undefined {
    return this.delegationChain[0]
  }

  get delegationChain(): readonly Actor[] {
    return readDelegationChain(this.claims.act)
  }

  require(requirement: Requirement): void {
    resolveRequirement(requirement).check(this.#rights)
  }
}
