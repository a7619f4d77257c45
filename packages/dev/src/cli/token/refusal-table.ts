import { consoleAddress, grantPage } from '../../explain/setting-places.js'
import { paths } from '../../tenant/console/paths.js'
import type { FailureDetails } from '../failure.js'
import type { WantedToken } from './wanted-token.js'

export interface RefusedRequest extends WantedToken {
  readonly hasProof: boolean
}

/** One way in which a tenant says no. */
interface Refusal {
  readonly code: string
  readonly error: string
  /** Tells apart what has the same `error`. */
  readonly description?: RegExp
  readonly exit?: FailureDetails['exit']
  message(request: RefusedRequest): string
  fix(request: RefusedRequest): string
}

/** Where something is: by its address in the console of a local tenant, else in words. */
function placed(
  { issuer }: RefusedRequest,
  page: string,
  say: { local(address: string): string; readonly elsewhere: string },
): string {
  const address = consoleAddress(issuer, page)
  return address === undefined ? say.elsewhere : say.local(address)
}

/** The first row that fits says it. The texts are Auth0's, which the local tenant sends too. */
export const refusals: readonly Refusal[] = [
  {
    code: 'unknown_api',
    error: 'access_denied',
    description: /^Service not (enabled within domain|found)/i,
    message: ({ host, audience }) => `${host} has no API "${audience}".`,
    fix: (request) =>
      placed(request, paths.apis, {
        local: (address) =>
          `Its APIs are at ${address}. Name one with --audience; every character counts, a slash at the end too.`,
        elsewhere:
          'Compare AUTH0_AUDIENCE with the Identifier in the Dashboard (Applications > APIs): every character counts, a slash at the end too. Or create it: npx sallyport init',
      }),
  },
  {
    code: 'no_client_grant',
    error: 'access_denied',
    description: /client[- ]grant|not authorized to access/i,
    exit: 'unauthorized',
    message: ({ client, audience }) => `The application "${client.id}" has no client grant for ${audience}.`,
    fix: (request) =>
      placed(request, grantPage(request.client.id), {
        local: (address) => `Grant it: ${address}`,
        elsewhere:
          'Grant it in the Dashboard: Applications > APIs > the API > Application Access (or Machine to Machine Applications).',
      }),
  },
  {
    code: 'no_audience',
    error: 'access_denied',
    description: /Non-global clients are not allowed/i,
    message: ({ host }) => `${host} was asked for no API, and has no default one.`,
    fix: () => 'Give --audience, or set AUTH0_AUDIENCE.',
  },
  {
    code: 'device_refused',
    error: 'access_denied',
    description: /cancel/i,
    exit: 'unauthorized',
    message: () => 'The request was cancelled in the browser.',
    fix: () => 'Begin again, and confirm the code there.',
  },
  ...['access_denied', 'invalid_client'].map(
    (error): Refusal => ({
      code: 'client_refused',
      error,
      description: error === 'access_denied' ? /^(Unauthorized|Client authentication failed)/i : /(?:)/,
      exit: 'unauthorized',
      message: ({ host, client }) => `${host} does not take the application "${client.id}" with this secret.`,
      fix: (request) =>
        placed(request, paths.applications, {
          local: (address) => `Its applications, and their secrets, are at ${address}`,
          elsewhere:
            'Compare client id and secret with the Dashboard (Applications > the application > Settings): both of this very tenant, copied whole. Its authentication method must be a client secret.',
        }),
    }),
  ),
  {
    code: 'grant_not_allowed',
    error: 'unauthorized_client',
    message: ({ client }) => `The application "${client.id}" may not ask in this way.`,
    fix: ({ isLocal }) =>
      `${isLocal ? 'Its' : 'In the Dashboard its'} settings > Grant Types need Client Credentials, or Device Code for --device.`,
  },
  {
    code: 'grant_not_supported',
    error: 'unsupported_grant_type',
    message: ({ host }) => `${host} does not give tokens in this way.`,
    fix: () => 'Is it an Auth0 tenant? The domain is the one with discovery at /.well-known/openid-configuration.',
  },
  {
    code: 'device_expired',
    error: 'expired_token',
    message: () => 'Nobody confirmed the code in time.',
    fix: () => 'Begin again, and confirm the code before it expires.',
  },
  {
    code: 'device_expired',
    error: 'invalid_grant',
    message: () => 'The code is not good any more.',
    fix: () => 'Begin again: a code is good once, and for a while.',
  },
  {
    code: 'nonce_refused',
    error: 'use_dpop_nonce',
    message: ({ host }) => `${host} asks for a nonce, and does not take the one that it gave.`,
    fix: () => 'Try again. If it stays so, several servers behind one name do not share their nonces.',
  },
  {
    code: 'proof_refused',
    error: 'invalid_dpop_proof',
    message: ({ host }) => `${host} does not take the DPoP proof.`,
    fix: () => "Is this machine's clock right? A proof is good for some minutes only.",
  },
  {
    code: 'dpop_required',
    error: 'invalid_request',
    description: /DPoP.*(required|missing)|proof.of.possession.*required/i,
    message: ({ audience }) => `${audience}, or the application, takes tokens that are bound to a key only.`,
    fix: () => 'Ask with --dpop',
  },
  {
    code: 'dpop_not_allowed',
    error: 'invalid_request',
    description: /demands DPoP|sender.constrain/i,
    message: ({ client, audience }) =>
      `The application "${client.id}" demands DPoP, and ${audience} is not set up for it.`,
    fix: () => 'Set the API to DPoP (its settings > Token Sender-Constraining), or the application to do without.',
  },
  {
    code: 'scope_refused',
    error: 'invalid_scope',
    message: ({ audience }) => `${audience} does not know a scope that was asked for.`,
    fix: () => 'Leave --scope out to get what is granted.',
  },
  {
    code: 'too_many_requests',
    error: 'too_many_requests',
    message: ({ host }) => `${host} has had too many requests.`,
    fix: () => 'Wait a while. Tokens are good for hours: keep one instead of asking again.',
  },
]
