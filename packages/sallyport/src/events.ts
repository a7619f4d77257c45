import type { ReplayStoreFailure } from './dpop/bounded-store.js'
import type { Dependency, OAuthError, RefusalCode, Scheme } from './errors.js'
import type { FetchFailureReason } from './issuer/bounded-fetch.js'
import type { JwkRefusal } from './signature/jwk.js'
import { isPromise } from './when-ready.js'

/**
 * What `onEvent` receives. Events are redacted: no token, no claim, no URL, no exception text; the one exception is a refused
 * `htu`, without its query. `issuer` is the host of an issuer that the configuration allows, never a value from a request, so
 * that it can label a metric.
 */
export type SallyportEvent =
  | { readonly type: 'request.admitted'; readonly scheme: Scheme }
  | {
      readonly type: 'request.refused'
      readonly code: RefusalCode
      readonly error: OAuthError
      /** At most 64 characters, everything but letters, digits and `._~-` percent-encoded. */
      readonly kid?: string
      /** With `proof_uri_mismatch`: the URI of the request as this API sees it, without query. */
      readonly expectedUri?: string
      /** With `proof_uri_mismatch`: the proof's `htu` in normal form, without query. Absent when it is no http(s) URI. */
      readonly receivedUri?: string
    }
  | { readonly type: 'request.unavailable'; readonly dependency: Dependency; readonly retryAfterSeconds: number }
  | {
      readonly type: 'request.failed'
      /** The class of the exception, such as `TypeError`. */
      readonly errorName: string
      /** The frames of its stack, without its message. */
      readonly frames: readonly string[]
    }
  | { readonly type: 'credentials.ignored'; readonly where: 'query' }
  | { readonly type: 'issuer.ignored'; readonly reason: 'not_a_domain' | 'loopback_in_production' }
  | { readonly type: 'keys.replaced'; readonly issuer: string; readonly keys: number }
  | {
      readonly type: 'keys.member_ignored'
      readonly issuer: string
      readonly reason: JwkRefusal
    }
  | {
      readonly type: 'keys.refresh_failed'
      readonly issuer: string
      readonly reason: FetchFailureReason
      readonly consecutiveFailures: number
      readonly retryInSeconds: number
    }
  | { readonly type: 'keys.stale_served'; readonly issuer: string; readonly ageSeconds: number }
  | {
      /** At most once in 10 s. */
      readonly type: 'replay_store.failed'
      readonly reason: ReplayStoreFailure
      /** Failures since the last of these events, this one included. */
      readonly failures: number
    }
  | { readonly type: 'document_store.failed'; readonly issuer: string; readonly operation: 'get' | 'set' }
  | { readonly type: 'document_store.refused'; readonly issuer: string; readonly document: 'metadata' | 'jwks' }

export type EventListener = (event: SallyportEvent) => void

/** A listener that throws, or rejects, must not change an answer. */
export function guarded(listener: EventListener | undefined): EventListener | undefined {
  if (listener === undefined) return undefined
  return (event) => {
    // The listener's fault stays with the listener, be it asynchronous.
    try {
      const result: unknown = listener(event)
      if (isPromise(result)) result.catch(() => {})
    } catch {}
  }
}

export function escapeForEvent(value: string): string {
  return value
    .slice(0, 64)
    .replace(/[^A-Za-z0-9._~-]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .slice(0, 64)
}
