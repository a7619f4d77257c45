import { createHash } from 'node:crypto'
import { newId, randomText } from './identifiers.js'
import type { Client, ResourceServer, User } from './model.js'

/** An API with the defaults that Auth0 gives it. */
export function newResourceServer(given: Pick<ResourceServer, 'name' | 'identifier'>): ResourceServer {
  return {
    id: newId.resourceServer(),
    scopes: [],
    signing_alg: 'RS256',
    allow_offline_access: false,
    token_lifetime: 86_400,
    token_lifetime_for_web: 7200,
    skip_consent_for_verifiable_first_party_clients: false,
    enforce_policies: false,
    token_dialect: 'access_token',
    subject_type_authorization: { user: { policy: 'allow_all' }, client: { policy: 'require_client_grant' } },
    ...given,
  }
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const vaultGrant = 'urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token'

const grantTypes: Readonly<Record<Client['app_type'], readonly string[]>> = {
  non_interactive: ['client_credentials'],
  spa: ['authorization_code', 'implicit', 'refresh_token'],
  native: ['authorization_code', 'implicit', 'refresh_token', deviceGrant],
  regular_web: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials', exchangeGrant, vaultGrant],
  resource_server: ['client_credentials', exchangeGrant, vaultGrant],
}

/** An application with the defaults that Auth0 gives to one of its type. */
export function newClient(given: Pick<Client, 'name' | 'app_type'>): Client {
  const isPublic = given.app_type === 'spa' || given.app_type === 'native'
  return {
    client_id: newId.client(),
    client_secret: randomText(64),
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_post',
    grant_types: grantTypes[given.app_type],
    callbacks: [],
    allowed_logout_urls: [],
    web_origins: [],
    allowed_origins: [],
    is_first_party: true,
    oidc_conformant: true,
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
    refresh_token: {
      rotation_type: isPublic ? 'rotating' : 'non-rotating',
      expiration_type: 'expiring',
      leeway: 0,
      token_lifetime: 2_592_000,
      idle_token_lifetime: 1_296_000,
    },
    require_proof_of_possession: false,
    organization_usage: 'allow',
    ...given,
  }
}

/** @param given `name` is what the email address begins with, unless there is another. */
export function newUser(given: Pick<User, 'email'> & { readonly name?: string }, passwordHash: string): User {
  const user_id = newId.user()
  const now = new Date().toISOString()
  const nickname = given.email.split('@', 1)[0] ?? given.email
  const [given_name, family_name] = (given.name ?? '').split(' ')
  return {
    user_id,
    email_verified: true,
    name: nickname,
    nickname,
    picture: `https://s.gravatar.com/avatar/${createHash('md5').update(given.email).digest('hex')}?s=480`,
    ...(given_name ? { given_name } : {}),
    ...(family_name ? { family_name } : {}),
    password_hash: passwordHash,
    identities: [
      {
        connection: 'Username-Password-Authentication',
        provider: 'auth0',
        user_id: user_id.slice('auth0|'.length),
        isSocial: false,
      },
    ],
    created_at: now,
    updated_at: now,
    app_metadata: {},
    user_metadata: {},
    permissions: [],
    roles: [],
    ...given,
  }
}
