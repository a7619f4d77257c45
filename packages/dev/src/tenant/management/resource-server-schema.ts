import * as v from 'valibot'
import { flag, looseText, plainObject, seconds, text } from './payload-types.js'

/** RFC 6749 section 3.3. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]{1,280}$/

const scopes = v.pipe(
  v.array(
    v.strictObject({
      value: v.pipe(v.string(), v.regex(scopeToken, 'String does not match pattern: a scope has no spaces')),
      description: v.exactOptional(looseText),
    }),
  ),
  v.maxLength(1000, 'Array is too long'),
  v.check((list) => new Set(list.map(({ value }) => value)).size === list.length, 'Array items are not unique'),
)

const userPolicy = v.strictObject({ policy: v.picklist(['allow_all', 'deny_all', 'require_client_grant']) })

const changeable = {
  name: v.exactOptional(text),
  scopes: v.exactOptional(scopes),
  signing_alg: v.exactOptional(v.picklist(['RS256', 'PS256', 'HS256'])),
  signing_secret: v.exactOptional(v.pipe(text, v.minLength(16, 'String is too short'))),
  allow_offline_access: v.exactOptional(flag),
  token_lifetime: v.exactOptional(seconds),
  token_lifetime_for_web: v.exactOptional(seconds),
  skip_consent_for_verifiable_first_party_clients: v.exactOptional(flag),
  enforce_policies: v.exactOptional(flag),
  token_dialect: v.exactOptional(
    v.picklist(['access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz']),
  ),
  subject_type_authorization: v.exactOptional(
    v.strictObject({
      user: v.exactOptional(userPolicy),
      client: v.exactOptional(v.strictObject({ policy: v.picklist(['deny_all', 'require_client_grant']) })),
    }),
  ),
  proof_of_possession: v.exactOptional(
    v.nullable(
      v.strictObject({
        mechanism: v.picklist(['dpop', 'mtls']),
        required: flag,
        required_for: v.exactOptional(v.picklist(['all_clients', 'public_clients'])),
      }),
    ),
  ),
  allow_online_access: v.exactOptional(flag),
  consent_policy: v.exactOptional(v.nullable(text)),
  token_encryption: v.exactOptional(v.nullable(plainObject)),
  authorization_details: v.exactOptional(v.nullable(v.array(v.unknown()))),
}

export const newResourceServerSchema = v.strictObject({ ...changeable, identifier: text })

export const resourceServerChanges = v.strictObject(changeable)

export type ResourceServerChanges = v.InferOutput<typeof resourceServerChanges>

/** The API that every tenant has lets nobody change more. */
export const systemResourceServerChanges = v.strictObject({
  token_lifetime: v.exactOptional(seconds),
  skip_consent_for_verifiable_first_party_clients: v.exactOptional(flag),
  subject_type_authorization: v.exactOptional(v.strictObject({ user: v.exactOptional(userPolicy) })),
})
