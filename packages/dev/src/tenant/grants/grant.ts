import type { AuthenticatedClient } from '../client-authentication.js'
import type { AuthorizationCode, DeviceRequest } from '../codes.js'
import type { Parameters } from '../form.js'
import type { Once } from '../once.js'
import type { TenantContext } from '../tenant-context.js'
import type { TokenResponse } from '../user-tokens.js'

/** What a grant works with: a request of a client that is known, and a proof that is good. */
export interface GrantRequest {
  readonly by: AuthenticatedClient
  readonly parameters: Parameters
  /** The thumbprint of the key of the proof. */
  readonly jkt: string | undefined
  readonly context: TenantContext
  /** For the log: what a code or a token is for stands in neither request. */
  onAudience(audience: string | undefined): void
  readonly codes: Once<AuthorizationCode>
  readonly devices: Once<DeviceRequest>
}

/** @throws {OAuthFailure} */
export type Grant = (request: GrantRequest) => Promise<TokenResponse>
