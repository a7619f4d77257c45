import { inspect } from 'node:util'
import { expect } from 'vitest'
import {
  answerTo,
  createResourceServer,
  type ProtectedRequest,
  type Requirement,
  type ResourceServer,
  type ResourceServerOptions,
  type SallyportEvent,
} from '../../src/index.js'
import {
  createTestClock,
  createTestIssuer,
  type DpopClient,
  dpopClient,
  type TestClock,
  type TestIssuer,
  type TestIssuerOptions,
} from '../../src/testing/index.js'

/**
 * The outcomes of the attack list: A accepted, T 401 `invalid_token`, R 400 `invalid_request` (401 without a proof), P 401
 * `invalid_dpop_proof`, N 401 `use_dpop_nonce` with one nonce, S 403, U 503 with `Retry-After`, `-` a challenge without an
 * error, X 500.
 */
export type Outcome = 'A' | 'T' | 'R' | 'P' | 'N' | 'S' | 'U' | '-' | 'X'

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
  /** What happens to a request, `GET /resource` of `https://api.test` where it does not say otherwise. */
  outcomeOfRequest(request: Partial<ProtectedRequest>, requirement?: Requirement): Promise<Outcome>
  /** A client with a key of its own, on the harness's clock. */
  dpopClient(options?: Partial<Parameters<typeof dpopClient>[0]>): Promise<DpopClient>
}

/** The URI of a request that does not say otherwise. */
export const resourceUrl = 'https://api.test/resource'

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

  async function outcomeOfRequest(given: Partial<ProtectedRequest>, requirement?: Requirement): Promise<Outcome> {
    const from = events.length
    const { headers = [], ...rest } = given
    const sent = Array.isArray(headers) && !hasHost(headers) ? ['Host', 'api.test', ...headers] : headers
    try {
      await api.authenticate(
        { method: 'GET', url: '/resource', scheme: 'https', ...rest, headers: sent },
        requirement ?? {},
      )
      return 'A'
    } catch (error) {
      const rfc = answerTo(error, { ...api, errorProfile: 'rfc' })
      const answers = [rfc, answerTo(error, { ...api, errorProfile: 'auth0' })]
      const public_ = JSON.stringify([answers, events.slice(from)])
      for (const secret of secretsIn(sent)) {
        expect(public_).not.toContain(secret)
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret)
      }
      return letterOf(rfc)
    }
  }

  return {
    issuer,
    clock,
    events,
    api,
    fetches: () => [...issuer.requests.values()].reduce((sum, count) => sum + count, 0),
    outcome: (token, requirement) => outcomeOfRequest({ headers: ['Authorization', `Bearer ${token}`] }, requirement),
    outcomeOf: (headers, requirement) => outcomeOfRequest({ headers }, requirement),
    outcomeOfRequest,
    dpopClient: (given) => dpopClient({ issuer, clock, ...given }),
  }
}

function hasHost(headers: readonly string[]): boolean {
  return headers.some((name, index) => index % 2 === 0 && ['host', ':authority'].includes(String(name).toLowerCase()))
}

/** Every part of a credential that is long enough to be recognised. */
function secretsIn(headers: ProtectedRequest['headers']): readonly string[] {
  const lines = Array.isArray(headers)
    ? pairs(headers)
    : headers instanceof Headers
      ? [...headers]
      : Object.entries(headers)
  return lines
    .filter(([name]) => /^(?:authorization|dpop|client-cert)$/i.test(String(name)))
    .flatMap(([, value]) => [value].flat())
    .filter((value) => typeof value === 'string')
    .flatMap((value) => value.split(/[ .]/).filter((part) => part.length >= 12))
}

function pairs(list: readonly string[]): readonly (readonly [string, string | undefined])[] {
  return list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1]] as const] : []))
}

/** By status and error. */
const letters: Readonly<Record<string, Outcome>> = {
  '401 undefined': '-',
  '401 invalid_token': 'T',
  '400 invalid_request': 'R',
  '401 invalid_request': 'R',
  '401 invalid_dpop_proof': 'P',
  '401 use_dpop_nonce': 'N',
  '403 insufficient_scope': 'S',
}

function letterOf({ status, headers, body }: ReturnType<typeof answerTo>): Outcome {
  const error = 'error' in body ? body.error : undefined
  const challenge = String(headers['www-authenticate'] ?? '')
  const letter = letters[`${status} ${error}`]
  const isNamed = letter === '-' ? challenge !== '' && !challenge.includes('error=') : challenge.includes(`"${error}"`)
  const hasNonce = typeof headers['dpop-nonce'] === 'string'
  if (letter !== undefined && isNamed && hasNonce === (letter === 'N')) return letter
  if (status === 503 && error === 'temporarily_unavailable' && headers['retry-after'] !== undefined) return 'U'
  if (status === 500 && error === 'internal_server_error') return 'X'
  throw new Error(`No outcome has status ${status} with error ${error}.`)
}
