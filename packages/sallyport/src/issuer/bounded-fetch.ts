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
  /** Ends the fetch; its reason is a `FetchFailed`. */
  readonly signal: AbortSignal
}

export interface FetchedDocument {
  /** `undefined`: the copy at hand is still current (304). */
  readonly fresh: { readonly json: JsonObject; readonly body: string; readonly etag: string | undefined } | undefined
  readonly headers: Headers
}

const maxBytes = 128 * 1024
const maxRetryAfterSeconds = 60

/**
 * Fetches one JSON object under hard limits: 128 KiB after decoding, no redirect followed, status 200 (or 304 for the copy
 * at hand), a JSON media type, and the time of its signal.
 *
 * @throws {FetchFailed}
 */
export async function boundedFetch(url: string, options: BoundedFetchOptions): Promise<FetchedDocument> {
  const { signal } = options
  try {
    signal.throwIfAborted()
    // The race, and not only the signal: a fetch that was passed in may not look at its signal.
    return await Promise.race([aborted(signal), request(url, options)])
  } catch (error) {
    if (signal.reason instanceof FetchFailed) throw signal.reason
    throw error instanceof FetchFailed ? error : new FetchFailed('network', { cause: error })
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

async function request(url: string, { fetch, etag, signal }: BoundedFetchOptions): Promise<FetchedDocument> {
  const headers: Record<string, string> = { accept: 'application/json, application/jwk-set+json' }
  if (etag !== undefined) headers['if-none-match'] = etag
  const response = await fetch(url, { headers, redirect: 'manual', signal })
  if (response.status === 304 && etag !== undefined) return { fresh: undefined, headers: response.headers }
  const refusal = refusalOf(response)
  if (refusal !== undefined) {
    response.body?.cancel().catch(() => {})
    throw refusal
  }
  const bytes = await readBounded(response, signal)
  const json = parseJsonObject(bytes)
  if (json === undefined) throw new FetchFailed('not_json')
  const fresh = { json, body: new TextDecoder().decode(bytes), etag: entityTag(response.headers.get('etag')) }
  return { fresh, headers: response.headers }
}

function refusalOf({ headers, redirected, status, type }: Response): FetchFailed | undefined {
  if (redirected || type === 'opaqueredirect' || (status >= 300 && status < 400)) return new FetchFailed('redirect')
  if (status !== 200) return new FetchFailed('status', { status, retryAfterSeconds: retryAfter(headers) })
  return isJson(headers.get('content-type')) ? undefined : new FetchFailed('content_type')
}

/** An entity tag that can be sent back, or `undefined`. RFC 9110 section 8.8.3. */
export function entityTag(value: unknown): string | undefined {
  const isTag = typeof value === 'string' && value.length <= 256 && /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(value)
  return isTag ? value : undefined
}

function isJson(contentType: string | null): boolean {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return mediaType === 'application/json' || (mediaType.startsWith('application/') && mediaType.endsWith('+json'))
}

async function readBounded(response: Response, signal: AbortSignal): Promise<Uint8Array> {
  const reader = response.body?.getReader()
  if (reader === undefined) return new Uint8Array()
  const cancel = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  const chunks: Uint8Array[] = []
  let length = 0
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length
    if (length > maxBytes) {
      cancel()
      throw new FetchFailed('too_large')
    }
    chunks.push(read.value)
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
