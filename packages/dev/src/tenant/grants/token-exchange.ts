import { apiOf, audienceOf, grantOf, isMemberOf, organizationNamed } from '../access-policy.js'
import type { AuthenticatedClient } from '../client-authentication.js'
import { wordsOf } from '../form.js'
import type { Organization, User } from '../model.js'
import { failure, OAuthFailure } from '../oauth-error.js'
import { type TokenResponse, userTokens } from '../user-tokens.js'
import type { Grant, GrantRequest } from './grant.js'
import { accessTokenType, verifySubjectToken } from './subject-token.js'

const maxDepth = 4

/** RFC 8693: on behalf of a user (a subject token of this tenant), or by a profile of one's own. */
export const tokenExchange: Grant = async (request) => {
  const { subject_token: subjectToken, subject_token_type: type, requested_token_type: wanted } = request.parameters
  if (subjectToken === undefined) throw failure.missing('subject_token')
  if (type === undefined) throw failure.missing('subject_token_type')
  if (wanted !== undefined && wanted !== accessTokenType)
    throw failure.malformed('The requested_token_type is not supported.')
  return type === accessTokenType ? onBehalfOf(request, subjectToken) : byProfile(request, subjectToken, type)
}

async function onBehalfOf(request: GrantRequest, subjectToken: string): Promise<TokenResponse> {
  const { by, jkt, context, parameters } = request
  const { client } = by
  if (!by.isConfidential || client.app_type !== 'resource_server')
    throw failure.grantNotAllowed('on_behalf_of_token_exchange')
  assertProfile(by, 'on_behalf_of_token_exchange')
  const api = apiFor(request)
  if (api === undefined) throw failure.missing('audience')
  if (parameters['actor_token'] !== undefined) throw failure.malformed('The client itself is the actor here.')
  const claims = await verifySubjectToken(subjectToken, client.resource_server_identifier, context)
  const user = context.state.users.get(claims.sub ?? '')
  if (user === undefined) throw failure.malformed('The subject token is not of a user.')
  if (grantOf(client, api, 'user', context) === undefined) throw failure.noClientGrant(api.identifier)
  const act = { sub: client.client_id, act: claims['act'] ?? { sub: claims['azp'] ?? claims['client_id'] } }
  if (depthOf(act) > maxDepth)
    throw failure.malformed(`Delegation chain (\`act\` claim) depth exceeds the maximum allowed limit of ${maxDepth}`)
  const organization = organizationFor(user, claims['org_id'], request)
  const facts = { ...factsOf(request, user), api, organization, act, jkt, refreshed: false } as const
  return { ...(await userTokens(by, facts, context)), issued_token_type: accessTokenType }
}

async function byProfile(request: GrantRequest, subjectToken: string, type: string): Promise<TokenResponse> {
  const { by, jkt, context, parameters } = request
  assertProfile(by, 'custom_authentication')
  const decide = Object.hasOwn(context.exchange.profiles, type) ? context.exchange.profiles[type] : undefined
  if (decide === undefined) throw failure.malformed('There is no token exchange profile for this subject_token_type.')
  const actor = actorOf(request)
  const decision = await decide(subjectToken, actor)
  const { user: userId = '', actor: act } = typeof decision === 'string' ? { user: decision } : (decision ?? {})
  const user = context.state.users.get(userId)
  if (user === undefined) throw new OAuthFailure(400, 'invalid_request', 'The subject token is not accepted.')
  if (actor !== undefined && act === undefined) throw failure.malformed('The actor token is not accepted.')
  const organization = organizationFor(user, parameters['organization'], request)
  const delegation = act === undefined ? {} : { act }
  const facts = { ...factsOf(request, user), api: apiFor(request), organization, ...delegation, jkt }
  return { ...(await userTokens(by, facts, context)), issued_token_type: accessTokenType }
}

function assertProfile({ client }: AuthenticatedClient, profile: string): void {
  if (client.token_exchange?.allow_any_profile_of_type.includes(profile) !== true)
    throw failure.grantNotAllowed(profile)
}

/** RFC 8693 section 2.1: the token and its type come together. */
function actorOf({ parameters }: GrantRequest): { readonly token: string; readonly type: string } | undefined {
  const { actor_token: token, actor_token_type: type } = parameters
  if (token === undefined && type === undefined) return undefined
  if (token === undefined) throw failure.missing('actor_token')
  if (type === undefined) throw failure.missing('actor_token_type')
  return { token, type }
}

function apiFor({ parameters, context }: GrantRequest) {
  const audience = audienceOf(parameters, context)
  return audience === undefined ? undefined : apiOf(audience, context)
}

/** @param wanted Its name or its id, which a request or a subject token names. */
function organizationFor(user: User, wanted: unknown, { context }: GrantRequest): Organization | undefined {
  if (typeof wanted !== 'string') return undefined
  const organization = organizationNamed(wanted, context)
  if (organization === undefined) throw failure.malformed('Unknown organization.')
  if (!isMemberOf(organization, user))
    throw new OAuthFailure(
      403,
      'access_denied',
      `user ${user.user_id} is not part of the ${organization.id} organization`,
    )
  return organization
}

function factsOf({ parameters, context }: GrantRequest, user: User) {
  return { user, scopes: wordsOf(parameters['scope']), authTime: context.clock.nowSeconds() }
}

function depthOf(act: unknown): number {
  const inner = (Object(act) as { act?: unknown }).act
  return inner === undefined ? 1 : 1 + depthOf(inner)
}
