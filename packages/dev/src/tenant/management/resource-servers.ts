import type * as v from 'valibot'
import { randomText } from '../identifiers.js'
import type { ResourceServer } from '../model.js'
import { newResourceServer } from '../new-entities.js'
import { forgetScopes, remove } from '../references.js'
import { type TenantContext, userinfoAudience } from '../tenant-context.js'
import { entityOperations } from './entity-operations.js'
import { badPayload, badQuery, conflict, ManagementFailure, missing } from './management-failure.js'
import type { Operation } from './operation.js'
import { patched } from './payload-types.js'
import {
  newResourceServerSchema,
  type ResourceServerChanges,
  resourceServerChanges,
  systemResourceServerChanges,
} from './resource-server-schema.js'

const maxIdentifiers = 10

export const resourceServers: readonly Operation[] = entityOperations({
  path: '/resource-servers',
  scope: 'resource_servers',
  list: {
    key: 'resource_servers',
    pagination: 'offset',
    ignored: ['identifiers'],
  },
  isGoneDeleted: true,
  all: ({ context, query }) => {
    const wanted = query.texts('identifiers')
    if (wanted.length > maxIdentifiers) throw badQuery('Array is too long', 'identifiers')
    const all = context.state.resourceServers.list()
    return wanted.length === 0 ? all : all.filter(({ identifier }) => wanted.includes(identifier))
  },
  find: findResourceServer,
  missing: missing.resourceServer,
  present: ({ signing_secret, ...api }) =>
    api.signing_alg === 'HS256' && signing_secret !== undefined ? { ...api, signing_secret } : api,
  create: { schema: newResourceServerSchema, status: 201, make: createResourceServer },
  update: {
    schema: ({ is_system }): v.GenericSchema<unknown, ResourceServerChanges> =>
      is_system === true ? systemResourceServerChanges : resourceServerChanges,
    change: (api, given, { context: { state } }) => {
      const changed = state.resourceServers.put(withChanges(api, given))
      if (given.scopes !== undefined) forgetScopes(changed, state)
      return changed
    },
  },
  remove: (api, { state }) => {
    if (api.is_system === true)
      throw new ManagementFailure(400, 'The system resource server cannot be deleted.', 'operation_not_supported')
    remove.resourceServer(api, state)
  },
})

/** By id or identifier. */
function findResourceServer(id: string, { state }: TenantContext): ResourceServer | undefined {
  return state.resourceServers.get(id) ?? apiWith(id, { state })
}

/** By identifier. */
export function apiWith(identifier: string, { state }: Pick<TenantContext, 'state'>): ResourceServer | undefined {
  return state.resourceServers.list().find((api) => api.identifier === identifier)
}

function createResourceServer(
  { identifier, ...given }: v.InferOutput<typeof newResourceServerSchema>,
  { context }: { readonly context: TenantContext },
): ResourceServer {
  if (apiWith(identifier, context) !== undefined)
    throw conflict('A resource server with this identifier already exists.')
  if (identifier === userinfoAudience(context)) throw badPayload('The identifier is reserved', 'identifier')
  const api = newResourceServer({ name: given.name ?? identifier, identifier })
  return context.state.resourceServers.put(withChanges(api, given))
}

function withChanges(api: ResourceServer, given: ResourceServerChanges): ResourceServer {
  const { subject_type_authorization, ...changes } = given
  const { signing_secret, ...changed } = patched(api, {
    ...changes,
    subject_type_authorization: { ...api.subject_type_authorization, ...subject_type_authorization },
  })
  const forWeb = given.token_lifetime_for_web ?? Math.min(changed.token_lifetime_for_web, changed.token_lifetime)
  if (forWeb > changed.token_lifetime)
    throw badPayload('Value is greater than token_lifetime', 'token_lifetime_for_web')
  return {
    ...changed,
    token_lifetime_for_web: forWeb,
    ...(changed.signing_alg === 'HS256' ? { signing_secret: signing_secret ?? randomText(32) } : {}),
  }
}
