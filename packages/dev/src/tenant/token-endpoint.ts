import type { Context } from 'hono'
import { authenticateClient } from './client-authentication.js'
import type { AuthorizationCode, DeviceRequest } from './codes.js'
import { readParameters } from './form.js'
import { authorizationCode } from './grants/authorization-code.js'
import { clientCredentials } from './grants/client-credentials.js'
import { connectionToken } from './grants/connection-token.js'
import { deviceCode } from './grants/device-code.js'
import type { Grant } from './grants/grant.js'
import { refreshToken } from './grants/refresh-token.js'
import { tokenExchange } from './grants/token-exchange.js'
import { failure } from './oauth-error.js'
import type { Once } from './once.js'
import { proofsOf } from './proof.js'
import type { TenantContext } from './tenant-context.js'

const grants: ReadonlyMap<string, Grant> = new Map([
  ['client_credentials', clientCredentials],
  ['authorization_code', authorizationCode],
  ['refresh_token', refreshToken],
  ['urn:ietf:params:oauth:grant-type:device_code', deviceCode],
  ['urn:ietf:params:oauth:grant-type:token-exchange', tokenExchange],
  ['urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token', connectionToken],
])

export interface TokenEndpointParts {
  readonly codes: Once<AuthorizationCode>
  readonly devices: Once<DeviceRequest>
}

/** `POST /oauth/token`. */
export function createTokenEndpoint(
  context: TenantContext,
  parts: TokenEndpointParts,
): (c: Context) => Promise<Response> {
  const proofs = proofsOf(context)

  return async (c) => {
    const parameters = await readParameters(c)
    const grantType = parameters['grant_type']
    if (grantType === undefined) throw failure.missing('grant_type')
    const grant = grants.get(grantType)
    if (grant === undefined) throw failure.unsupportedGrant(grantType.slice(0, 100))
    const by = await authenticateClient(c.req.header('authorization'), parameters, context)
    c.set('client_id', by.client.client_id)
    c.set('audience', parameters['audience'])
    if (!by.client.grant_types.includes(grantType)) throw failure.grantNotAllowed(grantType)
    const jkt = await proofs.verify({
      proof: c.req.header('dpop'),
      method: 'POST',
      uri: `${context.issuer}oauth/token`,
      nonceWanted: !by.isConfidential,
    })
    const response = await grant({ by, parameters, jkt, context, ...parts })
    return c.json(response, 200, { 'cache-control': 'no-store', pragma: 'no-cache' })
  }
}
