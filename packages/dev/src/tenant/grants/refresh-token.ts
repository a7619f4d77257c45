import { apiOf, isMemberOf } from '../access-policy.js'
import { wordsOf } from '../form.js'
import { sha256 } from '../identifiers.js'
import { failure } from '../oauth-error.js'
import type { RefreshToken, TenantState } from '../state.js'
import { userTokens } from '../user-tokens.js'
import type { Grant } from './grant.js'
import { faultOfRefreshToken } from './refresh-token-rules.js'

/** RFC 6749 section 6, with rotation: a token that is used twice ends all that came from the same login. */
export const refreshToken: Grant = async ({ by, parameters, jkt, context, onAudience }) => {
  const { state } = context
  const given = parameters['refresh_token']
  if (given === undefined) throw failure.missing('refresh_token')
  const kept = state.refreshTokens.get(sha256(given))
  const user = kept && state.users.get(kept.user_id)
  if (kept === undefined || user === undefined || kept.client_id !== by.client.client_id)
    throw failure.badRefreshToken()
  onAudience(kept.audience)
  const fault = faultOfRefreshToken(kept, by.client, context)
  if (fault === 'reused') endFamily(kept, state)
  if (fault !== undefined || (kept.jkt !== undefined && kept.jkt !== jkt)) throw failure.badRefreshToken()
  const asked = wordsOf(parameters['scope'])
  const scopes = asked.length === 0 ? kept.scopes : kept.scopes.filter((scope) => asked.includes(scope))
  const organization = kept.organization_id === undefined ? undefined : state.organizations.get(kept.organization_id)
  const isMember = organization !== undefined && isMemberOf(organization, user)
  if (kept.organization_id !== undefined && !isMember) throw failure.badRefreshToken()
  const api = kept.audience === undefined ? undefined : apiOf(kept.audience, context)
  const facts = {
    user,
    api,
    scopes,
    organization,
    authTime: kept.auth_time,
    jkt,
    gty: 'refresh_token',
    refreshed: kept,
  }
  return userTokens(by, facts, context)
}

/** Also when a user takes an application's access away. */
export function endFamily({ family }: Pick<RefreshToken, 'family'>, { refreshTokens }: TenantState): void {
  refreshTokens.deleteWhere((token) => token.family === family)
}
