import { member } from './encoding/strict-json.js'
import { parsePermissions } from './policy/permissions.js'
import { type Requirement, type Rights, resolveRequirement } from './policy/requirement.js'
import { parseScope } from './policy/scopes.js'
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

/** What the resource server itself sees of a caller. */
export interface Caller extends Auth {
  readonly rights: Rights
}

/** @param onFault Hears what a check inside a handler throws, and throws it on. */
export function createCaller(claims: AccessTokenClaims, token: string, onFault: (error: unknown) => never): Caller {
  return new VerifiedAuth(claims, token, onFault)
}

/** Frozen, with private memory: sets and lists are made once per token, and only for routes that look at them. */
class VerifiedAuth implements Caller {
  readonly claims: AccessTokenClaims
  readonly scheme = 'Bearer'
  readonly #token: string
  readonly #onFault: (error: unknown) => never
  #rights: Rights | undefined
  #scopes: readonly string[] | undefined
  #permissions: readonly string[] | undefined

  constructor(claims: AccessTokenClaims, token: string, onFault: (error: unknown) => never) {
    this.claims = claims
    this.#token = token
    this.#onFault = onFault
    Object.freeze(this)
  }

  get token(): string {
    return this.#token
  }

  get rights(): Rights {
    this.#rights ??= {
      scopes: parseScope(member(this.claims, 'scope')),
      permissions: parsePermissions(member(this.claims, 'permissions')),
    }
    return this.#rights
  }

  get scopes(): readonly string[] {
    this.#scopes ??= Object.freeze([...this.rights.scopes])
    return this.#scopes
  }

  get permissions(): readonly string[] {
    this.#permissions ??= Object.freeze([...this.rights.permissions])
    return this.#permissions
  }

  get actor(): Actor | undefined {
    return this.delegationChain[0]
  }

  get delegationChain(): readonly Actor[] {
    return this.#reporting(() => readDelegationChain(member(this.claims, 'act')))
  }

  require(requirement: Requirement): void {
    this.#reporting(() => resolveRequirement(requirement).check(this))
  }

  #reporting<Result>(check: () => Result): Result {
    try {
      return check()
    } catch (error) {
      return this.#onFault(error)
    }
  }
}
