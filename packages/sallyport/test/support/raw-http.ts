import { type AddressInfo, connect } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { createAuth, type FastifyAuth } from '../../src/adapters/fastify.js'
import type { ErrorProfile, SallyportEvent } from '../../src/index.js'
import { createTestIssuer, type TestIssuer } from '../../src/testing/index.js'

/** A Fastify app on a loopback port, in front of a test issuer. */
export interface Site {
  readonly issuer: TestIssuer
  readonly port: number
  readonly errorProfile: ErrorProfile
  /** The requests that reached a handler, as method and path. */
  readonly handled: string[]
  readonly events: readonly SallyportEvent[]
  close(): Promise<void>
}

export interface SiteOptions {
  readonly errorProfile?: ErrorProfile
  readonly server?: FastifyServerOptions
  /** Fetches the issuer's documents instead of the issuer's own fetch. */
  readonly fetchFrom?: (issuer: TestIssuer) => typeof fetch
  /** Adds the routes; handlers tell `handled` that they ran. */
  routes(app: FastifyInstance, auth0: FastifyAuth, handled: string[]): unknown
}

export async function openSite(options: SiteOptions): Promise<Site> {
  const { errorProfile = 'rfc', server = {}, routes } = options
  const issuer = await createTestIssuer({ algorithm: 'ES256' })
  const events: SallyportEvent[] = []
  const handled: string[] = []
  const auth0 = createAuth({
    issuer: issuer.issuer,
    audience: issuer.audience,
    algorithms: ['ES256'],
    errorProfile,
    fetch: options.fetchFrom?.(issuer) ?? issuer.fetch,
    onEvent: (event) => events.push(event),
  })
  const app: FastifyInstance = Fastify({ ...server, forceCloseConnections: true })
  await app.register(auth0.plugin)
  await routes(app, auth0, handled)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return { issuer, port, errorProfile, handled, events, close: () => app.close() }
}

export interface RawResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Writes bytes to the site and reads until it closes the connection, or until `isEnough`. Strings are Latin-1. */
export async function exchange(
  { port }: Pick<Site, 'port'>,
  request: string | Uint8Array,
  isEnough: (received: string) => boolean = () => false,
): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  try {
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`No end within 5 s: ${received.slice(0, 200)}`)), 5000)
      socket.setEncoding('latin1')
      socket.on('data', (text) => {
        received += text
        if (isEnough(received)) socket.destroy()
      })
      socket.once('error', reject)
      socket.once('close', () => {
        clearTimeout(limit)
        resolve()
      })
      socket.write(typeof request === 'string' ? Buffer.from(request, 'latin1') : request)
    })
  } finally {
    socket.destroy()
  }
  return received
}

/** One request with these field lines, on a connection of its own. */
export async function send(site: Site, line: string, fields: readonly string[] = [], body = ''): Promise<RawResponse> {
  const received = await exchange(site, requestText(line, [...fields, 'Connection: close'], body))
  const last = parseResponses(received).at(-1)
  if (last === undefined) throw new Error('There was no answer.')
  return last
}

export function requestText(line: string, fields: readonly string[], body = ''): string {
  return [`${line} HTTP/1.1`, 'Host: api.test', ...fields, '', body].join('\r\n')
}

export function parseResponses(received: string): readonly RawResponse[] {
  return received
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((text) => text !== '')
    .map((text) => {
      const [head = '', ...rest] = text.split('\r\n\r\n')
      const [statusLine = '', ...lines] = head.split('\r\n')
      const headers: Record<string, string> = {}
      for (const line of lines) {
        const name = line.slice(0, line.indexOf(':')).toLowerCase()
        const value = line.replace(/^[^:]*: */, '')
        headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
      }
      return {
        status: Number(statusLine.split(' ')[1]),
        headers,
        body: rest.join('\r\n\r\n'),
      }
    })
}

/** `400h` and `431h` are refused by the HTTP server before parsing; the letters are those of the attack list. */
export type HttpOutcome = 'A' | 'T' | 'R' | '-' | '400h' | '431h'

/** Status, error code in the challenge, error code in the body. */
const refusals: Readonly<Record<ErrorProfile, Readonly<Record<string, HttpOutcome>>>> = {
  rfc: {
    '401 none none': '-',
    '400 invalid_request invalid_request': 'R',
    '401 invalid_token invalid_token': 'T',
  },
  auth0: {
    '400 none invalid_request': '-',
    '400 invalid_request invalid_request': 'R',
    '401 invalid_token invalid_token': 'T',
  },
}

export function outcomeOf(response: RawResponse, { errorProfile }: Pick<Site, 'errorProfile'>): HttpOutcome {
  const { status, headers, body } = response
  const challenge = headers['www-authenticate']
  if (status < 300) return 'A'
  if (challenge === undefined && (status === 400 || status === 431)) return `${status}h`
  const named = /^Bearer realm="api"(?:, error="(\w+)"[^=]*="[^"]*")?, DPoP algs="ES256 EdDSA"/.exec(challenge ?? '')
  const outcome = refusals[errorProfile][`${status} ${named?.[1] ?? 'none'} ${errorIn(body, errorProfile)}`]
  if (named === null || outcome === undefined || headers['cache-control'] !== 'no-store')
    throw new Error(`No outcome has status ${status}, challenge ${challenge} and body ${body}.`)
  return outcome
}

function errorIn(body: string, errorProfile: ErrorProfile): string {
  const content = JSON.parse(body)
  return (errorProfile === 'auth0' ? content.detail : content).error ?? 'none'
}

export function bearer(token: string): string {
  return `Authorization: Bearer ${token}`
}

/** What nobody caught since this was called: a late answer must not throw where no one is left to catch. */
export function watchFaults(): { stop(): readonly unknown[] } {
  const faults: unknown[] = []
  const note = (fault: unknown) => void faults.push(fault)
  process.on('unhandledRejection', note)
  process.on('uncaughtException', note)
  return {
    stop: () => {
      process.off('unhandledRejection', note)
      process.off('uncaughtException', note)
      return faults
    },
  }
}
