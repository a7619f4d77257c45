import { clientGrants } from './client-grants.js'
import { clients } from './clients.js'
import { connections } from './connections.js'
import { logs } from './logs.js'
import type { Operation } from './operation.js'
import { organizationMembers } from './organization-members.js'
import { organizations } from './organizations.js'
import { resourceServers } from './resource-servers.js'
import { roles } from './roles.js'
import { signingKeys } from './signing-key-operations.js'
import { tenantSettings } from './tenant-settings.js'
import { userRelations } from './user-relations.js'
import { users } from './users.js'

/** Everything that the Management API of this tenant does. */
export const operations: readonly Operation[] = [
  ...resourceServers,
  ...clients,
  ...clientGrants,
  ...users,
  ...userRelations,
  ...roles,
  ...organizations,
  ...organizationMembers,
  ...connections,
  ...tenantSettings,
  ...signingKeys,
  ...logs,
]

/** What would else be taken for an entity with that name. */
export const notServed: readonly string[] = ['/resource-servers/search', '/organizations/search']
