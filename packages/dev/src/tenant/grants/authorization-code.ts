import { createHash } from 'node:crypto'
import { apiOf } from '../access-policy.js'
import type { AuthorizationCode } from '../codes.js'
import { failure } from '../oauth-error.js'
import { userTokens } from '../user-tokens.js'
import type { Grant } from './grant.js'

/** RFC 6749 section 4.1.3, RFC 7636 section 4.6, RFC 9449 section 10. */
export const authorizationCode: Grant = async ({ by, parameters, jkt, context, codes, onAudience }) => {
  const given = parameters['code']
  if (given === undefined) throw failure.missing('code')
  const code = codes.take(given)
  const user = code && context.state.users.get(code.user_id)
  if (code === undefined || user === undefined || code.client_id !== by.client.client_id) throw failure.badCode()
  onAudience(code.audience)
  if (parameters['redirect_uri'] !== code.redirect_uri) throw failure.badCode()
  if (!isVerified(code, parameters['code_verifier'])) throw failure.badVerifier()
  if (code.dpop_jkt !== undefined && code.dpop_jkt !== jkt)
    throw failure.badProof('The proof is signed with another key than dpop_jkt names')
  const { scopes, organization, nonce, auth_time: authTime } = code
  const api = code.audience === undefined ? undefined : apiOf(code.audience, context)
  return userTokens(by, { user, api, scopes, organization, nonce, authTime, jkt }, context)
}

function isVerified({ challenge }: AuthorizationCode, verifier: string | undefined): boolean {
  if (challenge === undefined) return verifier === undefined
  if (verifier === undefined || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false
  const made = challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
  return made === challenge.value
}
