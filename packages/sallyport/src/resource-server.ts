import { type Auth, createAuth } from './auth.js'
import { member } from './encoding/strict-json.js'
import { RequestRefused } from './errors.js'
import { createIssuers, type IssuerHealth } from './issuer/issuers.js'
import type { UsableKeys } from './issuer/usable-keys.js'
import { type ErrorProfile, type ResourceServerOptions, resolveOptions } from './options.js'
import { parsePermissions } from './policy/permissions.js'
import { type Requirement, type ResolvedRequirement, resolveRequirement } from './policy/requirement.js'
import { parseScope } from './policy/scopes.js'
import { reportError } from './report.js'
import { type Credentials, hasQueryToken, type ProtectedRequest, readCredentials } from './request/credentials.js'
import { verifySignature } from './signature/verify-signature.js'
import { checkClaims, checkTimes } from './token/claims.js'
import { parseCompact } from './token/compact.js'
import { checkConfirmation } from './token/confirmation.js'
import { createHeaderMemory } from './token/header.js'
import { createVerifiedTokens, type VerifiedToken } from './token/verified-tokens.js'

/** A requirement that lets a request without credentials pass. */
export type OptionalRequirement = Requirement & { readonly optional: true }

/** Protects an API with access tokens. */
export interface ResourceServer {
  /**
   * Decides about one request: gives what is known of the caller, or throws. The answer comes without a promise when
   * nothing has to be waited for, so `await` it.
   *
   * @throws {RequestRefused} when the client is at fault.
   * @throws {DependencyUnavailable} when the issuer cannot be reached.
   * @throws {InvalidOptions} when the requirement is wrong.
   */
  authenticate(request: ProtectedRequest, requirement?: Requirement & { readonly optional?: false }): Auth | Promise<Auth>
  authenticate(request: ProtectedRequest, requirement: Requirement | ResolvedRequirement): Auth | undefined | Promise<Auth | undefined>
  /** Fetches metadata and keys of every listed issuer before the first request. @throws {DependencyUnavailable} */
  warmUp(): Promise<void>
  /** Fetches the keys again now, for those who just revoked one. @throws {DependencyUnavailable} */
  refresh(): Promise<void>
  /** The state of each issuer's keys; makes no request. */
  health(): ResourceServerHealth
  /** Ends fetches under way and forgets every token. Requests that need a fetch are answered with 503 from then on. */
  close(): void
  readonly errorProfile: ErrorProfile
}

export interface ResourceServerHealth {
  /** `ok` when every issuer's keys are fresh; `degraded` while some are cold or stale; `down` when some have expired. */
  readonly status: 'ok' | 'degraded' | 'down'
  readonly issuers: readonly IssuerHealth[]
}

/**
 * Creates the object that decides about requests. It fetches nothing until the first token arrives.
 *
 * @throws {InvalidOptions}
 * @example
 * const api = createResourceServer({ domain: 'tenant.eu.auth0.com', audience: 'https://api.example.com' })
 * const auth = await api.authenticate({ method, url, headers }, { scopes: 'read:messages' })
 */
export function createResourceServer(given: ResourceServerOptions = {}): ResourceServer {
  const options = resolveOptions(given)
  const issuers = createIssuers(options)
  const acceptHeader = createHeaderMemory(options)
  const verifiedTokens = createVerifiedTokens(options.cache.verifiedTokens)

  function decide(request: ProtectedRequest, requirement: ResolvedRequirement): Auth | undefined | Promise<Auth | undefined> {
    const credentials = readCredentials(request)
    if (credentials === undefined) return admitAnonymous(request, requirement)
    const verified = recallToken(credentials, request) ?? verifyToken(credentials, request)
    return verified instanceof Promise ? verified.then((token) => admit(token, requirement)) : admit(verified, requirement)
  }

  async function verifyToken({ token }: Credentials, request: ProtectedRequest): Promise<VerifiedToken> {
    const jws = parseCompact(token)
    const header = acceptHeader(jws.encodedHeader)
    const keySet = await issuers.allowed(member(jws.claims, 'iss'), request)
    const { keys, candidates } = await keySet.select(header)
    await verifySignature(jws, candidates, header.kid)
    const claims = checkClaims(jws.claims, options)
    const rights = { scopes: parseScope(member(claims, 'scope')), permissions: parsePermissions(member(claims, 'permissions')) }
    const verified = { auth: createAuth(claims, token, rights), rights, keys }
    verifiedTokens.remember(verified)
    return verified
  }

  function recallToken(credentials: Credentials, request: ProtectedRequest): VerifiedToken | Promise<VerifiedToken> | undefined {
    const remembered = verifiedTokens.recall(credentials.token)
    if (remembered === undefined) return undefined
    const { claims } = remembered.auth
    const keySet = issuers.allowed(claims.iss, request)
    const keys = keySet instanceof Promise ? keySet.then((held) => held.current()) : keySet.current()
    const confirm = (current: UsableKeys) => {
      if (current !== remembered.keys) return verifyToken(credentials, request)
      checkTimes(claims, options)
      return remembered
    }
    return keys instanceof Promise ? keys.then(confirm) : confirm(keys)
  }

  function admit({ auth, rights }: VerifiedToken, requirement: ResolvedRequirement): Auth {
    checkConfirmation(auth.claims)
    // The proof of possession and its nonce will be checked here, before the requirement.
    requirement.check(rights)
    // The proof's jti will be claimed here, last: a request that is refused for another reason does not use it up.
    options.onEvent?.({ type: 'request.admitted', scheme: auth.scheme })
    return auth
  }

  function admitAnonymous(request: ProtectedRequest, requirement: ResolvedRequirement): undefined {
    if (hasQueryToken(request.url)) options.onEvent?.({ type: 'credentials.ignored', where: 'query' })
    if (!requirement.optional) throw new RequestRefused('credentials_missing')
  }

  function authenticate(request: ProtectedRequest, requirement?: Requirement | ResolvedRequirement): Auth | Promise<Auth>
  function authenticate(request: ProtectedRequest, requirement?: Requirement | ResolvedRequirement): Auth | undefined | Promise<Auth | undefined> {
    const resolved = resolveRequirement(requirement)
    try {
      const decision = decide(request, resolved)
      return decision instanceof Promise ? decision.catch(reportAndThrow) : decision
    } catch (error) {
      return reportAndThrow(error)
    }
  }

  function reportAndThrow(error: unknown): never {
    reportError(error, options.onEvent)
    throw error
  }

  return {
    authenticate,
    warmUp: async () => void (await Promise.all(issuers.held().map((keySet) => keySet.current()))),
    refresh: async () => void (await Promise.all(issuers.held().map((keySet) => keySet.refresh()))),
    health: () => healthOf(issuers.health()),
    close: () => {
      issuers.close()
      verifiedTokens.clear()
    },
    errorProfile: options.errorProfile,
  }
}

function healthOf(issuers: readonly IssuerHealth[]): ResourceServerHealth {
  if (issuers.some(({ state }) => state === 'expired')) return { status: 'down', issuers }
  return { status: issuers.every(({ state }) => state === 'fresh') ? 'ok' : 'degraded', issuers }
}
