import * as v from 'valibot'

const text = v.pipe(v.string('must be text'), v.nonEmpty('must not be empty'))
const texts = v.array(text, 'must be a list of texts')
const flag = v.boolean('must be true or false')
const seconds = v.pipe(
  v.number('must be a number of seconds'),
  v.integer('must be a whole number of seconds'),
  v.minValue(1, 'must be at least 1'),
)
const addresses = v.array(
  v.pipe(text, v.check(URL.canParse, 'must be a whole URL, such as "http://localhost:3000/callback"')),
  'must be a list of URLs',
)
/** A list, which would count as a record of its indexes, is none. */
const record = <Value extends v.GenericSchema>(value: Value, message: string) =>
  v.pipe(
    v.custom<Record<string, v.InferInput<Value>>>((given) => !Array.isArray(given), message),
    v.record(text, value, message),
  )
/** By API identifier. */
const permissionsByApi = record(texts, 'must be an object of lists of permissions by API identifier')

const api = v.strictObject(
  {
    name: text,
    identifier: text,
    permissions: v.optional(
      record(v.string('must be a description'), 'must be an object of descriptions by permission'),
      {},
    ),
    tokenDialect: v.optional(
      v.picklist(
        ['access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz'],
        'must be "access_token", "access_token_authz", "rfc9068_profile" or "rfc9068_profile_authz"',
      ),
      'access_token',
    ),
    rbac: v.optional(flag, false),
    tokenLifetimeSeconds: v.optional(seconds, 86_400),
    offlineAccess: v.optional(flag, false),
    signingAlg: v.optional(v.picklist(['RS256', 'PS256', 'HS256'], 'must be "RS256", "PS256" or "HS256"'), 'RS256'),
    dpop: v.optional(v.picklist(['allowed', 'required'], 'must be "allowed" or "required"')),
    users: v.optional(
      v.picklist(
        ['allow_all', 'deny_all', 'require_client_grant'],
        'must be "allow_all", "deny_all" or "require_client_grant"',
      ),
      'allow_all',
    ),
  },
  'must be an API',
)

const grant = v.strictObject(
  {
    /** An identifier, or `management` for the Management API. */
    api: text,
    permissions: v.optional(v.union([v.literal('all'), texts], 'must be "all" or a list of permissions'), 'all'),
    for: v.optional(v.picklist(['client', 'user'], 'must be "client" or "user"'), 'client'),
  },
  'must be a grant, such as { "api": "https://api.example.com" }',
)

const publicKey = v.pipe(
  v.looseObject(
    { kty: v.picklist(['RSA', 'EC'], 'must be "RSA" or "EC"') },
    'must be a public key as a JSON Web Key (RFC 7517)',
  ),
  v.check((key) => !Object.hasOwn(key, 'd'), 'is a private key: only its public half belongs here'),
)

const application = v.strictObject(
  {
    name: text,
    type: v.picklist(['m2m', 'spa', 'web', 'native', 'api'], 'must be "m2m", "spa", "web", "native" or "api"'),
    clientId: v.optional(text),
    clientSecret: v.optional(text),
    callbacks: v.optional(addresses, []),
    logoutUrls: v.optional(addresses, []),
    webOrigins: v.optional(addresses, []),
    grants: v.optional(v.array(grant, 'must be a list of grants'), []),
    dpopRequired: v.optional(flag, false),
    /** Of an application that authenticates by `private_key_jwt`, and by nothing else then. */
    publicKeys: v.optional(
      v.pipe(v.array(publicKey, 'must be a list of public keys'), v.minLength(1, 'must have a key')),
    ),
    /** By which profiles it may exchange tokens, besides what an application of type "api" may do. */
    tokenExchange: v.optional(
      v.array(
        v.picklist(
          ['custom_authentication', 'on_behalf_of_token_exchange'],
          'must be "custom_authentication" or "on_behalf_of_token_exchange"',
        ),
        'must be a list of kinds of profiles',
      ),
      [],
    ),
    /** Of an application that is an API which acts for its callers. */
    api: v.optional(text),
  },
  'must be an application',
)

const role = v.strictObject(
  { name: text, description: v.optional(v.string('must be text'), ''), permissions: v.optional(permissionsByApi, {}) },
  'must be a role',
)

const user = v.strictObject(
  {
    email: v.pipe(text, v.email('must be an email address')),
    password: text,
    name: v.optional(text),
    roles: v.optional(texts, []),
    permissions: v.optional(permissionsByApi, {}),
    /** By connection: the user's name there. */
    identities: v.optional(record(text, 'must be an object of names by connection'), {}),
  },
  'must be a user',
)

const organization = v.strictObject(
  {
    name: v.pipe(text, v.regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower-case letters, digits, - and _')),
    displayName: v.optional(text),
    members: v.optional(
      v.array(
        v.strictObject({ user: text, roles: v.optional(texts, []) }, 'must be a member'),
        'must be a list of members',
      ),
      [],
    ),
  },
  'must be an organization',
)

const connection = v.strictObject(
  { name: text, strategy: v.optional(text, 'oauth2'), accessToken: v.optional(text) },
  'must be a connection',
)

const settings = v.strictObject(
  {
    name: v.optional(text, 'Local tenant'),
    defaultAudience: v.optional(v.string('must be text'), ''),
    showConsent: v.optional(flag, false),
    /** Whether tokens have `org_name` besides `org_id`. */
    organizationNames: v.optional(flag, false),
  },
  'must be settings',
)

const list = <Entry extends v.GenericSchema>(entry: Entry) => v.optional(v.array(entry, 'must be a list'), [])

/** What `sallyport.tenant.json` may have. */
export const seedSchema = v.strictObject(
  {
    $schema: v.optional(v.string()),
    settings: v.optional(settings, {}),
    apis: list(api),
    applications: list(application),
    roles: list(role),
    users: list(user),
    organizations: list(organization),
    connections: list(connection),
  },
  'must be a JSON object',
)

export type TenantSeed = v.InferInput<typeof seedSchema>
export type ResolvedSeed = v.InferOutput<typeof seedSchema>
