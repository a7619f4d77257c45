import { apiOf, audienceOf, grantOf, organizationNamed, scopesOfClient } from '../access-policy.js'
import { makeAccessToken } from '../access-token.js'
import { bindingFor } from '../binding.js'
import type { ClientGrant, Organization } from '../model.js'
import { failure, OAuthFailure } from '../oauth-error.js'
import type { TenantContext } from '../tenant-context.js'
import type { Grant } from './grant.js'

/** RFC 6749 section 4.4. */
export const clientCredentials: Grant = async ({ by, parameters, jkt, context }) => {
  const { client, isConfidential } = by
  if (!isConfidential) throw failure.unauthorizedClient()
  const audience = audienceOf(parameters, context)
  if (audience === undefined) throw failure.noAudience()
  const api = apiOf(audience, context)
  const scopes = scopesOfClient(client, api, parameters['scope'], context)
  const organization = organizationFor(parameters['organization'], grantOf(client, api, 'client', context), context)
  const bound = bindingFor({ jkt, client, isConfidential, api })
  const subject = `${client.client_id}@clients`
  const rights = { scopes, permissions: scopes, organization }
  const facts = { client, api, subject, ...rights, gty: 'client-credentials', jkt: bound }
  const { token, expiresInSeconds } = await makeAccessToken(facts, context)
  return {
    access_token: token,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    expires_in: expiresInSeconds,
    token_type: bound === undefined ? 'Bearer' : 'DPoP',
  }
}

/** A grant that allows organizations allows every one: which ones are its own cannot be said in this tenant. */
function organizationFor(
  wanted: string | undefined,
  grant: ClientGrant | undefined,
  context: TenantContext,
): Organization | undefined {
  const usage = grant?.organization_usage ?? 'deny'
  if (wanted === undefined) {
    if (usage === 'require') throw failure.malformed('The grant of this client requires an organization.')
    return undefined
  }
  if (usage === 'deny')
    throw new OAuthFailure(403, 'access_denied', 'The grant of this client does not allow organizations.')
  const organization = organizationNamed(wanted, context)
  if (organization === undefined) throw failure.malformed('Unknown organization.')
  return organization
}
