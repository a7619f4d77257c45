import { randomText } from '../identifiers.js'
import type { Client } from '../model.js'
import { newClient } from '../new-entities.js'
import { remove } from '../references.js'
import type { TenantContext } from '../tenant-context.js'
import { type ClientChanges, clientChanges, defaultGrantTypes, newClientSchema } from './client-schema.js'
import { entityOperations } from './entity-operations.js'
import { badPayload, missing } from './management-failure.js'
import { changedMetadata } from './metadata.js'
import type { ManagementRequest, Operation } from './operation.js'
import { patched } from './payload-types.js'
import { apiWith } from './resource-servers.js'

export const clients: readonly Operation[] = [
  ...entityOperations({
    path: '/clients',
    scope: 'clients',
    alsoRead: ['read:client_keys'],
    list: {
      key: 'clients',
      pagination: 'offset',
      filters: {
        app_type: ({ app_type }: Client, wanted) => wanted.split(',').includes(app_type),
        is_first_party: ({ is_first_party }, _, query) => is_first_party === query.flag('is_first_party', true),
        is_global: (_, __, query) => !query.flag('is_global', false),
      },
      notHere: ['q', 'external_client_id'],
    },
    isGoneDeleted: true,
    all: ({ context }) => context.state.clients.list(),
    find: (id, { state }) => state.clients.get(id),
    missing: missing.client,
    present: presentClient,
    create: { schema: newClientSchema, status: 201, make: createClient, present: withSecret },
    update: {
      schema: () => clientChanges,
      change: (client, given, { context }) => context.state.clients.put(withChanges(client, given, context)),
    },
    remove: (client, { state }) => remove.client(client, state),
  }),
  {
    method: 'POST',
    path: '/clients/:id/rotate-secret',
    scopes: ['update:client_keys'],
    answer: ({ context: { state }, param }) => {
      const client = state.clients.get(param('id'))
      if (client === undefined) throw missing.client()
      return withSecret(state.clients.put({ ...client, client_secret: randomText(64) }))
    },
  },
]

/** The secret is for those who may read keys. */
function presentClient(client: Client, { auth }: ManagementRequest): object {
  if (auth.scopes.includes('read:client_keys')) return withSecret(client)
  const { client_secret: _, jwks: __, ...shown } = client
  return shown
}

function withSecret({ jwks: _, ...client }: Client): object {
  return client
}

function createClient(
  given: ClientChanges & { readonly name: string },
  { context }: { readonly context: TenantContext },
): Client {
  const { name, app_type = 'regular_web' } = given
  const client = newClient({ name, app_type })
  const grants = given.app_type === undefined ? { grant_types: defaultGrantTypes } : {}
  return context.state.clients.put(withChanges({ ...client, ...grants }, given, context))
}

function withChanges(client: Client, given: ClientChanges, context: TenantContext): Client {
  const { jwt_configuration, refresh_token, client_metadata, ...changes } = given
  const changed = patched(client, {
    ...changes,
    jwt_configuration: { ...client.jwt_configuration, ...jwt_configuration },
    refresh_token: { ...client.refresh_token, ...refresh_token },
    ...(client_metadata === undefined
      ? {}
      : { client_metadata: changedMetadata(client.client_metadata, client_metadata) }),
  })
  const { app_type, resource_server_identifier: identifier } = changed
  if (app_type === 'resource_server' && identifier === undefined)
    throw badPayload('Missing required property: resource_server_identifier')
  if (identifier !== undefined && apiWith(identifier, context) === undefined) throw missing.resourceServer()
  return changed
}
