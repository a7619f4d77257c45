import { member } from './encoding/strict-json.js'
import { InvalidOptions, type Scheme } from './errors.js'
import { parsePermissions } from './policy/permissions.js'
import { type Requirement, type ResolvedRequirement, type Rights, resolveRequirement } from './policy/requirement.js'
import { parseScope } from './policy/scopes.js'
import { type CheckRenewal, openSession, type Session, type SessionOptions, type SessionRules } from './session.js'
import { type Actor, readDelegationChain } from './token/actor.js'
import type { AccessTokenClaims } from './token/claims.js'

/** What a handler knows about its caller. Frozen, and shared by all requests that send the same token. */
export interface Auth {
  /** The claims of the access token, deeply frozen. */
  readonly claims: AccessTokenClaims
  /** The access token itself, for a call on the caller's behalf. Not enumerable, so that logging `Auth` does not log it. */
  readonly token: string
  readonly scheme: Scheme
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
   * Headers that the answer of the handler has to carry, with lower-case names; mostly none. Adapters set them: a client
   * that used an older nonce gets the newest in `dpop-nonce`. RFC 9449 section 8.2.
   */
  readonly responseHeaders: Readonly<Record<string, string>>
  /**
   * Checks a further requirement inside a handler. `authenticate` uses a DPoP proof up: call it once for a request, and this
   * for everything after.
   * @throws {RequestRefused} `scope_missing`, `permission_missing`.
   * @throws {InvalidOptions} when the requirement itself is wrong.
   */
  require(requirement: Requirement | ResolvedRequirement): void
  /**
   * Gives a long-lived connection the end of its access token, and a way to go on with a fresh one.
   * @throws {InvalidOptions}
   */
  session(options: SessionOptions): Session
}

/** What the resource server itself sees of a caller. */
export interface Caller extends Auth {
  readonly rights: Rights
  /** The same caller, for a request whose answer has to carry these headers. */
  answeredWith(responseHeaders: Readonly<Record<string, string>>): Caller
}

export interface CallerFacts {
  readonly claims: AccessTokenClaims
  readonly token: string
  readonly scheme: Scheme
  /** Shared by all callers: a closure of its own would keep the request of each. */
  readonly server: CallerRules
}

/** What a caller has to know of its resource server. */
interface CallerRules extends SessionRules {
  /** Hears what a check inside a handler throws. */
  readonly report: (error: unknown, scheme: Scheme) => void
}

export function createCaller(facts: CallerFacts): Caller {
  return new VerifiedAuth(facts, noHeaders)
}

/** Makes what a check throws into what a framework understands. */
export type FaultOf = (error: unknown) => unknown

/**
 * The same caller, whose checks throw something else: for adapters of frameworks that answer errors of their own alone.
 *
 * @param auth Of `authenticate`.
 * @throws {InvalidOptions} when it is not.
 */
export function mapFaults(auth: Auth, faultOf: FaultOf): Auth {
  if (!(auth instanceof VerifiedAuth))
    throw new InvalidOptions('mapFaults', 'Only for an Auth that a resource server has given.')
  return auth.throwing(faultOf)
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({})

/** Frozen, with private memory: sets and lists are made once per token, and only for routes that look at them. */
class VerifiedAuth implements Caller {
  readonly claims: AccessTokenClaims
  readonly scheme: Scheme
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly #facts: CallerFacts
  readonly #faultOf: FaultOf | undefined
  #rights: Rights | undefined
  #scopes: readonly string[] | undefined
  #permissions: readonly string[] | undefined

  constructor(facts: CallerFacts, responseHeaders: Readonly<Record<string, string>>, faultOf?: FaultOf) {
    this.claims = facts.claims
    this.scheme = facts.scheme
    this.responseHeaders = responseHeaders
    this.#facts = facts
    this.#faultOf = faultOf
    Object.freeze(this)
  }

  answeredWith(responseHeaders: Readonly<Record<string, string>>): Caller {
    return new VerifiedAuth(this.#facts, Object.freeze({ ...responseHeaders }), this.#faultOf)
  }

  throwing(faultOf: FaultOf): VerifiedAuth {
    return new VerifiedAuth(this.#facts, this.responseHeaders, faultOf)
  }

  get token(): string {
    return this.#facts.token
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

  require(requirement: Requirement | ResolvedRequirement): void {
    this.#reporting(() => resolveRequirement(requirement).check(this))
  }

  session(options: SessionOptions): Session {
    const { server } = this.#facts
    const { onExpired } = Object(options) as SessionOptions
    const checkRenewal: CheckRenewal = (fresh, check) => {
      if (!(#facts in Object(fresh) && (fresh as VerifiedAuth).#facts.server === server))
        throw new InvalidOptions('renew', 'A session goes on with an Auth that the same resource server has given.')
      this.#reporting(check)
    }
    return openSession({ auth: this, onExpired, checkRenewal }, server)
  }

  #reporting<Result>(check: () => Result): Result {
    try {
      return check()
    } catch (error) {
      this.#facts.server.report(error, this.scheme)
      throw this.#faultOf === undefined ? error : this.#faultOf(error)
    }
  }
}
