import type { TenantSeed } from '../../tenant/seed-schema.js'
import type { Tenant } from '../../tenant/tenant.js'

/** Puts a tenant back to its seed. Its keys stay: an API that has them goes on without asking for others. */
export async function resetTenant({ state, issuer }: Tenant, given: TenantSeed | undefined): Promise<void> {
  const [{ entitiesOfSeed }, { checkSeed }, { defaultSeed }] = await Promise.all([
    import('../../tenant/seed-entities.js'),
    import('../../tenant/seed-file.js'),
    import('../../tenant/default-seed.js'),
  ])
  const entities = entitiesOfSeed(checkSeed(given ?? defaultSeed), issuer)
  replaceAll(state.resourceServers, entities.resource_servers)
  replaceAll(state.clients, entities.clients)
  replaceAll(state.clientGrants, entities.client_grants)
  replaceAll(state.users, entities.users)
  replaceAll(state.roles, entities.roles)
  replaceAll(state.organizations, entities.organizations)
  replaceAll(state.connections, entities.connections)
  replaceAll(state.refreshTokens, entities.refresh_tokens)
  state.settings.set(entities.settings)
}

function replaceAll<Entity>(collection: Replaceable<Entity>, entities: readonly Entity[]): void {
  collection.deleteWhere(() => true)
  for (const entity of entities) collection.put(entity)
}

interface Replaceable<Entity> {
  deleteWhere(isDeleted: (entity: Entity) => boolean): void
  put(entity: Entity): Entity
}
