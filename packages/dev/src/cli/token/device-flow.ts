import { setTimeout as sleep } from 'node:timers/promises'
import { CliFailure } from '../failure.js'
import { shownLine } from '../shown-text.js'
import { postForm, type TenantAnswer } from './post-form.js'
import { refusalOf } from './refusals.js'
import type { TokenEndpoint } from './token-request.js'
import type { WantedToken } from './wanted-token.js'

interface DeviceTalk {
  readonly endpoint: TokenEndpoint
  readonly signal: AbortSignal
  /** Tells the person where to go, and with which code. */
  show(code: ShownCode): void
}

export interface ShownCode {
  readonly address: string
  readonly userCode: string
  readonly minutes: number
}

const slowerBySeconds = 5
const mostNetworkFailures = 3

/**
 * Has a person let this program in, in a browser of theirs.
 *
 * @throws {CliFailure}
 * @see RFC 8628
 */
export async function deviceToken(wanted: WantedToken, { endpoint, signal, show }: DeviceTalk): Promise<TenantAnswer> {
  const begun = await beginning(wanted, signal)
  show(begun)
  const deadline = Date.now() + begun.minutes * 60_000
  const fields = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: begun.deviceCode,
    client_id: wanted.client.id,
    client_secret: wanted.client.secret,
  }
  let { intervalSeconds } = begun
  let networkFailures = 0
  while (Date.now() < deadline) {
    await sleep(intervalSeconds * 1000, undefined, { signal })
    const answer = await endpoint.ask(fields).catch((error: unknown) => {
      networkFailures += 1
      if (networkFailures >= mostNetworkFailures || signal.aborted) throw error
      return undefined
    })
    const error = answer?.body?.['error']
    if (error === 'slow_down') intervalSeconds += slowerBySeconds
    else if (answer?.status === 200) return answer
    else if (answer !== undefined && error !== 'authorization_pending') throw endpoint.failure(answer)
  }
  throw new CliFailure('device_expired', 'Nobody confirmed the code in time.', { fix: 'Begin again.' })
}

async function beginning(wanted: WantedToken, signal: AbortSignal) {
  const { issuer, client, audience, scopes } = wanted
  const fields = { client_id: client.id, audience, scope: scopes.length === 0 ? undefined : scopes.join(' ') }
  const answer = await postForm(`${issuer}oauth/device/code`, { fields, signal })
  const {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri,
    verification_uri_complete,
  } = answer.body ?? {}
  const { expires_in: lifetime, interval } = answer.body ?? {}
  const address = verification_uri_complete ?? verification_uri
  const isWhole = typeof deviceCode === 'string' && typeof userCode === 'string' && typeof address === 'string'
  if (answer.status !== 200 || !isWhole) throw refusalOf(answer, { ...wanted, hasProof: false })
  return {
    deviceCode,
    userCode: shownLine(userCode, 40),
    address: shownLine(address),
    minutes: typeof lifetime === 'number' ? lifetime / 60 : 15,
    intervalSeconds: typeof interval === 'number' && interval >= 1 ? interval : 5,
  }
}
