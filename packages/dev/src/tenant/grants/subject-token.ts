import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { keySetOf } from '../discovery.js'
import { failure } from '../oauth-error.js'
import type { TenantContext } from '../tenant-context.js'

export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
export const refreshTokenType = 'urn:ietf:params:oauth:token-type:refresh_token'

/**
 * Reads an access token that was given for the API which now acts for its caller.
 *
 * @throws {OAuthFailure} for any other token.
 */
export async function verifySubjectToken(
  token: string,
  audience: string | undefined,
  context: TenantContext,
): Promise<JWTPayload> {
  const keySet = createLocalJWKSet(await keySetOf(context))
  try {
    const { payload } = await jwtVerify(token, keySet, {
      issuer: context.issuer,
      audience: audience ?? '',
      currentDate: new Date(context.clock.nowSeconds() * 1000),
    })
    return payload
  } catch {
    throw failure.malformed('The subject token is not valid.')
  }
}
