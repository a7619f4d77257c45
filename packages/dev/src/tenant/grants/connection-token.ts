import { sha256 } from '../identifiers.js'
import { failure, OAuthFailure } from '../oauth-error.js'
import type { Grant, GrantRequest } from './grant.js'
import { faultOfRefreshToken } from './refresh-token-rules.js'
import { accessTokenType, refreshTokenType, verifySubjectToken } from './subject-token.js'

const requestedType = 'http://auth0.com/oauth/token-type/federated-connection-access-token'

/** Auth0's token vault: what the user's identity at another provider gives. Here a fixed token of the connection. */
export const connectionToken: Grant = async (request) => {
  const { parameters, context, by } = request
  if (!by.isConfidential) throw failure.unauthorizedClient()
  if (parameters['requested_token_type'] !== requestedType)
    throw failure.malformed('The requested_token_type is not supported.')
  const name = parameters['connection']
  if (name === undefined) throw failure.missing('connection')
  const user = context.state.users.get(await subjectOf(request))
  const connection = context.state.connections.list().find((one) => one.name === name)
  if (user?.blocked === true) throw failure.blockedUser()
  const isLinked = user?.identities.some((identity) => identity.connection === name) === true
  if (!isLinked || connection?.access_token === undefined)
    throw new OAuthFailure(401, 'federated_connection_refresh_token_not_found', 'The user has no linked identity.')
  return {
    access_token: connection.access_token,
    issued_token_type: requestedType,
    expires_in: 3600,
    token_type: 'Bearer',
  }
}

async function subjectOf({ parameters, context, by }: GrantRequest): Promise<string> {
  const { subject_token: token, subject_token_type: type } = parameters
  if (token === undefined) throw failure.missing('subject_token')
  if (type === accessTokenType) {
    const { sub = '' } = await verifySubjectToken(token, by.client.resource_server_identifier, context)
    return sub
  }
  if (type !== refreshTokenType) throw failure.malformed('The subject_token_type is not supported.')
  const kept = context.state.refreshTokens.get(sha256(token))
  if (kept?.client_id !== by.client.client_id || faultOfRefreshToken(kept, by.client, context) !== undefined)
    throw failure.malformed('The subject token is not valid.')
  return kept.user_id
}
