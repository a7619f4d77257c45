import type { JsonObject } from '../encoding/strict-json.js'
import { parseJsonObject } from '../encoding/strict-json.js'

/** Why a document could not be had. Fixed words, fit for a metric label. */
export type FetchFailureReason =
  | 'timeout'
  | 'network'
  | 'redirect'
  | 'status'
  | 'too_large'
  | 'content_type'
  | 'not_json'
  | 'issuer_mismatch'
  | 'jwks_uri_refused'
  | 'too_many_keys'
  | 'no_usable_key'
  | 'closed'

/** A document could not be had, or was not what it has to be. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed'
  readonly reason: FetchFailureReason
  readonly status: number | undefined
  /** From `Retry-After`, at most 60. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    reason: FetchFailureReason,
    details: { status?: number; retryAfterSeconds?: number | undefined; cause?: unknown } = {},
  ) {
    super(
      `The issuer's document is not available: ${reason}.`,
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.reason = reason
    this.status = details.status
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface BoundedFetchOptions {
  readonly fetch: Fetch
  /** The `ETag` of the copy at hand. */
  readonly etag?: string | undefined
  /** Ends the fetch early, when the resource server is closed. */
  readonly signal: AbortSignal
}

export interface FetchedDocument {
  /** `undefined`: the copy at hand is still current (304). */
  readonly fresh: { readonly json: JsonObject; readonly body: string; readonly etag: string | undefined } | undefined
  readonly headers: Headers
}

const maxSeconds = 5
const maxBytes = 128 * 1024
const maxRetryAfterSeconds = 60

/**
 * Fetches one JSON object under hard limits: 5 s for everything including the body, 128 KiB after decoding, no
 * redirect followed, status 200 (or 304 for the copy at hand), a JSON media type.
 *
 * @throws {FetchFailed}
 */
export async function boundedFetch(url: string, options: BoundedFetchOptions): Promise<FetchedDocument> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new FetchFailed('timeout')), maxSeconds * 1000)
  const close = () => limit.abort(new FetchFailed('closed'))
  options.signal.addEventListener('abort', close, { once: true })
  if (options.signal.aborted) close()
  try {
    // The race, and not only the signal: a fetch that was passed in may not look at its signal.
    return await Promise.race([aborted(limit.signal), request(url, options, limit.signal)])
  } catch (error) {
    if (limit.signal.reason instanceof FetchFailed) throw limit.signal.reason
    throw error instanceof FetchFailed ? error : new FetchFailed('network', { cause: error })
  } finally {
    clearTimeout(timer)
    options.signal.removeEventListener('abort', close)
    // Ends the transfer of a body that nobody reads any more.
    limit.abort()
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

async function request(
  url: string,
  { fetch, etag }: BoundedFetchOptions,
  signal: AbortSignal,
): Promise<FetchedDocument> {
  const headers: Record<string, string> = { accept: 'application/json, application/jwk-set+json' }
  if (etag !== undefined) headers['if-none-match'] = etag
  const response = await fetch(url, { headers, redirect: 'manual', signal })
  if (response.status === 304 && etag !== undefined) return { fresh: undefined, headers: response.headers }
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400))
    throw new FetchFailed('redirect')
  if (response.status !== 200) {
    throw new FetchFailed('status', { status: response.status, retryAfterSeconds: retryAfter(response.headers) })
  }
  if (!isJson(response.headers.get('content-type'))) throw new FetchFailed('content_type')
  const bytes = await readBounded(response)
  const json = parseJsonObject(bytes)
  if (json === undefined) throw new FetchFailed('not_json')
  return {
    fresh: { json, body: new TextDecoder().decode(bytes), etag: response.headers.get('etag') ?? undefined },
    headers: response.headers,
  }
}

function isJson(contentType: string | null): boolean {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return mediaType === 'application/json' || (mediaType.startsWith('application/') && mediaType.endsWith('+json'))
}

async function readBounded(response: Response): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body) {
    length += chunk.length
    if (length > maxBytes) throw new FetchFailed('too_large')
    chunks.push(chunk)
  }
  return joined(chunks, length)
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

/** Delay in seconds or a date. RFC 9110 section 10.2.3. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, maxRetryAfterSeconds) : undefined
}
