import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { randomText } from './identifiers.js'
import { createOnce, type Once } from './once.js'

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

const cookieName = 'auth0'
const lifetimeSeconds = 72 * 3600

export function createSessions(nowSeconds: () => number): Sessions {
  const sessions: Once<Session> = createOnce(nowSeconds)
  return {
    of: (c) => sessions.peek(getCookie(c, cookieName) ?? ''),
    begin: (c, userId) => {
      const id = randomText(32)
      const session = { user_id: userId, auth_time: nowSeconds() }
      sessions.put(id, session, lifetimeSeconds)
      setCookie(c, cookieName, id, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: lifetimeSeconds })
      return session
    },
    end: (c) => {
      sessions.take(getCookie(c, cookieName) ?? '')
      setCookie(c, cookieName, '', { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 0 })
    },
  }
}
