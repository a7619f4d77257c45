import type { Context, Hono } from 'hono'
import { answerTo } from './authorize-answer.js'
import { AuthorizeFailure, type AuthorizeRequest, PageFailure, readAuthorizeRequest } from './authorize-request.js'
import { type AuthorizationCode, codeLifetimeSeconds } from './codes.js'
import { fromQuery, type Parameters, readParameters } from './form.js'
import { randomText } from './identifiers.js'
import { createOnce, type Once } from './once.js'
import { ConsentPage, LoginPage } from './pages/pages.js'
import { isPassword } from './passwords.js'
import type { Session, Sessions } from './sessions.js'
import type { TenantContext } from './tenant-context.js'

const transactionLifetimeSeconds = 600

export interface AuthorizeParts {
  readonly sessions: Sessions
  readonly codes: Once<AuthorizationCode>
  /** What was pushed beforehand. RFC 9126. */
  readonly pushed: Once<Parameters>
}

/** `/authorize`, and the pages on the way back from it. */
export function serveAuthorize(app: Hono, context: TenantContext, { sessions, codes, pushed }: AuthorizeParts): void {
  const { state, clock } = context
  const transactions = createOnce<AuthorizeRequest>(clock.nowSeconds)
  const consented = new Set<string>()

  async function authorize(c: Context, given: Parameters): Promise<Response> {
    const request = readAuthorizeRequest(withPushed(given), context)
    c.set('client_id', request.client_id)
    c.set('audience', request.audience)
    const session = sessions.of(c)
    if (session === undefined || mustLogIn(request, session)) return login(c, request)
    return goOn(c, request, session)
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
    return prompt.includes('login') || (max_age !== undefined && clock.nowSeconds() - auth_time >= max_age)
  }

  function login(c: Context, request: AuthorizeRequest): Response | Promise<Response> {
    if (request.prompt.includes('none')) throw new AuthorizeFailure('login_required', 'Login required', request)
    const client = state.clients.get(request.client_id)
    if (client === undefined)
      throw new PageFailure(403, 'Unknown application', 'There is no application with this client_id.')
    const transaction = keep(request)
    return c.html(
      <LoginPage
        transaction={transaction}
        client={client}
        users={state.users.list().slice(0, 8)}
        email={request.login_hint}
      />,
    )
  }

  function keep(request: AuthorizeRequest): string {
    const id = randomText(32)
    transactions.put(id, request, transactionLifetimeSeconds)
    return id
  }

  function goOn(c: Context, request: AuthorizeRequest, session: Session): Response | Promise<Response> {
    const user = state.users.get(session.user_id)
    const client = state.clients.get(request.client_id)
    if (user === undefined || client === undefined) return login(c, request)
    c.set('user_id', user.user_id)
    if (user.blocked === true) throw new AuthorizeFailure('unauthorized', 'user is blocked', request)
    const { organization } = request
    if (organization !== undefined && !organization.members.some(({ user_id }) => user_id === user.user_id))
      throw new AuthorizeFailure(
        'access_denied',
        `user ${user.user_id} is not part of the ${organization.id} organization`,
        request,
      )
    const consent = [user.user_id, client.client_id, request.audience, ...request.scopes].join(' ')
    const asks = request.prompt.includes('consent') || (state.settings.get().show_consent && !consented.has(consent))
    if (!asks) return finish(c, request, session)
    if (request.prompt.includes('none')) throw new AuthorizeFailure('consent_required', 'Consent required', request)
    const { scopes, audience } = request
    const transaction = keep(request)
    return c.html(
      <ConsentPage transaction={transaction} client={client} user={user} scopes={scopes} audience={audience} />,
    )
  }

  function finish(c: Context, request: AuthorizeRequest, { user_id, auth_time }: Session): Promise<Response> {
    const { client_id, redirect_uri, scopes, audience, organization, nonce, challenge, dpop_jkt } = request
    const code = randomText(43)
    codes.put(
      code,
      { client_id, user_id, redirect_uri, scopes, audience, organization, nonce, challenge, dpop_jkt, auth_time },
      codeLifetimeSeconds,
    )
    return answerTo(request, { code }, c)
  }

  function transactionOf(parameters: Parameters): AuthorizeRequest {
    const request = transactions.take(parameters['transaction'] ?? '')
    if (request === undefined)
      throw new PageFailure(400, 'This page is too old', 'Go back to the application and begin again.')
    return request
  }

  app.get('/authorize', (c) => authorize(c, fromQuery(new URL(c.req.url).searchParams)))
  app.post('/authorize', async (c) => authorize(c, await readParameters(c)))

  app.post('/u/login', async (c) => {
    const parameters = await readParameters(c)
    const request = transactionOf(parameters)
    const { email = '', password = '', user_id } = parameters
    const user =
      user_id === undefined
        ? state.users.list().find((one) => one.email === email.toLowerCase() && isPassword(password, one.password_hash))
        : state.users.get(user_id)
    const client = state.clients.get(request.client_id)
    if (user === undefined && client !== undefined) {
      const users = state.users.list().slice(0, 8)
      const transaction = keep(request)
      const problem = 'Wrong email or password.'
      return c.html(
        <LoginPage transaction={transaction} client={client} users={users} email={email} problem={problem} />,
        400,
      )
    }
    const prompt = request.prompt.filter((wanted) => wanted !== 'login')
    return goOn(c, { ...request, prompt }, sessions.begin(c, user?.user_id ?? ''))
  })

  app.post('/u/consent', async (c) => {
    const parameters = await readParameters(c)
    const request = transactionOf(parameters)
    const session = sessions.of(c)
    if (session === undefined) return login(c, request)
    if (parameters['decision'] !== 'accept')
      throw new AuthorizeFailure('access_denied', 'User did not authorize the request', request)
    consented.add([session.user_id, request.client_id, request.audience, ...request.scopes].join(' '))
    // Everything is looked at again: somebody else may have logged in meanwhile.
    return goOn(c, { ...request, prompt: [] }, session)
  })
}
