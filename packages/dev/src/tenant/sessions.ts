import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { randomText } from './identifiers.js'
import { createOnce, type Once } from './once.js'
import type { TenantContext } from './tenant-context.js'

/** Who is logged in in a browser. */
export interface Session {
  readonly user_id: string
  /** Seconds since 1970. */
  readonly auth_time: number
}

export interface Sessions {
  of(c: Context): Session | undefined
  begin(c: Context, userId: string): Session
  end(c: Context): void
}

/** Browsers keep none for longer. */
const maxCookieSeconds = 400 * 86_400

export function createSessions({ state, clock, issuer }: Pick<TenantContext, 'state' | 'clock' | 'issuer'>): Sessions {
  // Cookies know hosts and no ports: without it two tenants of one machine would end each other's sessions.
  const cookieName = `auth0${new URL(issuer).port}`
  const sessions: Once<Session> = createOnce(clock.nowSeconds)
  return {
    of: (c) => sessions.peek(getCookie(c, cookieName) ?? ''),
    begin: (c, userId) => {
      const id = randomText(32)
      const session = { user_id: userId, auth_time: clock.nowSeconds() }
      const lifetimeSeconds = Math.round(state.settings.get().session_lifetime * 3600)
      const maxAge = Math.min(lifetimeSeconds, maxCookieSeconds)
      sessions.put(id, session, lifetimeSeconds)
      setCookie(c, cookieName, id, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge })
      return session
    },
    end: (c) => {
      sessions.take(getCookie(c, cookieName) ?? '')
      setCookie(c, cookieName, '', { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 0 })
    },
  }
}
