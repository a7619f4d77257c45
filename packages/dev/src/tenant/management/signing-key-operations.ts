import type { SigningKey } from '../signing-keys.js'
import type { TenantContext } from '../tenant-context.js'
import { selectFields } from './fields.js'
import { ManagementFailure, missing } from './management-failure.js'
import type { Operation } from './operation.js'
import { certificateOf } from './signing-certificate.js'

export const signingKeys: readonly Operation[] = [
  {
    method: 'GET',
    path: '/keys/signing',
    scopes: ['read:signing_keys'],
    answer: ({ context, query }) => {
      const shown = context.keys.list().map((key) => presentKey(key, context))
      return shown.map(selectFields(query))
    },
  },
  {
    method: 'GET',
    path: '/keys/signing/:kid',
    scopes: ['read:signing_keys'],
    answer: ({ context, param, query }) => selectFields(query)(presentKey(keyWith(param('kid'), context), context)),
  },
  {
    method: 'POST',
    path: '/keys/signing/rotate',
    scopes: ['create:signing_keys', 'update:signing_keys'],
    status: 201,
    answer: async ({ context }) => presentBriefly(await context.keys.rotate(), context),
  },
  {
    method: 'PUT',
    path: '/keys/signing/:kid/revoke',
    scopes: ['update:signing_keys'],
    answer: async ({ context, param }) => {
      const { kid } = keyWith(param('kid'), context)
      const revoked = await context.keys.revoke(kid)
      if (revoked === undefined)
        throw new ManagementFailure(400, 'The current signing key cannot be revoked. Rotate it first.')
      return presentBriefly(revoked, context)
    },
  },
]

function keyWith(kid: string, { keys }: TenantContext): SigningKey {
  const key = keys.list().find((one) => one.kid === kid)
  if (key === undefined) throw missing.signingKey()
  return key
}

function presentBriefly(key: SigningKey, { issuer }: TenantContext): object {
  return { kid: key.kid, cert: certificateOf(key, new URL(issuer).hostname).cert }
}

function presentKey(key: SigningKey, { issuer }: TenantContext): object {
  const { kid, state, revoked_at } = key
  return {
    kid,
    ...certificateOf(key, new URL(issuer).hostname),
    ...(state === 'revoked' ? {} : { [state]: true }),
    revoked: state === 'revoked',
    ...(revoked_at === undefined ? {} : { revoked_at: new Date(revoked_at * 1000).toISOString() }),
  }
}
