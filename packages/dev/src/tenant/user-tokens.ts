import { permissionsOfUser, scopesOfUser } from './access-policy.js'
import { makeAccessToken } from './access-token.js'
import { bindingFor } from './binding.js'
import type { AuthenticatedClient } from './client-authentication.js'
import { makeIdToken } from './id-token.js'
import { randomText, sha256 } from './identifiers.js'
import type { Organization, ResourceServer, User } from './model.js'
import { failure } from './oauth-error.js'
import type { RefreshToken, TenantState } from './state.js'
import type { TenantContext } from './tenant-context.js'

/** What the token endpoint answers. RFC 6749 section 5.1. */
export interface TokenResponse {
  readonly access_token: string
  readonly refresh_token?: string
  readonly id_token?: string
  readonly scope?: string
  readonly expires_in: number
  readonly token_type: 'Bearer' | 'DPoP'
  readonly issued_token_type?: string
}

export interface UserTokenFacts {
  readonly user: User
  readonly api: ResourceServer | undefined
  readonly scopes: readonly string[]
  readonly authTime: number
  readonly organization?: Organization | undefined
  readonly nonce?: string | undefined
  readonly jkt: string | undefined
  readonly gty?: string
  readonly act?: object
  /** The refresh token that this comes from, or `false` for none to be given. */
  readonly refreshed?: RefreshToken | false
}

/**
 * Makes what a client gets for a user.
 *
 * @throws {OAuthFailure} when the API is closed to the client, or a proof is required.
 */
export async function userTokens(
  by: AuthenticatedClient,
  facts: UserTokenFacts,
  context: TenantContext,
): Promise<TokenResponse> {
  const { client, isConfidential } = by
  const { user, api, organization, authTime, nonce, gty, act } = facts
  if (user.blocked === true) throw failure.blockedUser()
  const scopes = scopesOfUser({ client, user, api, scopes: facts.scopes, organization }, context)
  const jkt = bindingFor({ jkt: facts.jkt, client, isConfidential, api })
  const { refreshed } = facts
  const isKept = refreshed === undefined ? scopes.includes('offline_access') : refreshed !== false
  // Before all that takes time: of two requests at once, the second one has to see that the first one was here.
  const refresh = isKept ? keepRefreshToken(by, { ...facts, jkt }, scopes, context) : undefined
  const made = await makeAccessToken(
    {
      client,
      api,
      subject: user.user_id,
      scopes,
      permissions: permissionsOfUser({ user, api, organization }, context),
      organization,
      jkt,
      act,
      ...(gty === undefined ? {} : { gty }),
    },
    context,
  )
  const id = scopes.includes('openid')
    ? await makeIdToken({ client, user, scopes, authTime, accessToken: made.token, nonce, organization }, context)
    : undefined
  return {
    access_token: made.token,
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
    ...(id === undefined ? {} : { id_token: id }),
    scope: scopes.join(' '),
    expires_in: made.expiresInSeconds,
    token_type: jkt === undefined ? 'Bearer' : 'DPoP',
  }
}

/** The end of the year 9999, which a date can still show. */
const never = 253_402_300_799

function keepRefreshToken(
  { client, isConfidential }: AuthenticatedClient,
  facts: UserTokenFacts,
  scopes: readonly string[],
  { state, clock }: TenantContext,
): string | undefined {
  const { refreshed: spent, user, api, organization, authTime } = facts
  const { rotation_type, expiration_type, token_lifetime } = client.refresh_token
  const now = clock.nowSeconds()
  if (spent && rotation_type !== 'rotating') {
    state.refreshTokens.put({ ...spent, last_exchanged_at: now })
    return undefined
  }
  const token = `v1.${randomText(64)}`
  forgetExpired(state, now)
  if (spent) state.refreshTokens.put({ ...spent, used_at: spent.used_at ?? now })
  const expires_at = expiration_type === 'expiring' ? now + token_lifetime : never
  const beginning = spent || { family: randomText(16), scopes, expires_at }
  state.refreshTokens.put({
    id: sha256(token),
    family: beginning.family,
    client_id: client.client_id,
    user_id: user.user_id,
    scopes: beginning.scopes,
    auth_time: authTime,
    created_at: now,
    expires_at: beginning.expires_at,
    ...(api === undefined ? {} : { audience: api.identifier }),
    ...(organization === undefined ? {} : { organization_id: organization.id }),
    // RFC 9449 section 5: those of public clients are bound.
    ...(facts.jkt === undefined || isConfidential ? {} : { jkt: facts.jkt }),
  })
  return token
}

function forgetExpired({ refreshTokens }: TenantState, now: number): void {
  refreshTokens.deleteWhere(({ expires_at }) => expires_at < now)
}
