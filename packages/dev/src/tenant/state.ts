import type {
  Client,
  ClientGrant,
  Connection,
  Organization,
  ResourceServer,
  Role,
  TenantSettings,
  User,
} from './model.js'

/** Entities of one kind by their identifiers, in the order of their creation. */
export interface Collection<Entity> {
  get(id: string): Entity | undefined
  list(): readonly Entity[]
  put(entity: Entity): Entity
  delete(id: string): boolean
  deleteWhere(isDeleted: (entity: Entity) => boolean): void
  /** @param change Keeps the identifier. */
  changeWhere(isChanged: (entity: Entity) => boolean, change: (entity: Entity) => Entity): void
}

/** What a tenant keeps. Entities are replaced whole, never changed. */
export interface TenantState {
  readonly resourceServers: Collection<ResourceServer>
  readonly clients: Collection<Client>
  readonly clientGrants: Collection<ClientGrant>
  readonly users: Collection<User>
  readonly roles: Collection<Role>
  readonly organizations: Collection<Organization>
  readonly connections: Collection<Connection>
  readonly refreshTokens: Collection<RefreshToken>
  readonly settings: { get(): TenantSettings; set(settings: TenantSettings): void }
}

export interface RefreshToken {
  /** SHA-256 of the token. */
  readonly id: string
  /** All tokens that came from one login by rotation. */
  readonly family: string
  readonly client_id: string
  readonly user_id: string
  readonly audience?: string
  readonly scopes: readonly string[]
  readonly organization_id?: string
  /** The key that it is bound to. */
  readonly jkt?: string
  readonly auth_time: number
  /** Seconds since 1970. */
  readonly created_at: number
  readonly expires_at: number
  /** When a newer one took its place. */
  readonly used_at?: number
  /** When one that does not rotate was last used. */
  readonly last_exchanged_at?: number
}

/** The entities of a tenant as JSON. */
export interface TenantEntities {
  readonly resource_servers: readonly ResourceServer[]
  readonly clients: readonly Client[]
  readonly client_grants: readonly ClientGrant[]
  readonly users: readonly User[]
  readonly roles: readonly Role[]
  readonly organizations: readonly Organization[]
  readonly connections: readonly Connection[]
  readonly refresh_tokens: readonly RefreshToken[]
  readonly settings: TenantSettings
}

/** @param onChange Called after every change. */
export function createState(entities: TenantEntities, onChange: () => void): TenantState {
  let { settings } = entities
  const collection = <Entity>(kept: readonly Entity[], idOf: (entity: Entity) => string) =>
    createCollection(kept, idOf, onChange)
  return {
    resourceServers: collection(entities.resource_servers, ({ id }) => id),
    clients: collection(entities.clients, ({ client_id }) => client_id),
    clientGrants: collection(entities.client_grants, ({ id }) => id),
    users: collection(entities.users, ({ user_id }) => user_id),
    roles: collection(entities.roles, ({ id }) => id),
    organizations: collection(entities.organizations, ({ id }) => id),
    connections: collection(entities.connections, ({ id }) => id),
    refreshTokens: collection(entities.refresh_tokens, ({ id }) => id),
    settings: {
      get: () => settings,
      set: (next) => {
        settings = next
        onChange()
      },
    },
  }
}

function createCollection<Entity>(
  kept: readonly Entity[],
  idOf: (entity: Entity) => string,
  onChange: () => void,
): Collection<Entity> {
  const byId = new Map(kept.map((entity) => [idOf(entity), entity]))

  /** Changes all that are meant, and says so once. */
  function forEachWhere(isMeant: (entity: Entity) => boolean, act: (id: string, entity: Entity) => void): void {
    const meant = [...byId].filter(([, entity]) => isMeant(entity))
    for (const [id, entity] of meant) act(id, entity)
    if (meant.length > 0) onChange()
  }

  return {
    get: (id) => byId.get(id),
    list: () => [...byId.values()],
    put: (entity) => {
      byId.set(idOf(entity), entity)
      onChange()
      return entity
    },
    delete: (id) => {
      const existed = byId.delete(id)
      if (existed) onChange()
      return existed
    },
    deleteWhere: (isDeleted) => forEachWhere(isDeleted, (id) => byId.delete(id)),
    changeWhere: (isChanged, change) => forEachWhere(isChanged, (id, entity) => byId.set(id, change(entity))),
  }
}

export function entitiesOf(state: TenantState): TenantEntities {
  return {
    resource_servers: state.resourceServers.list(),
    clients: state.clients.list(),
    client_grants: state.clientGrants.list(),
    users: state.users.list(),
    roles: state.roles.list(),
    organizations: state.organizations.list(),
    connections: state.connections.list(),
    refresh_tokens: state.refreshTokens.list(),
    settings: state.settings.get(),
  }
}
