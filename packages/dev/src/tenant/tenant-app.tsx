import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { serveAuthorize } from './authorize.js'
import { answerTo } from './authorize-answer.js'
import { AuthorizeFailure, PageFailure } from './authorize-request.js'
import type { AuthorizationCode, DeviceRequest } from './codes.js'
import { serveConsole } from './console/console.js'
import { serveDevice } from './device.js'
import { serveDiscovery } from './discovery.js'
import { serveFaults } from './faults.js'
import type { Parameters } from './form.js'
import { guardHost } from './host-guard.js'
import { serveLogout } from './logout.js'
import { ManagementFailure } from './management/management-failure.js'
import { serveManagement } from './management/serve-management.js'
import { serveOauthEndpoints } from './oauth-endpoints.js'
import { OAuthFailure } from './oauth-error.js'
import { createOnce } from './once.js'
import { pageHeaders } from './page-headers.js'
import { MessagePage } from './pages/pages.js'
import { createSessions } from './sessions.js'
import type { TenantContext } from './tenant-context.js'
import { createTokenEndpoint } from './token-endpoint.js'

/** All that a tenant serves. */
export function createTenantApp(context: TenantContext): Hono {
  const app = new Hono()
  const codes = createOnce<AuthorizationCode>(context.clock.nowSeconds)
  const devices = createOnce<DeviceRequest>(context.clock.nowSeconds)
  const pushed = createOnce<Parameters>(context.clock.nowSeconds)
  const sessions = createSessions(context)

  app.use(context.faults.middleware)
  app.use(logged(context))
  app.use(pageHeaders)
  app.use(guardHost(context.issuer))
  const openToBrowsers = cors({
    origin: (origin) => origin,
    exposeHeaders: ['DPoP-Nonce', 'WWW-Authenticate'],
    maxAge: 600,
  })
  for (const path of ['/oauth/*', '/userinfo', '/.well-known/*']) app.use(path, openToBrowsers)

  serveDiscovery(app, context)
  serveAuthorize(app, context, { sessions, codes, pushed })
  app.post('/oauth/token', createTokenEndpoint(context, { codes, devices }))
  serveOauthEndpoints(app, context, pushed)
  serveDevice(app, context, devices)
  serveLogout(app, context, sessions)
  if (context.servesFaults) serveFaults(app, context.faults)
  serveManagement(app, context)
  serveConsole(app, context)

  app.notFound((c) => c.html(<MessagePage title="Not found" text="This tenant serves nothing at this address." />, 404))
  app.onError((error, c) => answered(error, c))
  return app
}

function answered(error: Error, c: Context): Response | Promise<Response> {
  if (error instanceof OAuthFailure) {
    if (!isForClients(c.req.path))
      return c.html(<MessagePage title="Not understood" text={error.message} />, error.status)
    const body = { error: error.error, error_description: error.message }
    return c.json(body, error.status, { ...error.headers, 'cache-control': 'no-store' })
  }
  if (error instanceof AuthorizeFailure)
    return answerTo(error.to, { error: error.error, error_description: error.message }, c)
  if (error instanceof PageFailure)
    return c.html(<MessagePage title={error.title} text={error.message} />, error.status)
  console.warn(`sallyport: an unexpected error in the tenant: ${error.name}${framesOf(error)}`)
  return c.json({ error: 'server_error', error_description: 'An unexpected error occurred.' }, 500)
}

/** All else is for browsers, which are shown a page. */
function isForClients(path: string): boolean {
  return path.startsWith('/oauth/') || path === '/userinfo' || path === '/faults'
}

/** Where it happened. A message, which may have anything in it, also lines that look like these, is left out. */
function framesOf({ message, stack = '' }: Error): string {
  const lines = stack.slice(stack.indexOf(message) + message.length).split('\n')
  return lines.flatMap((line) => (/^ +at /.test(line) ? `\n${line}` : [])).join('')
}

const meant = [OAuthFailure, AuthorizeFailure, PageFailure, ManagementFailure] as const

function logged({ log }: TenantContext) {
  return async (c: Context, next: () => Promise<void>) => {
    await next()
    const { error } = c
    const refusal = error instanceof OAuthFailure || error instanceof AuthorizeFailure ? { error: error.error } : {}
    // The message of any other error is for nobody.
    const refused = meant.some((kind) => error instanceof kind) ? error : undefined
    const entry = {
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      client_id: c.get('client_id'),
      user_id: c.get('user_id'),
      audience: c.get('audience'),
      ...refusal,
      ...(refused === undefined ? {} : { description: refused.message }),
    }
    log.add(Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as typeof entry)
  }
}
