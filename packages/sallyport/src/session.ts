import type { Auth } from './auth.js'
import type { Clock } from './clock.js'
import { type JsonObject, member } from './encoding/strict-json.js'
import { InvalidOptions, RequestRefused } from './errors.js'

export interface SessionOptions {
  /** Called once, when the token is no longer accepted: `exp` and the clock tolerance have passed. Not after `close()`. */
  readonly onExpired: () => void
}

/** A connection that outlives its request, such as a WebSocket: open as long as its caller has a valid access token. */
export interface Session {
  /** The caller, by its newest token. */
  readonly auth: Auth
  /**
   * Goes on with a fresh token of the same caller, from a request or from `authenticate`. When it throws, the session goes
   * on with the token that it has.
   * @throws {RequestRefused} `session_caller_changed`, or `token_expired`, also when the session has ended.
   */
  renew(auth: Auth): void
  /** Ends the session, mostly because its connection has ended. */
  close(): void
}

export interface SessionRules {
  readonly clock: Clock
  readonly clockToleranceSeconds: number
}

/** Runs the check of a renewal: the opener knows whose the fresh caller has to be, and who hears of a refusal. */
export type CheckRenewal = (fresh: Auth, check: () => void) => void

export interface SessionStart extends SessionOptions {
  readonly auth: Auth
  readonly checkRenewal: CheckRenewal
}

/** Often enough to notice a wall clock that is set, or a laptop that slept. */
const longestSleepMilliseconds = 60_000

/** @throws {InvalidOptions} */
export function openSession({ auth: first, onExpired, checkRenewal }: SessionStart, rules: SessionRules): Session {
  if (typeof onExpired !== 'function')
    throw new InvalidOptions('onExpired', 'A session takes { onExpired }, a function that ends the connection.')
  let auth = first
  let isOpen = true
  let timer: ReturnType<typeof setTimeout> | undefined

  const millisecondsLeft = ({ claims }: Auth) =>
    (claims.exp + rules.clockToleranceSeconds) * 1000 - rules.clock.epochMilliseconds()

  function watch(): void {
    timer = setTimeout(look, Math.min(millisecondsLeft(auth), longestSleepMilliseconds))
    // The connection keeps the process alive, not the watch over it.
    if (typeof timer === 'object') timer.unref?.()
  }

  function look(): void {
    isOpen = millisecondsLeft(auth) > 0
    if (isOpen) watch()
    else onExpired()
  }

  watch()
  return {
    get auth() {
      return auth
    },
    renew: (fresh) => {
      checkRenewal(fresh, () => {
        if (!isOpen || !(millisecondsLeft(fresh) > 0)) throw new RequestRefused('token_expired')
        if (!isSameCaller(auth, fresh)) throw new RequestRefused('session_caller_changed')
      })
      auth = fresh
      clearTimeout(timer)
      watch()
    },
    close: () => {
      isOpen = false
      clearTimeout(timer)
    },
  }
}

/** What tells one caller from another. A session must not change hands, nor lose the key that its tokens are bound to. */
function isSameCaller(one: Auth, other: Auth): boolean {
  const sameClaims = ['iss', 'sub', 'client_id', 'azp', 'org_id'].every(
    (name) => member(one.claims, name) === member(other.claims, name),
  )
  const sameBinding = ['jkt', 'x5t#S256'].every((name) => confirmed(one, name) === confirmed(other, name))
  return sameClaims && sameBinding && one.scheme === other.scheme
}

function confirmed({ claims }: Auth, name: string): unknown {
  return member(Object(member(claims, 'cnf')) as JsonObject, name)
}
