import type { Context, MiddlewareHandler } from 'hono'
import { MessagePage } from './pages/pages.js'

const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/**
 * Keeps away who comes by a foreign name. A page whose own name a stranger has pointed at this machine (DNS rebinding) is of the
 * same origin as all that it asks for, so nothing but the name tells it from the tenant's own pages.
 */
export function guardHost(issuer: string): MiddlewareHandler {
  const own = new URL(issuer)

  function isOwn(host: string): boolean {
    const url = `${own.protocol}//${host}`
    if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(url)) return false
    const named = new URL(url)
    return named.host === own.host || loopback.includes(named.hostname)
  }

  return async (c, next) => {
    // A request line can have a host of its own, and not that of the header. RFC 9112 section 3.2.2.
    const hosts = [new URL(c.req.url).host, c.req.header('host')]
    const isForeign = hosts.some((host) => host !== undefined && !isOwn(host))
    return isForeign ? refused(c, `This tenant answers to no other name than that in ${issuer}`) : next()
  }
}

/** What a caller can read, by the path that it asks for. */
const bodies: readonly (readonly [path: RegExp, body: (message: string) => object])[] = [
  [/^\/api\//, (message) => ({ statusCode: 421, error: 'Misdirected Request', message })],
  [
    /^\/(oauth\/|userinfo$|\.well-known\/|faults$)/,
    (message) => ({ error: 'invalid_request', error_description: message }),
  ],
]

function refused(c: Context, message: string): Response | Promise<Response> {
  const [, body] = bodies.find(([path]) => path.test(c.req.path)) ?? []
  return body === undefined
    ? c.html(<MessagePage title="Refused" text={message} />, 421)
    : c.json(body(message), 421, { 'cache-control': 'no-store' })
}
