import { SignJWT } from 'jose'
import { organizationClaims } from './access-policy.js'
import { halfHash } from './access-token.js'
import type { Client, Organization, User } from './model.js'
import type { TenantContext } from './tenant-context.js'

export interface IdTokenFacts {
  readonly client: Client
  readonly user: User
  readonly scopes: readonly string[]
  readonly authTime: number
  readonly accessToken: string
  readonly nonce?: string | undefined
  readonly organization?: Organization | undefined
}

/** @see OpenID Connect Core section 2 */
export async function makeIdToken(facts: IdTokenFacts, context: TenantContext): Promise<string> {
  const { issuer, keys, clock } = context
  const { client, user, scopes, authTime, accessToken, nonce, organization } = facts
  const now = clock.nowSeconds()
  const { kid, key } = await keys.current()
  const claims = {
    ...userClaims(user, scopes),
    iss: issuer,
    aud: client.client_id,
    sub: user.user_id,
    iat: now,
    exp: now + client.jwt_configuration.lifetime_in_seconds,
    auth_time: authTime,
    at_hash: halfHash(accessToken),
    sid: halfHash(`${user.user_id} ${authTime}`),
    ...(nonce === undefined ? {} : { nonce }),
    ...organizationClaims(organization, context),
  }
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(key)
}

/** What a scope lets a client know of a user. */
export function userClaims(user: User, scopes: readonly string[]): Readonly<Record<string, unknown>> {
  const { name, nickname, picture, given_name, family_name, updated_at, email, email_verified } = user
  const names = {
    ...(given_name === undefined ? {} : { given_name }),
    ...(family_name === undefined ? {} : { family_name }),
  }
  return {
    ...(scopes.includes('profile') ? { name, nickname, picture, ...names, updated_at } : {}),
    ...(scopes.includes('email') ? { email, email_verified } : {}),
  }
}
