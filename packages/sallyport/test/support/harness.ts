import { inspect } from 'node:util'
import { expect } from 'vitest'
import {
  answerTo,
  createResourceServer,
  type Requirement,
  type ResourceServer,
  type ResourceServerOptions,
  type SallyportEvent,
} from '../../src/index.js'
import {
  createTestClock,
  createTestIssuer,
  type TestClock,
  type TestIssuer,
  type TestIssuerOptions,
} from '../../src/testing/index.js'

/**
 * The outcomes of the attack list: A accepted, T 401 `invalid_token`, R 400 `invalid_request`, S 403, U 503 with
 * `Retry-After`, `-` a challenge without an error, X 500.
 */
export type Outcome = 'A' | 'T' | 'R' | 'S' | 'U' | '-' | 'X'

export interface Harness {
  readonly issuer: TestIssuer
  readonly clock: TestClock
  readonly events: readonly SallyportEvent[]
  readonly api: ResourceServer
  /** Documents fetched since the harness was made. */
  fetches(): number
  /** What happens to a request with this token as its bearer token. */
  outcome(token: string, requirement?: Requirement): Promise<Outcome>
  /** What happens to a request with these headers. */
  outcomeOf(headers: readonly string[], requirement?: Requirement): Promise<Outcome>
}

export interface HarnessOptions extends Omit<ResourceServerOptions, 'issuer' | 'clock' | 'fetch'> {
  readonly testIssuer?: TestIssuerOptions
  readonly fetch?: typeof fetch
}

/** A resource server in front of a test issuer, with a clock that stands still. Every outcome is checked for leaks. */
export async function createHarness({ testIssuer, ...options }: HarnessOptions = {}): Promise<Harness> {
  const clock = createTestClock()
  const issuer = await createTestIssuer({ clock, ...testIssuer })
  const events: SallyportEvent[] = []
  const api = createResourceServer({
    ...(options.domain === undefined && options.domains === undefined ? { issuer: issuer.issuer } : {}),
    audience: issuer.audience,
    fetch: issuer.fetch,
    clock,
    onEvent: (event) => events.push(event),
    ...options,
  })

  async function outcomeOf(headers: readonly string[], requirement?: Requirement): Promise<Outcome> {
    const from = events.length
    try {
      await api.authenticate({ method: 'GET', url: '/resource', headers }, requirement ?? {})
      return 'A'
    } catch (error) {
      const answers = [answerTo(error, { errorProfile: 'rfc' }), answerTo(error, { errorProfile: 'auth0' })]
      const public_ = JSON.stringify([answers, events.slice(from)])
      for (const secret of secretsIn(headers)) {
        expect(public_).not.toContain(secret)
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret)
      }
      return letterOf(answerTo(error, { errorProfile: 'rfc' }))
    }
  }

  return {
    issuer,
    clock,
    events,
    api,
    fetches: () => [...issuer.requests.values()].reduce((sum, count) => sum + count, 0),
    outcome: (token, requirement) => outcomeOf(['Authorization', `Bearer ${token}`], requirement),
    outcomeOf,
  }
}

/** Every part of a credential that is long enough to be recognised. */
function secretsIn(headers: readonly string[]): readonly string[] {
  const values = headers.filter((_, index) => index % 2 === 1)
  return values
    .filter((value) => typeof value === 'string')
    .flatMap((value) => value.split(/[ .]/).filter((part) => part.length >= 12))
}

function letterOf({ status, headers, body }: ReturnType<typeof answerTo>): Outcome {
  const error = 'error' in body ? body.error : undefined
  const challenge = String(headers['www-authenticate'] ?? '')
  if (status === 401 && error === 'invalid_token' && challenge.includes('error="invalid_token"')) return 'T'
  if (status === 401 && error === undefined && challenge !== '' && !challenge.includes('error=')) return '-'
  if (status === 400 && error === 'invalid_request' && challenge.includes('error="invalid_request"')) return 'R'
  if (status === 403 && error === 'insufficient_scope' && challenge.includes('error="insufficient_scope"')) return 'S'
  if (status === 503 && error === 'temporarily_unavailable' && headers['retry-after'] !== undefined) return 'U'
  if (status === 500 && error === 'internal_server_error') return 'X'
  throw new Error(`No outcome has status ${status} with error ${error}.`)
}
