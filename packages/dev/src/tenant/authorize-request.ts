import { audienceOf, organizationNamed } from './access-policy.js'
import type { CodeTerms } from './codes.js'
import { type Parameters, wordsOf } from './form.js'
import type { Client } from './model.js'
import type { TenantContext } from './tenant-context.js'

type ResponseMode = 'query' | 'fragment' | 'form_post' | 'web_message'

/** What an application asks for at `/authorize`, after every check. */
export interface AuthorizeRequest extends CodeTerms {
  readonly response_mode: ResponseMode
  readonly state: string | undefined
  readonly prompt: readonly string[]
  readonly max_age: number | undefined
  readonly login_hint: string | undefined
}

/** Why nothing may be sent to the application: a page says so. */
export class PageFailure extends Error {
  readonly status: 400 | 403 | 404
  readonly title: string

  constructor(status: PageFailure['status'], title: string, description: string) {
    super(description)
    this.status = status
    this.title = title
  }
}

/** Where an answer goes, be it an error. */
export type ReturnAddress = Pick<AuthorizeRequest, 'redirect_uri' | 'response_mode' | 'state'>

/** An error that the application learns. */
export class AuthorizeFailure extends Error {
  readonly error: string
  readonly to: ReturnAddress

  constructor(error: string, description: string, to: ReturnAddress) {
    super(description)
    this.error = error
    this.to = to
  }
}

const modes: readonly string[] = ['query', 'fragment', 'form_post', 'web_message']

/**
 * Checks a request. Nothing is sent to an address that the client has not registered.
 *
 * @throws {PageFailure} when client or address are not known, or the address may not get a message.
 * @throws {AuthorizeFailure} for all else.
 * @see RFC 6749 section 4.1.2.1
 */
export function readAuthorizeRequest(parameters: Parameters, context: TenantContext): AuthorizeRequest {
  const client = applicationOf(parameters['client_id'], context)
  const to = returnAddress(parameters, client)
  const refuse = (error: string, description: string): never => {
    throw new AuthorizeFailure(error, description, to)
  }
  const mode = parameters['response_mode']
  if (mode !== undefined && !modes.includes(mode)) refuse('invalid_request', 'Unsupported response_mode.')
  if (parameters['response_type'] !== 'code')
    refuse('unsupported_response_type', 'Only the response_type "code" is supported.')
  if (!client.grant_types.includes('authorization_code'))
    refuse('unauthorized_client', "Grant type 'authorization_code' not allowed for the client.")
  const audience = audienceOf(parameters, context)
  if (audience !== undefined && !context.state.resourceServers.list().some(({ identifier }) => identifier === audience))
    refuse('access_denied', `Service not found: ${audience}`)
  const wantedOrganization = parameters['organization']
  const organization = organizationNamed(wantedOrganization, context)
  if (wantedOrganization !== undefined && organization === undefined) refuse('invalid_request', 'Unknown organization.')
  if (client.organization_usage === 'require' && organization === undefined)
    refuse('invalid_request', 'parameter organization is required for this client')
  if (client.organization_usage === 'deny' && organization !== undefined)
    refuse('invalid_request', 'parameter organization is not allowed for this client')
  return {
    ...to,
    client_id: client.client_id,
    scopes: wordsOf(parameters['scope']),
    audience,
    organization,
    nonce: parameters['nonce'],
    challenge: readChallenge(parameters, client, refuse),
    dpop_jkt: parameters['dpop_jkt'],
    prompt: readPrompt(parameters['prompt'], refuse),
    max_age: readMaxAge(parameters['max_age'], refuse),
    login_hint: parameters['login_hint'],
  }
}

/** @throws {PageFailure} when there is no such client. */
export function applicationOf(clientId: string | undefined, { state }: TenantContext): Client {
  const client = state.clients.get(clientId ?? '')
  if (client === undefined)
    throw new PageFailure(403, 'Unknown application', 'There is no application with this client_id.')
  return client
}

function returnAddress(parameters: Parameters, client: Client): ReturnAddress {
  const redirectUri = parameters['redirect_uri']
  if (redirectUri === undefined || !client.callbacks.includes(redirectUri) || !URL.canParse(redirectUri))
    throw new PageFailure(
      403,
      'Callback URL mismatch',
      'The redirect_uri is not in the list of Allowed Callback URLs of this application.',
    )
  const mode = (parameters['response_mode'] ?? 'query') as ResponseMode
  // Errors are posted to this origin too: it has to be known before there are any.
  if (mode === 'web_message' && !client.web_origins.includes(new URL(redirectUri).origin))
    throw new PageFailure(
      403,
      'Web origin mismatch',
      'The origin of the redirect_uri is not in the list of Allowed Web Origins of this application, which the response_mode "web_message" needs.',
    )
  return { redirect_uri: redirectUri, response_mode: modes.includes(mode) ? mode : 'query', state: parameters['state'] }
}

type Refuse = (error: string, description: string) => never

function readChallenge(parameters: Parameters, client: Client, refuse: Refuse): AuthorizeRequest['challenge'] {
  const value = parameters['code_challenge']
  const method = parameters['code_challenge_method'] ?? 'plain'
  if (value === undefined) {
    if (client.token_endpoint_auth_method === 'none')
      refuse('invalid_request', "Parameter 'code_challenge' is required.")
    return undefined
  }
  if (method !== 'S256' && method !== 'plain') return refuse('invalid_request', 'Unsupported code_challenge_method.')
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(value))
    return refuse('invalid_request', "Parameter 'code_challenge' is malformed.")
  return { value, method }
}

function readPrompt(text: string | undefined, refuse: Refuse): readonly string[] {
  const prompt = wordsOf(text)
  if (prompt.includes('none') && prompt.length > 1) refuse('invalid_request', 'prompt has "none" beside others.')
  return prompt
}

function readMaxAge(text: string | undefined, refuse: Refuse): number | undefined {
  if (text === undefined) return undefined
  return /^\d{1,9}$/.test(text) ? Number(text) : refuse('invalid_request', 'max_age is not a number of seconds.')
}
