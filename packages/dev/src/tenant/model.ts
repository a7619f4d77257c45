/** The entities of a tenant, in the shapes of the Management API. */

export interface Permission {
  readonly value: string
  readonly description?: string
}

type TokenDialect = 'access_token' | 'access_token_authz' | 'rfc9068_profile' | 'rfc9068_profile_authz'

type UserPolicy = 'allow_all' | 'deny_all' | 'require_client_grant'

/** An API. */
export interface ResourceServer {
  readonly id: string
  readonly name: string
  readonly identifier: string
  readonly scopes: readonly Permission[]
  readonly signing_alg: 'RS256' | 'PS256' | 'HS256'
  readonly signing_secret?: string
  readonly allow_offline_access: boolean
  readonly token_lifetime: number
  readonly token_lifetime_for_web: number
  readonly skip_consent_for_verifiable_first_party_clients: boolean
  /** RBAC: the scope of a user's token is what was asked for and is among the user's permissions. */
  readonly enforce_policies: boolean
  readonly token_dialect: TokenDialect
  readonly subject_type_authorization: {
    readonly user: { readonly policy: UserPolicy }
    readonly client: { readonly policy: 'deny_all' | 'require_client_grant' }
  }
  readonly proof_of_possession?: {
    readonly mechanism: 'dpop' | 'mtls'
    readonly required: boolean
    readonly required_for?: 'all_clients' | 'public_clients'
  }
  readonly is_system?: boolean
  /** This and what follows has no effect here; it is given back as it came. */
  readonly allow_online_access?: boolean
  readonly consent_policy?: string
  readonly token_encryption?: Readonly<Record<string, unknown>>
  readonly authorization_details?: readonly unknown[]
}

export type AppType = 'native' | 'spa' | 'regular_web' | 'non_interactive' | 'resource_server'

type TokenEndpointAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post'

/** An application. */
export interface Client {
  readonly client_id: string
  readonly client_secret: string
  readonly name: string
  readonly app_type: AppType
  readonly token_endpoint_auth_method: TokenEndpointAuthMethod
  /** Public keys for `private_key_jwt`, which then is the only way in. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] }
  readonly grant_types: readonly string[]
  readonly callbacks: readonly string[]
  readonly allowed_logout_urls: readonly string[]
  readonly web_origins: readonly string[]
  readonly allowed_origins: readonly string[]
  readonly is_first_party: boolean
  readonly oidc_conformant: boolean
  readonly jwt_configuration: { readonly alg: string; readonly lifetime_in_seconds: number }
  readonly refresh_token: {
    readonly rotation_type: 'rotating' | 'non-rotating'
    readonly expiration_type: 'expiring' | 'non-expiring'
    readonly leeway: number
    readonly token_lifetime: number
    readonly idle_token_lifetime: number
  }
  readonly require_proof_of_possession: boolean
  readonly organization_usage: 'deny' | 'allow' | 'require'
  /** With `resource_server`: the API that acts on behalf of its callers. */
  readonly resource_server_identifier?: string
  readonly token_exchange?: { readonly allow_any_profile_of_type: readonly string[] }
  /** This and what follows has no effect here; it is given back as it came. */
  readonly description?: string
  readonly logo_uri?: string
  readonly initiate_login_uri?: string
  readonly client_metadata?: Readonly<Record<string, unknown>>
  readonly sso?: boolean
  readonly sso_disabled?: boolean
  readonly cross_origin_authentication?: boolean
  readonly custom_login_page_on?: boolean
}

export interface ClientGrant {
  readonly id: string
  readonly client_id: string
  readonly audience: string
  readonly scope: readonly string[]
  readonly subject_type: 'client' | 'user'
  readonly allow_all_scopes?: boolean
  readonly organization_usage?: 'deny' | 'allow' | 'require'
  readonly allow_any_organization?: boolean
}

export interface UserPermission {
  readonly resource_server_identifier: string
  readonly permission_name: string
}

export interface User {
  readonly user_id: string
  readonly email: string
  readonly email_verified: boolean
  readonly name: string
  readonly nickname: string
  readonly picture: string
  readonly given_name?: string
  readonly family_name?: string
  /** As `scrypt` makes it; never in an answer. */
  readonly password_hash: string
  readonly identities: readonly Identity[]
  readonly created_at: string
  readonly updated_at: string
  readonly app_metadata: Readonly<Record<string, unknown>>
  readonly user_metadata: Readonly<Record<string, unknown>>
  readonly blocked?: boolean
  readonly permissions: readonly UserPermission[]
  readonly roles: readonly string[]
}

interface Identity {
  readonly connection: string
  readonly provider: string
  readonly user_id: string
  readonly isSocial: boolean
}

export interface Role {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly permissions: readonly UserPermission[]
}

export interface Organization {
  readonly id: string
  readonly name: string
  readonly display_name: string
  readonly metadata: Readonly<Record<string, string>>
  readonly branding?: Readonly<Record<string, unknown>>
  readonly members: readonly OrganizationMember[]
}

export interface OrganizationMember {
  readonly user_id: string
  readonly roles: readonly string[]
}

export interface Connection {
  readonly id: string
  readonly name: string
  readonly strategy: string
  readonly enabled_clients: readonly string[]
  /** What a connection-token exchange gives for a user of it. */
  readonly access_token?: string
}

export interface TenantSettings {
  readonly friendly_name: string
  readonly default_audience: string
  readonly support_email: string
  readonly session_lifetime: number
  /** Whether a user is asked before an application gets a token; Auth0 does ask on localhost. */
  readonly show_consent: boolean
  /** Whether tokens name an organization, in `org_name`, besides its id. */
  readonly allow_organization_name_in_authentication_api?: boolean
  /** This and what follows has no effect here; it is given back as it came. */
  readonly support_url?: string
  readonly picture_url?: string
  readonly default_directory?: string
  readonly default_redirection_uri?: string
  readonly idle_session_lifetime?: number
  readonly enabled_locales?: readonly string[]
  readonly flags?: Readonly<Record<string, unknown>>
}
