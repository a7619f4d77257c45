import { apiOf } from '../access-policy.js'
import { wordsOf } from '../form.js'
import { sha256 } from '../identifiers.js'
import type { Client } from '../model.js'
import { failure } from '../oauth-error.js'
import type { RefreshToken, TenantState } from '../state.js'
import { userTokens } from '../user-tokens.js'
import type { Grant } from './grant.js'

/** RFC 6749 section 6, with rotation: a token that is used twice ends all that came from the same login. */
export const refreshToken: Grant = async ({ by, parameters, jkt, context }) => {
  const { state, clock } = context
  const { client } = by
  const given = parameters['refresh_token']
  if (given === undefined) throw failure.missing('refresh_token')
  const kept = state.refreshTokens.get(sha256(given))
  const user = kept && state.users.get(kept.user_id)
  const now = clock.nowSeconds()
  if (kept === undefined || user === undefined || kept.client_id !== client.client_id || kept.expires_at < now)
    throw failure.badRefreshToken()
  if (kept.used_at !== undefined && now >= kept.used_at + client.refresh_token.leeway) {
    endFamily(kept, state)
    throw failure.badRefreshToken()
  }
  if (isIdle(kept, client, now) || (kept.jkt !== undefined && kept.jkt !== jkt)) throw failure.badRefreshToken()
  const asked = wordsOf(parameters['scope'])
  const scopes = asked.length === 0 ? kept.scopes : kept.scopes.filter((scope) => asked.includes(scope))
  const organization = kept.organization_id === undefined ? undefined : state.organizations.get(kept.organization_id)
  const isMember = organization?.members.some(({ user_id }) => user_id === user.user_id) === true
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

/** That nobody came with it for too long. One that rotates is new after every use. */
function isIdle({ created_at }: RefreshToken, { refresh_token: rules }: Client, now: number): boolean {
  const mayBeIdle = rules.rotation_type === 'non-rotating' || rules.expiration_type === 'non-expiring'
  return !mayBeIdle && created_at + rules.idle_token_lifetime < now
}

/** Also when a user takes an application's access away. */
export function endFamily({ family }: Pick<RefreshToken, 'family'>, { refreshTokens }: TenantState): void {
  for (const token of refreshTokens.list()) if (token.family === family) refreshTokens.delete(token.id)
}
