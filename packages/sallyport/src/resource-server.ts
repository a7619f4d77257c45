import type { AnswerRules } from './answer.js'
import { type Auth, createCaller } from './auth.js'
import type { CheckedProof } from './dpop/proof.js'
import { member } from './encoding/strict-json.js'
import { RequestRefused, type Scheme } from './errors.js'
import { createIssuers, type IssuerHealth } from './issuer/issuers.js'
import { type ResourceServerOptions, resolveOptions } from './options.js'
import { type Requirement, type ResolvedRequirement, resolveRequirement } from './policy/requirement.js'
import { createPossession } from './possession.js'
import { reportError } from './report.js'
import { type Credentials, hasQueryToken, type ProtectedRequest, readCredentials } from './request/credentials.js'
import { isSigned } from './signature/is-signed.js'
import { checkClaims, checkTimes } from './token/claims.js'
import { parseCompact } from './token/compact.js'
import { bindingOf } from './token/confirmation.js'
import { createHeaderCheck } from './token/header.js'
import { createVerifiedTokens, type VerifiedToken } from './token/verified-tokens.js'
import { isPromise, whenReady } from './when-ready.js'

/** Protects an API with access tokens. */
export interface ResourceServer extends AnswerRules {
  /**
   * Decides about one request: gives what is known of the caller, or throws. The answer comes without a promise when
   * nothing has to be waited for, so `await` it.
   *
   * @throws {RequestRefused} when the client is at fault.
   * @throws {DependencyUnavailable} when the issuer or the replay store cannot be reached.
   * @throws {InvalidOptions} when the requirement is wrong.
   */
  authenticate(
    request: ProtectedRequest,
    requirement?: Requirement & { readonly optional?: false },
  ): Auth | Promise<Auth>
  authenticate(
    request: ProtectedRequest,
    requirement: Requirement | ResolvedRequirement,
  ): Auth | undefined | Promise<Auth | undefined>
  /** Fetches metadata and keys of every listed issuer before the first request. @throws {DependencyUnavailable} */
  warmUp(): Promise<void>
  /** Fetches the keys again now, for those who just revoked one. @throws {DependencyUnavailable} */
  refresh(): Promise<void>
  /** The state of each issuer's keys; makes no request. */
  health(): ResourceServerHealth
  /** Ends fetches under way and empties the memory of tokens. Requests that need a fetch get 503 from then on. */
  close(): void
}

export interface ResourceServerHealth {
  /** `ok`: every issuer's keys are fresh. `degraded`: some are cold or stale. `down`: requests for some get 503. */
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
  const checkHeader = createHeaderCheck(options)
  const verifiedTokens = createVerifiedTokens(options.verifiedTokens)
  const possession = createPossession(options)
  const { clock, clockToleranceSeconds } = options
  const callerRules = { clock, clockToleranceSeconds, report }

  function decide(arrival: Arrival): Auth | Promise<Auth> {
    const { credentials, request } = arrival
    const verified = recallToken(credentials, request) ?? verifyToken(credentials, request)
    return whenReady(verified, (token) => admit(token, arrival))
  }

  function verifyToken({ token }: Credentials, request: ProtectedRequest): VerifiedToken | Promise<VerifiedToken> {
    const jws = parseCompact(token)
    const header = checkHeader(jws.encodedHeader)
    const keySet = issuers.allowed(member(jws.claims, 'iss'), request)
    const selection = whenReady(keySet, (issuer) => issuer.select(header))
    return whenReady(selection, ({ keys, candidates }) =>
      whenReady(isSigned(jws, candidates), (signed) => {
        if (signed !== true) throw new RequestRefused('signature_invalid', { kid: header.kid })
        const claims = checkClaims(jws.claims, options)
        return whenReady(bindingOf(claims, token), (binding) => {
          const scheme = binding?.jkt === undefined ? 'Bearer' : 'DPoP'
          const auth = createCaller({ claims, token, scheme, server: callerRules })
          return verifiedTokens.remember({ auth, keys, binding })
        })
      }),
    )
  }

