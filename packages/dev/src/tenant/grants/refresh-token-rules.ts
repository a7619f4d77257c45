import type { Client } from '../model.js'
import type { RefreshToken, TenantState } from '../state.js'
import type { TenantContext } from '../tenant-context.js'

/** Why a refresh token is no longer good, by the settings of its application. */
export function faultOfRefreshToken(
  token: RefreshToken,
  client: Client,
  { state, clock }: Pick<TenantContext, 'state' | 'clock'>,
): 'expired' | 'idle' | 'reused' | undefined {
  const now = clock.nowSeconds()
  const { expiration_type, idle_token_lifetime, leeway } = client.refresh_token
  if (token.expires_at < now) return 'expired'
  if (isReplaced(token) && (now >= token.used_at + leeway || !isPrevious(token, state))) return 'reused'
  // One that rotates is new after every use.
  const { last_exchanged_at = token.created_at } = token
  return expiration_type === 'expiring' && last_exchanged_at + idle_token_lifetime < now ? 'idle' : undefined
}

function isReplaced(token: RefreshToken): token is RefreshToken & { readonly used_at: number } {
  return token.used_at !== undefined
}

/** Whether none of those that replaced it was used: the leeway is for an answer that got lost, not for older tokens. */
function isPrevious({ id, family }: RefreshToken, { refreshTokens }: TenantState): boolean {
  const members = refreshTokens.list().filter((token) => token.family === family)
  const later = members.slice(members.findIndex((token) => token.id === id) + 1)
  return !later.some(isReplaced)
}
