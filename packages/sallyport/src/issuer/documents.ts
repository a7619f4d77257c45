import { ageSeconds, type Clock, type Moment, momentSecondsAgo } from '../clock.js'
import { type JsonObject, parseJsonObject } from '../encoding/strict-json.js'
import type { EventListener } from '../events.js'
import { boundedFetch, entityTag, type Fetch, FetchFailed } from './bounded-fetch.js'
import type { DocumentStore } from './document-store.js'
import { clampFreshSeconds } from './freshness.js'

/** A document of an issuer, checked, and how old it is. */
export interface IssuerDocument<Content> {
  readonly content: Content
  /** Where it is from. */
  readonly url: string
  readonly fetched: Moment
  readonly freshSeconds: number
  readonly etag: string | undefined
  readonly body: string
  /** Why the issuer itself could not be asked, where an older copy stands in for its answer. */
  readonly failure?: FetchFailed
  readonly origin: 'issuer' | 'store'
}

export interface DocumentKind<Content> {
  readonly name: 'metadata' | 'jwks'
  /** How long past its freshness it may still serve. */
  readonly staleIfErrorSeconds: number
  freshSeconds(headers: Headers): number
  /** @throws {FetchFailed} when the document is not what it has to be. */
  read(json: JsonObject): Promise<Content> | Content
}

export interface DocumentSource {
  readonly issuer: string
  readonly fetch: Fetch
  readonly store: DocumentStore | undefined
  readonly clock: Clock
  readonly onEvent: EventListener | undefined
}

export interface LoadOptions<Content> {
  readonly previous: IssuerDocument<Content> | undefined
  /** Skips the store: whoever asks has a reason to believe that a stored copy is too old. */
  readonly newest: boolean
  /** Ends the fetch. */
  readonly signal: AbortSignal
}

const storeLimitMilliseconds = 250
const maxStoredLength = 256 * 1024
const maxClockDifferenceSeconds = 60
/** Below the age at which a refresh begins: otherwise a refresh would bring back the copy that it is to replace. */
const youngShare = 0.8

/**
 * Loads a document: from the store when there is a young copy, else from the issuer; a stale stored copy only when the
 * issuer is out of reach and nothing else is at hand.
 *
 * @throws {FetchFailed}
 */
export async function loadDocument<Content>(
  url: string,
  kind: DocumentKind<Content>,
  source: DocumentSource,
  options: LoadOptions<Content>,
): Promise<IssuerDocument<Content>> {
  const stored = options.newest ? undefined : await readStored(url, kind, source)
  if (stored !== undefined && ageSeconds(source.clock, stored.fetched) < stored.freshSeconds * youngShare) return stored
  try {
    const document = await fetchDocument(url, kind, source, options)
    await writeStored(url, kind, source, document)
    return document
  } catch (error) {
    if (stored !== undefined && error instanceof FetchFailed && mayStandIn(stored, kind, source, options.previous)) {
      return { ...stored, failure: error }
    }
    throw error
  }
}

function mayStandIn<Content>(
  stored: IssuerDocument<Content>,
  kind: DocumentKind<Content>,
  { clock }: DocumentSource,
  previous: IssuerDocument<Content> | undefined,
): boolean {
  const age = ageSeconds(clock, stored.fetched)
  const isNewer = previous === undefined || age < ageSeconds(clock, previous.fetched)
  return isNewer && age < stored.freshSeconds + kind.staleIfErrorSeconds
}

async function fetchDocument<Content>(
  url: string,
  kind: DocumentKind<Content>,
  source: DocumentSource,
  { previous, signal }: LoadOptions<Content>,
): Promise<IssuerDocument<Content>> {
  // Of this very address, and from the issuer itself: the store must not decide what counts as unchanged.
  const etag = previous?.origin === 'issuer' && previous.url === url ? previous.etag : undefined
  const { fresh, headers } = await boundedFetch(url, { fetch: source.fetch, etag, signal })
  const fetched = momentSecondsAgo(source.clock, 0)
  const timing = { fetched, freshSeconds: kind.freshSeconds(headers), origin: 'issuer' } as const
  if (fresh !== undefined)
    return { content: await kind.read(fresh.json), url, body: fresh.body, etag: fresh.etag, ...timing }
  if (previous === undefined) throw new FetchFailed('status', { status: 304 })
  return { content: previous.content, body: previous.body, etag: previous.etag, url, ...timing }
}

interface StoredDocument {
  readonly body: string
  readonly etag?: string
  readonly fetchedAtSeconds: number
  readonly freshSeconds: number
}

function storeKey(url: string, kind: DocumentKind<unknown>): string {
  return `sallyport:1:${kind.name}:${url}`
}

async function readStored<Content>(
  url: string,
  kind: DocumentKind<Content>,
  source: DocumentSource,
): Promise<IssuerDocument<Content> | undefined> {
  const { store } = source
  if (store === undefined) return undefined
  const value = await answered(source, 'get', () => store.get(storeKey(url, kind)))
  if (value === undefined || value === null) return undefined
  try {
    const { body, etag, fetchedAtSeconds, freshSeconds } = parseStored(value)
    const age = source.clock.epochMilliseconds() / 1000 - fetchedAtSeconds
    const json = parseJsonObject(new TextEncoder().encode(body))
    if (json === undefined || age < -maxClockDifferenceSeconds) throw new FetchFailed('not_json')
    const fetched = momentSecondsAgo(source.clock, Math.max(0, age))
    return {
      content: await kind.read(json),
      url,
      body,
      etag: entityTag(etag),
      fetched,
      freshSeconds: clampFreshSeconds(freshSeconds),
      origin: 'store',
    }
  } catch {
    source.onEvent?.({ type: 'document_store.refused', issuer: source.issuer, document: kind.name })
    return undefined
  }
}

function parseStored(value: unknown): StoredDocument {
  if (typeof value !== 'string' || value.length > maxStoredLength) throw new FetchFailed('not_json')
  const stored = parseJsonObject(new TextEncoder().encode(value))
  if (stored === undefined || !isStoredDocument(stored)) throw new FetchFailed('not_json')
  return stored
}

function isStoredDocument(value: JsonObject): value is JsonObject & StoredDocument {
  const { body, etag, fetchedAtSeconds, freshSeconds } = value
  return (
    typeof body === 'string' &&
    (etag === undefined || typeof etag === 'string') &&
    typeof fetchedAtSeconds === 'number' &&
    typeof freshSeconds === 'number'
  )
}

async function writeStored<Content>(
  url: string,
  kind: DocumentKind<Content>,
  source: DocumentSource,
  { body, etag, freshSeconds }: IssuerDocument<Content>,
): Promise<void> {
  const { store } = source
  if (store === undefined) return
  const fetchedAtSeconds = source.clock.epochMilliseconds() / 1000
  const stored: StoredDocument = { body, ...(etag === undefined ? {} : { etag }), fetchedAtSeconds, freshSeconds }
  const ttlSeconds = Math.ceil(freshSeconds + kind.staleIfErrorSeconds)
  await answered(source, 'set', () => store.set(storeKey(url, kind), JSON.stringify(stored), ttlSeconds))
}

async function answered<Value>(
  source: DocumentSource,
  operation: 'get' | 'set',
  ask: () => Value | Promise<Value>,
): Promise<Value | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('The store gave no answer in time.')), storeLimitMilliseconds)
    })
    return await Promise.race([late, (async () => ask())()])
  } catch {
    source.onEvent?.({ type: 'document_store.failed', issuer: source.issuer, operation })
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
