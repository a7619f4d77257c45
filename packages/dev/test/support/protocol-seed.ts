import type { TenantSeed } from '../../src/index.js'

const permissions = { 'read:things': 'Read things', 'write:things': 'Write things' }

/** One API for each rule that a token can come under. */
export const apis = {
  plain: 'https://plain.test',
  authz: 'https://authz.test',
  profile: 'https://profile.test',
  profileAuthz: 'https://profile-authz.test',
  dpopAllowed: 'https://dpop-allowed.test',
  dpopRequired: 'https://dpop-required.test',
  closed: 'https://closed.test',
  granted: 'https://granted.test',
} as const

export const callback = 'https://app.test/callback'
export const secret = 'a-secret-of-the-tests'
export const password = 'a-password-of-the-tests'

const grants = Object.values(apis).map((api) => ({ api }))
const everything = { [apis.authz]: Object.keys(permissions), [apis.profileAuthz]: Object.keys(permissions) }

export const protocolSeed = {
  apis: [
    { name: 'Plain', identifier: apis.plain, permissions, offlineAccess: true },
    {
      name: 'With permissions',
      identifier: apis.authz,
      permissions,
      tokenDialect: 'access_token_authz',
      rbac: true,
      offlineAccess: true,
    },
    { name: 'Profile', identifier: apis.profile, permissions, tokenDialect: 'rfc9068_profile' },
    {
      name: 'Profile with permissions',
      identifier: apis.profileAuthz,
      permissions,
      tokenDialect: 'rfc9068_profile_authz',
      rbac: true,
    },
    { name: 'Bound if wanted', identifier: apis.dpopAllowed, permissions, dpop: 'allowed', offlineAccess: true },
    { name: 'Bound', identifier: apis.dpopRequired, permissions, dpop: 'required', offlineAccess: true },
    { name: 'Without users', identifier: apis.closed, permissions, users: 'deny_all' },
    { name: 'With grants only', identifier: apis.granted, permissions, users: 'require_client_grant' },
  ],
  applications: [
    { name: 'Machine', type: 'm2m', clientId: 'machine', clientSecret: secret, grants },
    { name: 'Bound machine', type: 'm2m', clientId: 'bound-machine', clientSecret: secret, grants, dpopRequired: true },
    { name: 'Machine without grants', type: 'm2m', clientId: 'stranger', clientSecret: secret },
    {
      name: 'Reader',
      type: 'm2m',
      clientId: 'reader',
      clientSecret: secret,
      grants: [{ api: apis.plain, permissions: ['read:things'] }],
    },
    {
      name: 'Page',
      type: 'spa',
      clientId: 'page',
      callbacks: [callback, 'https://app.test/other'],
      webOrigins: ['https://app.test'],
      logoutUrls: ['https://app.test/bye'],
    },
    { name: 'Bound page', type: 'spa', clientId: 'bound-page', callbacks: [callback], dpopRequired: true },
    {
      name: 'Web',
      type: 'web',
      clientId: 'web',
      clientSecret: secret,
      callbacks: [callback],
      logoutUrls: ['https://web.test/bye'],
    },
    { name: 'Device', type: 'native', clientId: 'device', callbacks: [callback] },
    {
      name: 'Gateway',
      type: 'api',
      clientId: 'gateway',
      clientSecret: secret,
      api: apis.plain,
      grants: [
        { api: apis.plain, for: 'user' },
        { api: apis.authz, for: 'user' },
      ],
    },
  ],
  roles: [{ name: 'Everything', permissions: everything }],
  users: [
    { email: 'ada@example.com', password, name: 'Ada Lovelace', roles: ['Everything'] },
    { email: 'rob@example.com', password, permissions: { [apis.authz]: ['read:things'] } },
    { email: 'eve@example.com', password, identities: { calendar: 'eve-there' } },
  ],
  organizations: [
    { name: 'acme', members: [{ user: 'ada@example.com' }, { user: 'eve@example.com', roles: ['Everything'] }] },
  ],
  connections: [{ name: 'calendar', accessToken: 'a-token-of-the-calendar' }],
} as const satisfies TenantSeed
