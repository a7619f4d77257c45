import type { Context } from 'hono'
import { decodeJwt } from 'jose'
import { authenticateClient } from './client-authentication.js'
import type { AuthorizationCode, DeviceRequest } from './codes.js'
import { type Parameters, readParameters } from './form.js'
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

const maxClaimLength = 100

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
    const authorization = c.req.header('authorization')
    c.set('client_id', claimedClient(authorization, parameters)?.slice(0, maxClaimLength))
    c.set('audience', parameters['audience'] ?? parameters['resource'])
    const grantType = parameters['grant_type']
    if (grantType === undefined) throw failure.missing('grant_type')
    const grant = grants.get(grantType)
    if (grant === undefined) throw failure.unsupportedGrant(grantType.slice(0, 100))
    const by = await authenticateClient(authorization, parameters, context)
    c.set('client_id', by.client.client_id)
    if (!by.client.grant_types.includes(grantType)) throw failure.grantNotAllowed(grantType)
    const jkt = await proofs.verify({
      proof: c.req.header('dpop'),
      method: 'POST',
      uri: `${context.issuer}oauth/token`,
      nonceWanted: !by.isConfidential,
    })
    const onAudience = (audience: string | undefined) => c.set('audience', audience)
    const response = await grant({ by, parameters, jkt, context, onAudience, ...parts })
    return c.json(response, 200, { 'cache-control': 'no-store', pragma: 'no-cache' })
  }
}

/** Who a request says that it is from, for the log: nothing of it is shown yet, and it may be of any length. */
function claimedClient(authorization: string | undefined, parameters: Parameters): string | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
  // Without a colon it may be the secret alone.
  const [basic, ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  if (secret.length > 0) return basic
  return parameters['client_id'] ?? subjectOf(parameters['client_assertion'])
}

function subjectOf(assertion: string | undefined): string | undefined {
  try {
    const { sub } = decodeJwt(assertion ?? '')
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined
  }
}
