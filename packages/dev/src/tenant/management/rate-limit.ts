import type { MiddlewareHandler } from 'hono'

const requestsPerSecond = 50

/**
 * Counts as Auth0 does, and refuses nobody. A 5xx goes without: Auth0's client would wait for the next second and try again.
 */
export function countRequests(): MiddlewareHandler {
  let second = 0
  let used = 0
  return async (c, next) => {
    // The machine's clock: clients compare with their own.
    const now = Math.floor(Date.now() / 1000)
    used = now === second ? used + 1 : 1
    second = now
    await next()
    if (c.res.status >= 500) return
    c.res.headers.set('x-ratelimit-limit', String(requestsPerSecond))
    c.res.headers.set('x-ratelimit-remaining', String(Math.max(0, requestsPerSecond - used)))
    c.res.headers.set('x-ratelimit-reset', String(now + 1))
  }
}
