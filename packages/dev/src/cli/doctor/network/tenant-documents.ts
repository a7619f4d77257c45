import { lookup } from 'node:dns/promises'
import { createResourceServer, type SallyportEvent } from 'sallyport'
import { networkCodeOf } from '../../http/network-failure.js'
import { issuerOfProject } from '../issuer-of-project.js'
import { oncePerProject } from '../once-per-project.js'

/** Why Sallyport could not get the keys, in its own words. */
type Reason = Extract<SallyportEvent, { type: 'keys.refresh_failed' }>['reason']

/** What the address of the tenant gives, found out by Sallyport itself. */
export interface TenantDocuments {
  readonly issuer: string
  readonly host: string
  /** Of the host's address: `undefined` where it has one. */
  readonly lookupFailure: string | undefined
  readonly failure: { readonly reason: Reason; readonly document: 'metadata' | 'jwks' } | undefined
  /** Of the last answer. */
  readonly status: number | undefined
  /** Such as `ECONNREFUSED`, where there was no answer. */
  readonly connectionFailure: string | undefined
  /** What the metadata call the issuer. */
  readonly metadataIssuer: string | undefined
  /** How far the clock of the tenant is ahead of this one, by its `Date`. */
  readonly clockAheadSeconds: number | undefined
}

const limitMilliseconds = 5000
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

/** `undefined` where the project names no tenant. */
export const tenantDocuments = oncePerProject(async (project): Promise<TenantDocuments | undefined> => {
  const issuer = issuerOfProject(project)
  if (issuer === undefined) return undefined
  const { host, hostname } = new URL(issuer)
  const lookupFailure = await failureToLookUp(hostname.replace(/^\[|\]$/g, ''))
  if (lookupFailure !== undefined) return { ...nothing, issuer, host, lookupFailure }
  return { ...nothing, issuer, host, ...(await fetchDocuments(issuer)) }
})

const nothing = {
  lookupFailure: undefined,
  failure: undefined,
  status: undefined,
  connectionFailure: undefined,
  metadataIssuer: undefined,
  clockAheadSeconds: undefined,
} as const

async function failureToLookUp(hostname: string): Promise<string | undefined> {
  const late = AbortSignal.timeout(limitMilliseconds)
  const tooLate = new Promise<string>((resolve) => late.addEventListener('abort', () => resolve('ETIMEOUT')))
  const found = lookup(hostname).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? 'EAI_FAIL',
  )
  return Promise.race([found, tooLate])
}

type Fetched = Partial<Omit<TenantDocuments, 'issuer' | 'host'>>

async function fetchDocuments(issuer: string): Promise<Fetched> {
  const seen: { -readonly [Name in keyof Fetched]: Fetched[Name] } = {}
  let document: 'metadata' | 'jwks' = 'metadata'
  const server = createResourceServer({
    issuer,
    audience: 'doctor',
    algorithms: [...algorithms],
    fetch: async (input, init) => {
      const isMetadata = String(input).includes('/.well-known/o')
      document = isMetadata ? 'metadata' : 'jwks'
      const response = await fetch(input, init).catch((error: unknown) => {
        seen.connectionFailure = networkCodeOf(error)
        throw error
      })
      seen.status = response.status
      seen.clockAheadSeconds = clockAhead(response.headers) ?? seen.clockAheadSeconds
      if (isMetadata) seen.metadataIssuer = await issuerIn(response.clone())
      return response
    },
    onEvent: (event) => {
      if (event.type === 'keys.refresh_failed') seen.failure = { reason: event.reason, document }
    },
  })
  // A failure has come as an event, which says more.
  await server.warmUp().catch(() => {})
  server.close()
  return seen
}

/** RFC 9110 section 6.6.1; a cache says by `Age` how long ago that was. */
function clockAhead(headers: Headers): number | undefined {
  const date = Date.parse(headers.get('date') ?? '')
  const age = Number(headers.get('age') ?? 0)
  return Number.isFinite(date) && Number.isFinite(age) ? Math.round((date - Date.now()) / 1000 + age) : undefined
}

async function issuerIn(response: Response): Promise<string | undefined> {
  const { issuer } = Object(await response.json().catch(() => undefined)) as { issuer?: unknown }
  return typeof issuer === 'string' ? issuer : undefined
}
