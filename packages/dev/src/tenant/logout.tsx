import type { Context, Hono } from 'hono'
import { decodeJwt } from 'jose'
import { PageFailure } from './authorize-request.js'
import { fromQuery, type Parameters, readParameters } from './form.js'
import { MessagePage } from './pages/pages.js'
import type { Sessions } from './sessions.js'
import type { TenantContext } from './tenant-context.js'

/** `/v2/logout` and `/oidc/logout`. They go back only to addresses that an application has registered. */
export function serveLogout(app: Hono, { state }: TenantContext, sessions: Sessions): void {
  const page = (c: Context) => c.html(<MessagePage title="Logged out" text="You can close this page." />)

  function back(c: Context, to: string | undefined, clientId: string | undefined, stateParameter?: string) {
    const clients = clientId === undefined ? state.clients.list() : [state.clients.get(clientId)]
    const isAllowed = (url: string) =>
      URL.canParse(url) && clients.some((client) => client?.allowed_logout_urls.includes(url) === true)
    if (to !== undefined && !isAllowed(to))
      throw new PageFailure(
        400,
        'Logout address mismatch',
        'The address is not in the list of Allowed Logout URLs of this application.',
      )
    sessions.end(c)
    if (to === undefined) return page(c)
    const url = new URL(to)
    if (stateParameter !== undefined) url.searchParams.set('state', stateParameter)
    return c.redirect(url.href)
  }

  app.get('/v2/logout', (c) => back(c, c.req.query('returnTo'), c.req.query('client_id')))

  const oidc = (c: Context, parameters: Parameters) => {
    const clientId = parameters['client_id'] ?? audienceOf(parameters['id_token_hint'])
    return back(c, parameters['post_logout_redirect_uri'], clientId, parameters['state'])
  }
  app.get('/oidc/logout', (c) => oidc(c, fromQuery(new URL(c.req.url).searchParams)))
  app.post('/oidc/logout', async (c) => oidc(c, await readParameters(c)))
}

/** A hint, which decides about nothing but the list of addresses. */
function audienceOf(idToken: string | undefined): string | undefined {
  try {
    const { aud } = decodeJwt(idToken ?? '')
    return typeof aud === 'string' ? aud : undefined
  } catch {
    return undefined
  }
}
