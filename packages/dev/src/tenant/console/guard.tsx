import type { Context, MiddlewareHandler } from 'hono'
import { MessagePage } from '../pages/pages.js'
import { contentSecurityPolicy } from './content-security-policy.js'

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Not "no-referrer": with it, browsers send "Origin: null" with the console's own forms.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

/**
 * Keeps pages of other origins away from the console, which asks nobody to log in: their forms, scripts and frames. Names that
 * are not this machine's are refused before.
 */
export function guardConsole(issuer: string): MiddlewareHandler {
  const text = `Another site has sent this. The console takes only what its own pages send: open it at ${issuer}`
  return async (c, next) => {
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    const isSafe = c.req.method === 'GET' || c.req.method === 'HEAD'
    const isAllowed = isSafe ? mayRead(c) : mayChange(c)
    return isAllowed ? next() : c.html(<MessagePage title="Refused" text={text} />, 403)
  }
}

const ownSites: readonly (string | undefined)[] = [undefined, 'same-origin', 'none']

/** A link from elsewhere is welcome; a script, an image or a frame of another site is not. */
function mayRead(c: Context): boolean {
  if (ownSites.includes(c.req.header('sec-fetch-site'))) return true
  return c.req.header('sec-fetch-mode') === 'navigate' && c.req.header('sec-fetch-dest') === 'document'
}

/** Every browser says where a form comes from, by one header at least. */
function mayChange(c: Context): boolean {
  const origin = c.req.header('origin')
  const site = c.req.header('sec-fetch-site')
  if (origin === undefined && site === undefined) return false
  if (!ownSites.includes(site)) return false
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === new URL(c.req.url).host)
}
