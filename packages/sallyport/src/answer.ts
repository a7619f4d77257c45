import { type ChallengeRules, challenges } from './challenge.js'
import { DependencyUnavailable, RequestRefused, refusals } from './errors.js'
import type { ErrorProfile } from './options.js'

/** An HTTP answer in the terms of no framework. */
export interface Answer {
  readonly status: number
  /** Lower-case names; a list stands for several field lines. */
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: ErrorBody | { readonly detail: ErrorBody }
}

export interface ErrorBody {
  readonly error?: string
  readonly error_description: string
}

/** What an answer depends on besides the error. A `ResourceServer` has it. */
export interface AnswerRules extends ChallengeRules {
  readonly errorProfile: ErrorProfile
}

/**
 * Turns whatever `authenticate` or `Auth.require` threw into an answer; the only mapping to HTTP there is. An error of
 * an unknown kind becomes a 500 with a fixed text.
 *
 * @example
 * try { await resourceServer.authenticate(request) } catch (error) { send(answerTo(error, resourceServer)) }
 */
export function answerTo(error: unknown, rules: AnswerRules): Answer {
  const { errorProfile } = rules
  if (error instanceof RequestRefused) return refused(error, rules)
  if (error instanceof DependencyUnavailable) {
    const body = { error: 'temporarily_unavailable', error_description: error.message }
    return answer(503, { 'retry-after': String(error.retryAfterSeconds) }, body, errorProfile)
  }
  const body = { error: 'internal_server_error', error_description: 'An unexpected error occurred.' }
  return answer(500, {}, body, errorProfile)
}

function refused(refusal: RequestRefused, rules: AnswerRules): Answer {
  const { errorProfile } = rules
  const { error, description, namedInChallenge, [errorProfile]: status } = refusals[refusal.code]
  // RFC 6750 section 3.1: a request without credentials learns no error code.
  const named = namedInChallenge || errorProfile === 'auth0'
  const body = named ? { error, error_description: description } : { error_description: description }
  const nonce: Answer['headers'] = refusal.nonce === undefined ? {} : { 'dpop-nonce': refusal.nonce }
  return answer(status, { 'www-authenticate': challenges(refusal, rules), ...nonce }, body, errorProfile)
}

function answer(status: number, headers: Answer['headers'], body: ErrorBody, profile: ErrorProfile): Answer {
  return {
    status,
    headers: { 'cache-control': 'no-store', ...headers },
    body: profile === 'auth0' ? { detail: body } : body,
  }
}
