import { apiOf, audienceOf, scopesOfClient } from '../access-policy.js'
import { makeAccessToken } from '../access-token.js'
import { bindingFor } from '../binding.js'
import { failure } from '../oauth-error.js'
import type { Grant } from './grant.js'

/** RFC 6749 section 4.4. */
export const clientCredentials: Grant = async ({ by, parameters, jkt, context }) => {
  const { client, isConfidential } = by
  if (!isConfidential) throw failure.unauthorizedClient()
  const audience = audienceOf(parameters, context)
  if (audience === undefined) throw failure.noAudience()
  const api = apiOf(audience, context)
  const scopes = scopesOfClient(client, api, parameters['scope'], context)
  const bound = bindingFor({ jkt, client, isConfidential, api })
  const subject = `${client.client_id}@clients`
  const facts = { client, api, subject, scopes, permissions: scopes, gty: 'client-credentials', jkt: bound }
  const { token, expiresInSeconds } = await makeAccessToken(facts, context)
  return {
    access_token: token,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    expires_in: expiresInSeconds,
    token_type: bound === undefined ? 'Bearer' : 'DPoP',
  }
}
