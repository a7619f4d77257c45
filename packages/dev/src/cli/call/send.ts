import type { CliFailure } from '../failure.js'
import { type Challenge, readChallenges } from '../http/challenge.js'
import { networkFailure } from '../http/network-failure.js'
import { readBody } from '../http/read-body.js'
import { withinSeconds } from '../http/within-seconds.js'
import { isLoopback } from '../project/issuer.js'
import { without } from '../shown-text.js'
import type { IssuedToken } from '../token/issued-token.js'
import type { ApiRequest } from './call-options.js'

/** What an API has answered. */
export interface ApiAnswer {
  readonly status: number
  readonly headers: Headers
  /** Without what was sent. */
  readonly challenges: readonly Challenge[]
  readonly body: Uint8Array
  readonly isCut: boolean
  /** What was sent and must not be shown where the answer repeats it. */
  readonly secrets: readonly string[]
}

const limitSeconds = 30
const mostBytes = 64 * 1024

/**
 * Sends a request with a token, and with a proof where the token is bound; once more where the API asks for a nonce. Redirects
 * are not followed: the token is for this address.
 *
 * @throws {CliFailure} `unreachable`
 * @see RFC 9449 section 9
 */
export async function send(
  request: ApiRequest,
  issued: IssuedToken | undefined,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const secrets = issued === undefined ? [] : [issued.token]
  const challengesOf = ({ headers }: Response) =>
    readChallenges(without(secrets, headers.get('www-authenticate') ?? ''))

  async function once(limit: AbortSignal, nonce?: string): Promise<Response> {
    const { url, method, body } = request
    const headers = new Headers(request.headers)
    if (issued !== undefined) headers.set('authorization', `${issued.type} ${issued.token}`)
    const proof = await issued?.key?.prove({ method, url: url.href, token: issued.token, nonce })
    if (proof !== undefined) {
      headers.set('dpop', proof)
      secrets.push(proof)
    }
    return fetch(url, { method, headers, redirect: 'manual', signal: limit, ...(body === undefined ? {} : { body }) })
  }

  try {
    return await withinSeconds({ seconds: limitSeconds, signal }, async (limit) => {
      const first = await once(limit)
      const nonce = asksForNonce(first.status, challengesOf(first)) ? first.headers.get('dpop-nonce') : null
      const isAsked = nonce !== null && issued?.key !== undefined
      if (isAsked) await first.body?.cancel()
      const last = isAsked ? await once(limit, nonce) : first
      const { bytes, isCut } = await readBody(last, mostBytes)
      const { status, headers } = last
      return { status, headers, challenges: challengesOf(last), body: bytes, isCut, secrets }
    })
  } catch (error) {
    throw unreachable(error, request.url)
  }
}

function asksForNonce(status: number, challenges: readonly Challenge[]): boolean {
  const isAsked = ({ scheme, parameters }: Challenge) =>
    /^dpop$/i.test(scheme) && parameters['error'] === 'use_dpop_nonce'
  return status === 401 && challenges.some(isAsked)
}

function unreachable(error: unknown, { host }: URL): CliFailure {
  const fix = isLoopback(host) ? 'Is your API running, and on this port?' : 'Check the address and the network.'
  return networkFailure(error, { host, limitSeconds, fix })
}