  function recallToken(
    credentials: Credentials,
    request: ProtectedRequest,
  ): VerifiedToken | Promise<VerifiedToken> | undefined {
    const remembered = verifiedTokens.recall(credentials.token)
    if (remembered === undefined) return undefined
    const { claims } = remembered.auth
    const keys = whenReady(issuers.allowed(claims.iss, request), (keySet) => keySet.current())
    return whenReady(keys, (current) => {
      if (current !== remembered.keys) return verifyToken(credentials, request)
      checkTimes(claims, options)
      return remembered
    })
  }

  function admit(token: VerifiedToken, { credentials, request, requirement }: Arrival): Auth | Promise<Auth> {
    return whenReady(possession.prove(token, credentials, request), (proof) => {
      requirement.check(token.auth)
      if (proof === undefined) return admitted(token, proof)
      // Last: a request that is refused for another reason does not use the proof up.
      return whenReady(possession.claim(proof, token), () => admitted(token, proof))
    })
  }

  function admitted({ auth, binding }: VerifiedToken, proof: CheckedProof | undefined): Auth {
    options.onEvent?.({ type: 'request.admitted', scheme: auth.scheme })
    if (binding === undefined) return auth
    const nonce = proof?.newerNonce
    const isByHeader = binding.certificate !== undefined && options.certificateSource === 'client-cert-header'
    if (nonce === undefined && !isByHeader) return auth
    // Not for a cache. RFC 9449 section 8.2, RFC 9440 section 2.4.
    return auth.answeredWith({ 'cache-control': 'no-store', ...(nonce === undefined ? {} : { 'dpop-nonce': nonce }) })
  }

  function admitAnonymous(request: ProtectedRequest, requirement: ResolvedRequirement): undefined {
    if (hasQueryToken(request.url)) options.onEvent?.({ type: 'credentials.ignored', where: 'query' })
    if (!requirement.optional) throw new RequestRefused('credentials_missing')
  }

  function authenticate(
    request: ProtectedRequest,
    requirement?: Requirement | ResolvedRequirement,
  ): Auth | Promise<Auth>
  function authenticate(
    request: ProtectedRequest,
    requirement?: Requirement | ResolvedRequirement,
  ): Auth | undefined | Promise<Auth | undefined> {
    const resolved = resolveRequirement(requirement)
    let scheme: Scheme | undefined
    try {
      const credentials = readCredentials(request, options.schemes)
      if (credentials === undefined) return admitAnonymous(request, resolved)
      scheme = credentials.scheme
      const decision = decide({ credentials, request, requirement: resolved })
      return isPromise(decision) ? decision.catch((error) => reportAndThrow(error, credentials.scheme)) : decision
    } catch (error) {
      return reportAndThrow(error, scheme)
    }
  }

  function report(error: unknown, scheme: Scheme | undefined): void {
    if (scheme !== undefined && error instanceof RequestRefused) error.sentWith(scheme)
    reportError(error, options.onEvent)
  }

  function reportAndThrow(error: unknown, scheme: Scheme | undefined): never {
    report(error, scheme)
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
    schemes: options.schemes,
    proofAlgorithms: options.dpop.algorithms,
  }
}

/** One request, and what its route wants. */
interface Arrival {
  readonly credentials: Credentials
  readonly request: ProtectedRequest
  readonly requirement: ResolvedRequirement
}

function healthOf(issuers: readonly IssuerHealth[]): ResourceServerHealth {
  const cannotServe = ({ state, consecutiveFailures }: IssuerHealth) =>
    state === 'expired' || (state === 'cold' && consecutiveFailures > 0)
  if (issuers.some(cannotServe)) return { status: 'down', issuers }
  return { status: issuers.every(({ state }) => state === 'fresh') ? 'ok' : 'degraded', issuers }
}
