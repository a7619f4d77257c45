import { InvalidOptions, RequestRefused } from '../errors.js'
import type { ProtectedRequest } from './credentials.js'
import { readForwarded } from './forwarded.js'
import { fieldValues } from './header-fields.js'
import { formatHttpUri, type HttpUri, normalPath, parseAuthority, parseHttpUri } from './http-uri.js'
import type { TrustedHops } from './trusted-hops.js'

export interface TargetRules {
  /** Scheme, authority and prefix that every request has, whatever it says. */
  readonly publicUrl: HttpUri | undefined
  readonly trustedHops: TrustedHops
}

/**
 * The URI that the client asked for, in normal form and without query: the request target as it arrived, behind an origin
 * that is configured, forwarded by a trusted hop, or this server's own.
 *
 * @throws {RequestRefused} `request_target_refused`, `forwarded_refused`.
 * @see RFC 9449 section 4.3, RFC 9112 section 3.3, RFC 9110 section 7.2
 */
export function targetUri(request: ProtectedRequest, { publicUrl, trustedHops }: TargetRules): string {
  const target = readTarget(request.url)
  if (publicUrl !== undefined) return formatHttpUri({ ...publicUrl, path: under(publicUrl.path, target.path) })
  const hops = trustedHops(request)
  const forwarded = hops === 0 ? undefined : readForwarded(request.headers, hops)
  if (target.scheme !== undefined && request.scheme !== undefined && target.scheme !== request.scheme)
    throw new RequestRefused('request_target_refused')
  const scheme = forwarded?.scheme ?? request.scheme ?? target.scheme ?? 'http'
  const authority =
    forwarded?.host === undefined ? ownAuthority(request, target, scheme) : parseAuthority(forwarded.host, scheme)
  if (authority === undefined) throw new RequestRefused('request_target_refused')
  return formatHttpUri({ scheme, authority, path: under(forwarded?.prefix ?? '', target.path) })
}

/** @throws {InvalidOptions} */
export function resolvePublicUrl(publicUrl: string): HttpUri {
  const parsed = parseHttpUri(publicUrl, 'refused')
  if (parsed === undefined || /[?#]/.test(publicUrl)) {
    throw new InvalidOptions(
      'publicUrl',
      'Option "publicUrl" is not an http(s) URL without query and fragment, such as https://api.example.com/v1.',
    )
  }
  return parsed
}

function under(prefix: string, path: string): string {
  return prefix.endsWith('/') ? prefix.slice(0, -1) + path : prefix + path
}

/** The request target: a path on a Node server, a whole URI from a proxy's client and in a fetch runtime. */
function readTarget(url: string): Target {
  const target = typeof url === 'string' ? parseTarget(url.split('?', 1)[0] ?? '') : undefined
  if (target === undefined) throw new RequestRefused('request_target_refused')
  return target
}

type Target = Partial<HttpUri> & Pick<HttpUri, 'path'>

function parseTarget(withoutQuery: string): Target | undefined {
  if (withoutQuery.startsWith('/')) {
    const path = normalPath(withoutQuery)
    return path === undefined ? undefined : { path }
  }
  // Routers have found the path of a URI without one in its query.
  return wholeUri.test(withoutQuery) ? parseHttpUri(withoutQuery, 'refused') : undefined
}

const wholeUri = /^https?:\/\/[^/#]+\/[^#]*$/i

/** A target that names its host must agree with `Host`: which of two the router and the log believe is not known here. */
function ownAuthority(
  { headers }: ProtectedRequest,
  target: Partial<HttpUri>,
  scheme: HttpUri['scheme'],
): string | undefined {
  const hosts = fieldValues(headers, 'host')
  // HTTP/2 has `:authority` where HTTP/1.1 has `Host`, and may have both. RFC 9113 section 8.3.1.
  const written = new Set([...hosts, ...fieldValues(headers, ':authority')])
  if (hosts.length > 1 || written.size > 1) return undefined
  const [own] = written
  const host = own === undefined ? target.authority : parseAuthority(own, scheme)
  return target.authority === undefined || target.authority === host ? host : undefined
}
