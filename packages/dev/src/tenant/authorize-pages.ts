import type { Hono } from 'hono'
import { AuthorizeFailure } from './authorize-request.js'
import type { AuthorizeSteps } from './authorize-steps.js'
import { userOf } from './chosen-user.js'
import { readParameters } from './form.js'
import type { Sessions } from './sessions.js'
import type { TenantContext } from './tenant-context.js'

export interface AuthorizePagesParts {
  readonly sessions: Sessions
  readonly steps: AuthorizeSteps
}

/** Where the forms of the login page and of the consent page go. */
export function serveAuthorizePages(app: Hono, context: TenantContext, { sessions, steps }: AuthorizePagesParts): void {
  app.post('/u/login', async (c) => {
    const parameters = await readParameters(c)
    const request = steps.resume(c, parameters)
    const user = userOf(parameters, context)
    if (user === undefined)
      return steps.logIn(c, request, { email: parameters['email'] ?? '', problem: 'Wrong email or password.' })
    const prompt = request.prompt.filter((wanted) => wanted !== 'login')
    return steps.goOn(c, { ...request, prompt }, sessions.begin(c, user.user_id))
  })

  app.post('/u/consent', async (c) => {
    const parameters = await readParameters(c)
    const request = steps.resume(c, parameters)
    const session = sessions.of(c)
    if (session === undefined) return steps.logIn(c, request)
    if (parameters['decision'] !== 'accept')
      throw new AuthorizeFailure('access_denied', 'User did not authorize the request', request)
    steps.consent(request, session)
    // Everything is looked at again: somebody else may have logged in meanwhile.
    return steps.goOn(c, { ...request, prompt: [] }, session)
  })
}
