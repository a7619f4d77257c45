import type { Hono } from 'hono'
import type { TenantContext } from '../tenant-context.js'
import { serveApiPermissions } from './api-permissions.js'
import { serveApiSettings } from './api-settings.js'
import { serveApiTest } from './api-test.js'
import { serveApis } from './apis.js'
import { serveApplicationAccess } from './application-access.js'
import { serveApplicationGrant } from './application-grant.js'
import { serveApplicationSettings } from './application-settings.js'
import { serveApplications } from './applications.js'
import { guardConsole } from './guard.js'
import { serveInspector } from './inspector.js'
import { serveLog } from './log.js'
import { serveOverview } from './overview.js'
import { paths } from './paths.js'
import { serveRolePage } from './role-page.js'
import { serveRoles } from './roles.js'
import { serveUserPage } from './user-page.js'
import { serveUsers } from './users.js'

const parts = [
  serveOverview,
  serveApis,
  serveApiPermissions,
  serveApiSettings,
  serveApiTest,
  serveApplications,
  serveApplicationSettings,
  serveApplicationAccess,
  serveApplicationGrant,
  serveUsers,
  serveUserPage,
  serveRoles,
  serveRolePage,
  serveLog,
  serveInspector,
] as const

/** The web console, for the person at this machine and nobody else. */
export function serveConsole(app: Hono, context: TenantContext): void {
  const guard = guardConsole(context.issuer)
  app.use(paths.overview, guard)
  app.use(`${paths.root}/*`, guard)
  for (const serve of parts) serve(app, context)
}
