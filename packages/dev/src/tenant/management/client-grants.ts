import * as v from 'valibot'
import { newId } from '../identifiers.js'
import type { ClientGrant, ResourceServer } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { entityOperations } from './entity-operations.js'
import { badPayload, conflict, missing } from './management-failure.js'
import type { Operation } from './operation.js'
import { flag, patched, text } from './payload-types.js'
import { apiWith } from './resource-servers.js'

const scope = v.pipe(v.array(text), v.maxLength(1000, 'Array is too long'))
const usage = v.picklist(['deny', 'allow', 'require'])

const newGrantSchema = v.strictObject({
  client_id: text,
  audience: text,
  scope: v.exactOptional(scope),
  subject_type: v.exactOptional(v.picklist(['client', 'user'])),
  allow_all_scopes: v.exactOptional(flag),
  organization_usage: v.exactOptional(usage),
  allow_any_organization: v.exactOptional(flag),
})

const grantChanges = v.strictObject({
  scope: v.exactOptional(v.nullable(scope)),
  allow_all_scopes: v.exactOptional(v.nullable(flag)),
  organization_usage: v.exactOptional(v.nullable(usage)),
  allow_any_organization: v.exactOptional(v.nullable(flag)),
})

export const clientGrants: readonly Operation[] = entityOperations({
  path: '/client-grants',
  scope: 'client_grants',
  list: {
    key: 'client_grants',
    pagination: 'checkpoint',
    filters: {
      client_id: ({ client_id }: ClientGrant, wanted) => client_id === wanted,
      audience: ({ audience }, wanted) => audience === wanted,
      subject_type: ({ subject_type }, wanted) => subject_type === wanted,
      allow_any_organization: ({ allow_any_organization = false }, _, query) =>
        allow_any_organization === query.flag('allow_any_organization', false),
    },
    notHere: ['default_for'],
  },
  isGoneDeleted: true,
  all: ({ context }) => context.state.clientGrants.list(),
  find: (id, { state }) => state.clientGrants.get(id),
  missing: missing.clientGrant,
  present: (grant) => grant,
  create: { schema: newGrantSchema, status: 201, make: (given, { context }) => createGrant(given, context) },
  update: {
    schema: () => grantChanges,
    change: (grant, given, { context }) => {
      const api = apiWith(grant.audience, context)
      if (api === undefined) throw missing.resourceServer()
      const { scope: wanted, ...changes } = given
      checkScope(wanted ?? [], api)
      const changed = patched(grant, changes)
      return context.state.clientGrants.put(wanted === undefined ? changed : { ...changed, scope: wanted ?? [] })
    },
  },
  remove: ({ id }, { state }) => void state.clientGrants.delete(id),
})

function createGrant(given: v.InferOutput<typeof newGrantSchema>, context: TenantContext): ClientGrant {
  const { state } = context
  const { client_id, audience, subject_type = 'client', scope: wanted, allow_all_scopes } = given
  if (wanted === undefined && allow_all_scopes !== true) throw badPayload('Missing required property: scope')
  if (state.clients.get(client_id) === undefined) throw missing.client()
  const api = apiWith(audience, context)
  if (api === undefined) throw missing.resourceServer()
  checkScope(wanted ?? [], api)
  const isSame = (grant: ClientGrant) =>
    grant.client_id === client_id && grant.audience === audience && grant.subject_type === subject_type
  if (state.clientGrants.list().some(isSame))
    throw conflict('A grant of this client for this audience and subject type already exists.')
  return state.clientGrants.put({ id: newId.clientGrant(), ...given, subject_type, scope: wanted ?? [] })
}

function checkScope(wanted: readonly string[], { scopes }: ResourceServer): void {
  if (!wanted.every((one) => scopes.some(({ value }) => value === one)))
    throw badPayload('The resource server does not have one of the scopes', 'scope')
}
