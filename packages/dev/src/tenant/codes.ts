import type { Organization } from './model.js'

/** What a request binds its code to. */
export interface CodeTerms {
  readonly client_id: string
  readonly redirect_uri: string
  readonly scopes: readonly string[]
  readonly audience: string | undefined
  readonly organization: Organization | undefined
  readonly nonce: string | undefined
  readonly challenge: { readonly value: string; readonly method: 'S256' | 'plain' } | undefined
  /** RFC 9449 section 10. */
  readonly dpop_jkt: string | undefined
}

/** What a user has allowed a client, until it comes for the tokens. */
export interface AuthorizationCode extends CodeTerms {
  readonly user_id: string
  readonly auth_time: number
}

export const codeLifetimeSeconds = 60

export interface DeviceRequest {
  readonly client_id: string
  readonly user_code: string
  readonly scopes: readonly string[]
  readonly audience: string | undefined
  /** Seconds since 1970. */
  readonly expires_at: number
  /** What the user has decided. */
  decision: { readonly user_id: string; readonly auth_time: number } | 'refused' | undefined
  polled_at: number
}
