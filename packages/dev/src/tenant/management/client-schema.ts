import * as v from 'valibot'
import { flag, looseText, onlyInAuth0, plainObject, seconds, text, urls } from './payload-types.js'

/** Without an `app_type`. */
export const defaultGrantTypes: readonly string[] = [
  'authorization_code',
  'implicit',
  'refresh_token',
  'client_credentials',
]

const grantTypes = [
  ...defaultGrantTypes,
  'password',
  'http://auth0.com/oauth/grant-type/password-realm',
  'http://auth0.com/oauth/grant-type/mfa-oob',
  'http://auth0.com/oauth/grant-type/mfa-otp',
  'http://auth0.com/oauth/grant-type/mfa-recovery-code',
  'http://auth0.com/oauth/grant-type/passwordless/otp',
  'urn:openid:params:grant-type:ciba',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token',
]

const changeable = {
  name: v.exactOptional(text),
  client_secret: v.exactOptional(text),
  app_type: v.exactOptional(v.picklist(['native', 'spa', 'regular_web', 'non_interactive', 'resource_server'])),
  resource_server_identifier: v.exactOptional(text),
  token_endpoint_auth_method: v.exactOptional(v.picklist(['none', 'client_secret_basic', 'client_secret_post'])),
  grant_types: v.exactOptional(v.array(v.picklist(grantTypes))),
  callbacks: v.exactOptional(urls),
  allowed_logout_urls: v.exactOptional(urls),
  web_origins: v.exactOptional(urls),
  allowed_origins: v.exactOptional(urls),
  is_first_party: v.exactOptional(flag),
  oidc_conformant: v.exactOptional(flag),
  jwt_configuration: v.exactOptional(
    v.strictObject({
      alg: v.exactOptional(v.picklist(['RS256', 'PS256', 'HS256'])),
      lifetime_in_seconds: v.exactOptional(seconds),
      secret_encoded: v.exactOptional(flag),
    }),
  ),
  refresh_token: v.exactOptional(
    v.strictObject({
      rotation_type: v.exactOptional(v.picklist(['rotating', 'non-rotating'])),
      expiration_type: v.exactOptional(v.picklist(['expiring', 'non-expiring'])),
      leeway: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(60))),
      token_lifetime: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      idle_token_lifetime: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      infinite_token_lifetime: v.exactOptional(flag),
      infinite_idle_token_lifetime: v.exactOptional(flag),
    }),
  ),
  require_proof_of_possession: v.exactOptional(flag),
  organization_usage: v.exactOptional(v.picklist(['deny', 'allow', 'require'])),
  token_exchange: v.exactOptional(
    v.strictObject({
      allow_any_profile_of_type: v.array(v.picklist(['custom_authentication', 'on_behalf_of_token_exchange'])),
    }),
  ),
  description: v.exactOptional(looseText),
  logo_uri: v.exactOptional(looseText),
  initiate_login_uri: v.exactOptional(looseText),
  client_metadata: v.exactOptional(plainObject),
  sso: v.exactOptional(flag),
  sso_disabled: v.exactOptional(flag),
  cross_origin_authentication: v.exactOptional(flag),
  custom_login_page_on: v.exactOptional(flag),
  ...onlyInAuth0(
    'addons',
    'allowed_clients',
    'async_approval_notification_channels',
    'client_aliases',
    'client_authentication_methods',
    'compliance_level',
    'cross_origin_loc',
    'custom_login_page',
    'custom_login_page_preview',
    'default_organization',
    'encryption_key',
    'express_configuration',
    'form_template',
    'mobile',
    'my_organization_configuration',
    'native_social_login',
    'oidc_backchannel_logout',
    'oidc_logout',
    'organization_discovery_methods',
    'organization_require_behavior',
    'par_request_expiry',
    'require_pushed_authorization_requests',
    'session_transfer',
    'signed_request_object',
    'skip_non_verifiable_callback_uri_confirmation_prompt',
    'token_quota',
  ),
}

export const newClientSchema = v.strictObject({ ...changeable, name: text })

export const clientChanges = v.strictObject(changeable)

export type ClientChanges = v.InferOutput<typeof clientChanges>
