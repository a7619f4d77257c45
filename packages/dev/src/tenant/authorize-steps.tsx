import type { Context } from 'hono'
import { isMemberOf } from './access-policy.js'
import { answerTo } from './authorize-answer.js'
import { AuthorizeFailure, type AuthorizeRequest, applicationOf, PageFailure } from './authorize-request.js'
import { usersToChoose } from './chosen-user.js'
import { type AuthorizationCode, codeLifetimeSeconds } from './codes.js'
import type { Parameters } from './form.js'
import { randomText } from './identifiers.js'
import type { User } from './model.js'
import { createOnce, type Once } from './once.js'
import { ConsentPage, LoginPage } from './pages/pages.js'
import type { Session } from './sessions.js'
import type { TenantContext } from './tenant-context.js'

type Answer = Response | Promise<Response>

/** What can come next for a request. Each throws `AuthorizeFailure` for what the application has to learn. */
export interface AuthorizeSteps {
  /** @param failed What was entered, and why it was not taken. */
  logIn(c: Context, request: AuthorizeRequest, failed?: FailedLogin): Answer
  /** With a user who has logged in: asks for consent where that is wanted, and goes back with a code. */
  goOn(c: Context, request: AuthorizeRequest, session: Session): Answer
  /** Takes the request that a page was shown for. @throws {PageFailure} when the page is too old. */
  resume(c: Context, parameters: Parameters): AuthorizeRequest
  /** Keeps in mind that a user has consented. */
  consent(request: AuthorizeRequest, session: Session): void
}

interface FailedLogin {
  readonly email: string
  readonly problem: string
}

const transactionLifetimeSeconds = 600

export function createAuthorizeSteps(context: TenantContext, codes: Once<AuthorizationCode>): AuthorizeSteps {
  const { state, clock } = context
  const transactions = createOnce<AuthorizeRequest>(clock.nowSeconds)
  const consented = new Set<string>()

  function logIn(c: Context, request: AuthorizeRequest, failed?: FailedLogin): Answer {
    if (request.prompt.includes('none')) throw new AuthorizeFailure('login_required', 'Login required', request)
    const client = applicationOf(request.client_id, context)
    const users = usersToChoose(context)
    const { email, problem } = failed ?? { email: request.login_hint }
    return c.html(
      <LoginPage transaction={keep(request)} client={client} users={users} email={email} problem={problem} />,
      failed === undefined ? 200 : 400,
    )
  }

  function goOn(c: Context, request: AuthorizeRequest, session: Session): Answer {
    const user = state.users.get(session.user_id)
    const client = state.clients.get(request.client_id)
    if (user === undefined || client === undefined) return logIn(c, request)
    c.set('user_id', user.user_id)
    assertMayEnter(user, request)
    if (!asksForConsent(request, session)) return finish(c, request, session)
    if (request.prompt.includes('none')) throw new AuthorizeFailure('consent_required', 'Consent required', request)
    const { scopes, audience } = request
    const transaction = keep(request)
    return c.html(
      <ConsentPage transaction={transaction} client={client} user={user} scopes={scopes} audience={audience} />,
    )
  }

  function asksForConsent(request: AuthorizeRequest, session: Session): boolean {
    const isWanted = state.settings.get().show_consent && !consented.has(consentKey(request, session))
    return isWanted || request.prompt.includes('consent')
  }

  function finish(c: Context, request: AuthorizeRequest, session: Session): Promise<Response> {
    const code = randomText(43)
    codes.put(code, { ...request, ...session }, codeLifetimeSeconds)
    return answerTo(request, { code }, c)
  }

  function keep(request: AuthorizeRequest): string {
    const id = randomText(32)
    transactions.put(id, request, transactionLifetimeSeconds)
    return id
  }

  function resume(c: Context, parameters: Parameters): AuthorizeRequest {
    const request = transactions.take(parameters['transaction'] ?? '')
    if (request === undefined)
      throw new PageFailure(400, 'This page is too old', 'Go back to the application and begin again.')
    c.set('client_id', request.client_id)
    return request
  }

  const consent = (request: AuthorizeRequest, session: Session) => void consented.add(consentKey(request, session))
  return { logIn, goOn, resume, consent }
}

function assertMayEnter(user: User, request: AuthorizeRequest): void {
  if (user.blocked === true) throw new AuthorizeFailure('unauthorized', 'user is blocked', request)
  const { organization } = request
  if (organization !== undefined && !isMemberOf(organization, user))
    throw new AuthorizeFailure(
      'access_denied',
      `user ${user.user_id} is not part of the ${organization.id} organization`,
      request,
    )
}

/** Consent is for a user, an application and exactly what is asked for. */
function consentKey({ client_id, audience, scopes }: AuthorizeRequest, { user_id }: Session): string {
  return [user_id, client_id, audience, ...scopes].join(' ')
}
