import type { Context, Hono } from 'hono'
import { serveAuthorizePages } from './authorize-pages.js'
import { type AuthorizeRequest, PageFailure, readAuthorizeRequest } from './authorize-request.js'
import { createAuthorizeSteps } from './authorize-steps.js'
import type { AuthorizationCode } from './codes.js'
import { fromQuery, type Parameters, readParameters } from './form.js'
import type { Once } from './once.js'
import type { Session, Sessions } from './sessions.js'
import type { TenantContext } from './tenant-context.js'

export interface AuthorizeParts {
  readonly sessions: Sessions
  readonly codes: Once<AuthorizationCode>
  /** What was pushed beforehand. RFC 9126. */
  readonly pushed: Once<Parameters>
}

/** `/authorize`, and the pages on the way back from it. */
export function serveAuthorize(app: Hono, context: TenantContext, { sessions, codes, pushed }: AuthorizeParts): void {
  const steps = createAuthorizeSteps(context, codes)

  async function authorize(c: Context, given: Parameters): Promise<Response> {
    c.set('client_id', given['client_id'])
    const request = readAuthorizeRequest(withPushed(given), context)
    c.set('audience', request.audience)
    const session = sessions.of(c)
    if (session === undefined || mustLogIn(request, session)) return steps.logIn(c, request)
    return steps.goOn(c, request, session)
  }

  function withPushed(given: Parameters): Parameters {
    const uri = given['request_uri']
    if (uri === undefined) return given
    const parameters = pushed.take(uri)
    if (parameters === undefined || parameters['client_id'] !== given['client_id'])
      throw new PageFailure(400, 'Unknown request', 'The request_uri is not known, or has expired.')
    return parameters
  }

  function mustLogIn({ prompt, max_age }: AuthorizeRequest, { auth_time }: Session): boolean {
    return prompt.includes('login') || (max_age !== undefined && context.clock.nowSeconds() - auth_time >= max_age)
  }

  app.get('/authorize', (c) => authorize(c, fromQuery(new URL(c.req.url).searchParams)))
  app.post('/authorize', async (c) => authorize(c, await readParameters(c)))
  serveAuthorizePages(app, context, { sessions, steps })
}
