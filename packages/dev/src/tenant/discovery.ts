import type { Hono } from 'hono'
import type { JSONWebKeySet, JWK } from 'jose'
import { certificateOf } from './management/signing-certificate.js'
import type { SigningKey } from './signing-keys.js'
import type { TenantContext } from './tenant-context.js'

/** OpenID Connect discovery, the same at the path of RFC 8414, and the key set. */
export function serveDiscovery(app: Hono, context: TenantContext): void {
  const metadata = metadataOf(context.issuer)
  for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'])
    app.get(path, (c) => c.json(metadata, 200, { 'cache-control': 'public, max-age=15' }))
  app.get('/.well-known/jwks.json', async (c) =>
    c.json(await keySetOf(context), 200, { 'cache-control': 'public, max-age=15' }),
  )
}

/**
 * As `/.well-known/jwks.json` has it. While an API signs with PS256 the keys do not name an algorithm: clients would refuse what
 * is signed with another one. In Auth0 that is a setting of the tenant.
 */
export async function keySetOf({ issuer, keys, state }: TenantContext): Promise<JSONWebKeySet> {
  const hasTwoAlgorithms = state.resourceServers.list().some(({ signing_alg }) => signing_alg === 'PS256')
  const published = await keys.published()
  const entries = keys.list().filter(({ publicJwk }) => published.includes(publicJwk))
  return {
    keys: entries.map((key) => {
      const { alg, ...publicJwk } = key.publicJwk
      return { ...publicJwk, ...certificateMembers(key, issuer), ...(hasTwoAlgorithms ? {} : { alg }) }
    }),
  }
}

interface CertificateMembers {
  readonly x5t: string
  readonly x5c: string[]
}

const made = new WeakMap<JWK, CertificateMembers>()

/** RFC 7517 sections 4.7 and 4.8. Made once for each key, as it takes a signature. */
function certificateMembers(key: SigningKey, issuer: string): CertificateMembers {
  const known = made.get(key.publicJwk)
  if (known !== undefined) return known
  const { cert, thumbprint } = certificateOf(key, new URL(issuer).hostname)
  const members = {
    x5t: Buffer.from(thumbprint, 'hex').toString('base64url'),
    x5c: [cert.replace(/-----[A-Z ]+-----|\s/g, '')],
  }
  made.set(key.publicJwk, members)
  return members
}

function metadataOf(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}oauth/token`,
    device_authorization_endpoint: `${issuer}oauth/device/code`,
    userinfo_endpoint: `${issuer}userinfo`,
    jwks_uri: `${issuer}.well-known/jwks.json`,
    revocation_endpoint: `${issuer}oauth/revoke`,
    pushed_authorization_request_endpoint: `${issuer}oauth/par`,
    end_session_endpoint: `${issuer}oidc/logout`,
    scopes_supported: [
      'openid',
      'profile',
      'offline_access',
      'name',
      'given_name',
      'family_name',
      'nickname',
      'email',
      'email_verified',
      'picture',
      'created_at',
      'identities',
      'phone',
      'address',
    ],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post', 'web_message'],
    grant_types_supported: [
      'client_credentials',
      'authorization_code',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ],
    code_challenge_methods_supported: ['S256', 'plain'],
    subject_types_supported: ['public'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'PS256', 'ES256'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: [
      'aud',
      'auth_time',
      'created_at',
      'email',
      'email_verified',
      'exp',
      'family_name',
      'given_name',
      'iat',
      'identities',
      'iss',
      'name',
      'nickname',
      'phone_number',
      'picture',
      'sub',
    ],
    request_uri_parameter_supported: true,
    request_parameter_supported: false,
    dpop_signing_alg_values_supported: ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'EdDSA', 'Ed25519'],
  }
}
