import type { TenantClock } from './clock.js'
import type { Faults } from './faults.js'
import type { RequestLog } from './request-log.js'
import type { SigningKeys } from './signing-keys.js'
import type { TenantState } from './state.js'

/** What every part of a tenant works with. */
export interface TenantContext {
  /** With a slash at the end, as `iss` has it. */
  readonly issuer: string
  readonly state: TenantState
  readonly keys: SigningKeys
  readonly clock: TenantClock
  readonly log: RequestLog
  /** Whether `scope` narrows what client credentials get. Auth0 gives all that is granted. */
  readonly strictClientScope: boolean
  readonly exchange: ExchangeCallbacks
  readonly faults: Faults
  /** Whether faults can be set over HTTP. */
  readonly servesFaults: boolean
}

/** What a custom token exchange is decided by: in Auth0 an Action. */
export interface ExchangeCallbacks {
  /** By `subject_token_type`. */
  readonly profiles: Readonly<Record<string, ExchangeProfile>>
}

/**
 * Decides who a token is for: gives the id of a user, or `undefined` to refuse. `actor` is what comes into the claim `act`, and has
 * to be there where an actor token was sent.
 */
export type ExchangeProfile = (
  subjectToken: string,
  actor?: { readonly token: string; readonly type: string },
) => ExchangeDecision | Promise<ExchangeDecision>

type ExchangeDecision = string | { readonly user: string; readonly actor?: { readonly sub: string } } | undefined

export function managementAudience({ issuer }: Pick<TenantContext, 'issuer'>): string {
  return `${issuer}api/v2/`
}

export function userinfoAudience({ issuer }: Pick<TenantContext, 'issuer'>): string {
  return `${issuer}userinfo`
}
