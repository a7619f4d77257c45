import type { TenantSeed } from './seed-schema.js'

/** What a tenant has when nobody says what: enough for every flow, with names that tell what they are for. */
export const defaultSeed: TenantSeed = {
  apis: [
    {
      name: 'Messages API',
      identifier: 'https://api.example.com',
      permissions: {
        'read:messages': 'Read messages',
        'write:messages': 'Write messages',
        'read:data': 'Read data',
        'write:data': 'Write data',
        'delete:data': 'Delete data',
      },
      tokenDialect: 'access_token_authz',
      rbac: true,
      offlineAccess: true,
      dpop: 'allowed',
    },
  ],
  applications: [
    {
      name: 'Machine to machine',
      type: 'm2m',
      clientId: 'local-m2m',
      clientSecret: 'local-m2m-secret',
      grants: [{ api: 'https://api.example.com' }],
    },
    {
      name: 'Reader',
      type: 'm2m',
      clientId: 'local-reader',
      clientSecret: 'local-reader-secret',
      grants: [{ api: 'https://api.example.com', permissions: ['read:messages'] }],
    },
    {
      name: 'Management',
      type: 'm2m',
      clientId: 'local-management',
      clientSecret: 'local-management-secret',
      grants: [{ api: 'management' }],
    },
    {
      name: 'Single-page app',
      type: 'spa',
      clientId: 'local-spa',
      callbacks: [
        'http://localhost:3000',
        'http://localhost:5173',
        'http://localhost:3000/docs/static/oauth2-redirect.html',
      ],
      logoutUrls: ['http://localhost:3000', 'http://localhost:5173'],
      webOrigins: ['http://localhost:3000', 'http://localhost:5173'],
    },
    {
      name: 'Web app',
      type: 'web',
      clientId: 'local-web',
      clientSecret: 'local-web-secret',
      callbacks: ['http://localhost:3000/callback'],
      logoutUrls: ['http://localhost:3000'],
    },
    { name: 'Device or CLI', type: 'native', clientId: 'local-native', callbacks: ['http://127.0.0.1:8484/callback'] },
  ],
  roles: [
    {
      name: 'Editor',
      description: 'Reads and writes',
      permissions: { 'https://api.example.com': ['read:messages', 'write:messages', 'read:data', 'write:data'] },
    },
    {
      name: 'Admin',
      description: 'Does everything',
      permissions: {
        'https://api.example.com': ['read:messages', 'write:messages', 'read:data', 'write:data', 'delete:data'],
      },
    },
  ],
  users: [
    { email: 'ada@example.com', password: 'local-password', name: 'Ada Admin', roles: ['Admin'] },
    { email: 'eve@example.com', password: 'local-password', name: 'Eve Editor', roles: ['Editor'] },
    {
      email: 'rob@example.com',
      password: 'local-password',
      name: 'Rob Reader',
      permissions: { 'https://api.example.com': ['read:messages'] },
    },
  ],
  organizations: [
    { name: 'acme', displayName: 'Acme', members: [{ user: 'ada@example.com' }, { user: 'eve@example.com' }] },
  ],
}
