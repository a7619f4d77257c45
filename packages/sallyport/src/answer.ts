import { challenges } from './challenge.js'
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

/**
 * Turns whatever `authenticate` or `Auth.require` threw into an answer; the only mapping to HTTP there is. An error of
 * an unknown kind becomes a 500 with a fixed text.
 *
 * @example
 * try { await resourceServer.authenticate(request) } catch (error) { send(answerTo(error, resourceServer)) }
 */
export function answerTo(error: unknown, { errorProfile }: { readonly errorProfile: ErrorProfile }): Answer {
  if (error instanceof RequestRefused) return refused(error, errorProfile)
  if (error instanceof DependencyUnavailable) {
    const body = { error: 'temporarily_unavailable', error_description: error.message }
    return answer(503, { 'retry-after': String(error.retryAfterSeconds) }, body, errorProfile)
  }
  const body = { error: 'internal_server_error', error_description: 'An unexpected error occurred.' }
  return answer(500, {}, body, errorProfile)
}

function refused(refusal: RequestRefused, profile: ErrorProfile): Answer {
  const { error, description, namedInChallenge, [profile]: status } = refusals[refusal.code]
  // RFC 6750 section 3.1: a request without credentials learns no error code.
  const named = namedInChallenge || profile === 'auth0'
  const body = named ? { error, error_description: description } : { error_description: description }
  return answer(status, { 'www-authenticate': challenges(refusal) }, body, profile)
}

function answer(status: number, headers: Answer['headers'], body: ErrorBody, profile: ErrorProfile): Answer {
  return {
    status,
    headers: { 'cache-control': 'no-store', ...headers },
    body: profile === 'auth0' ? { detail: body } : body,
  }
}
