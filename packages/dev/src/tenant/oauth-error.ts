/** An answer of the token endpoint and its kin that is not a success; the texts are those that Auth0 sends. */
export class OAuthFailure extends Error {
  readonly status: 400 | 401 | 403 | 404 | 429
  readonly error: string
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: OAuthFailure['status'],
    error: string,
    description: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(description)
    this.status = status
    this.error = error
    this.headers = headers
  }
}

/** One function for each thing that can be wrong, so that a text stands in one place. */
export const failure = {
  unauthorizedClient: (): OAuthFailure => new OAuthFailure(401, 'access_denied', 'Unauthorized'),
  unknownApi: (audience: string): OAuthFailure =>
    new OAuthFailure(403, 'access_denied', `Service not enabled within domain: ${audience}`),
  noClientGrant: (audience: string): OAuthFailure =>
    new OAuthFailure(
      403,
      'access_denied',
      `Client is not authorized to access "${audience}". You need to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants`,
    ),
  noAudience: (): OAuthFailure =>
    new OAuthFailure(403, 'access_denied', 'Non-global clients are not allowed access to APIv1'),
  badCode: (): OAuthFailure => new OAuthFailure(403, 'invalid_grant', 'Invalid authorization code'),
  badVerifier: (): OAuthFailure => new OAuthFailure(403, 'invalid_grant', 'Failed to verify code verifier'),
  blockedUser: (): OAuthFailure => new OAuthFailure(403, 'invalid_grant', 'user is blocked'),
  badRefreshToken: (): OAuthFailure => new OAuthFailure(403, 'invalid_grant', 'Unknown or invalid refresh token.'),
  grantNotAllowed: (grantType: string): OAuthFailure =>
    new OAuthFailure(403, 'unauthorized_client', `Grant type '${grantType}' not allowed for the client.`),
  unsupportedGrant: (grantType: string): OAuthFailure =>
    new OAuthFailure(403, 'unsupported_grant_type', `Unsupported grant type: ${grantType}`),
  missing: (parameter: string): OAuthFailure =>
    new OAuthFailure(400, 'invalid_request', `Missing required parameter: ${parameter}`),
  malformed: (description: string): OAuthFailure => new OAuthFailure(400, 'invalid_request', description),
  nonceWanted: (nonce: string): OAuthFailure =>
    new OAuthFailure(400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof', {
      'dpop-nonce': nonce,
    }),
  badProof: (description: string): OAuthFailure => new OAuthFailure(400, 'invalid_dpop_proof', description),
  proofRequired: (): OAuthFailure => new OAuthFailure(400, 'invalid_request', 'A DPoP proof is required.'),
  pending: (): OAuthFailure => new OAuthFailure(403, 'authorization_pending', 'User has yet to authorize device code.'),
  slowDown: (): OAuthFailure =>
    new OAuthFailure(429, 'slow_down', 'You are polling faster than the specified interval of 5 seconds.'),
  expiredDeviceCode: (): OAuthFailure => new OAuthFailure(403, 'expired_token', 'The device code has expired.'),
  badDeviceCode: (): OAuthFailure => new OAuthFailure(403, 'invalid_grant', 'Invalid or expired device code.'),
  userCancelled: (): OAuthFailure => new OAuthFailure(403, 'access_denied', 'User cancelled the confirmation prompt.'),
} as const
