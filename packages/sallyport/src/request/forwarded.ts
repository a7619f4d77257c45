import { RequestRefused } from '../errors.js'
import { listedValues, type RequestHeaders } from './header-fields.js'
import { type HttpScheme, normalPath, parseAuthority, parseScheme } from './http-uri.js'

/** What trusted hops say about the request that the client made; what they do not say is `undefined`. */
export interface Forwarded {
  readonly scheme: HttpScheme | undefined
  /** As it was written: it is normalised together with the scheme. */
  readonly host: string | undefined
  /** The part of the path that the hops took off; empty, or with a slash at its beginning only. */
  readonly prefix: string
}

/**
 * Reads `X-Forwarded-Proto`, `-Host` and `-Prefix` and `Forwarded`. Of several values the one that the outermost of the
 * trusted hops added counts; what stands to the left of it came from anyone.
 *
 * @throws {RequestRefused} `forwarded_refused` on a malformed value, and where the two ways contradict each other.
 * @see RFC 7239 section 4
 */
export function readForwarded(headers: RequestHeaders, hops: number): Forwarded {
  const element = readElement(addedBy(hops, listedValues(headers, 'forwarded')) ?? '')
  const proto = agreed(addedBy(hops, listedValues(headers, 'x-forwarded-proto')), element.get('proto'))
  // A handshake for a WebSocket is an HTTP request. RFC 6455 section 3.
  const scheme = proto === undefined ? undefined : parseScheme(proto.replace(/^ws/i, 'http'))
  const host = agreed(addedBy(hops, listedValues(headers, 'x-forwarded-host')), element.get('host'))
  const isMalformed =
    (proto !== undefined && scheme === undefined) || (host !== undefined && !parseAuthority(host, scheme ?? 'http'))
  if (isMalformed) throw new RequestRefused('forwarded_refused')
  return { scheme, host, prefix: readPrefix(addedBy(hops, listedValues(headers, 'x-forwarded-prefix'))) }
}

/** A hop that replaces instead of adding leaves fewer values than there are hops: then the first is the outermost. */
function addedBy<Value>(hops: number, values: readonly Value[]): Value | undefined {
  return values[Math.max(0, values.length - hops)]
}

function agreed(one: string | undefined, other: string | undefined): string | undefined {
  if (one !== undefined && other !== undefined && one.toLowerCase() !== other.toLowerCase())
    throw new RequestRefused('forwarded_refused')
  return one ?? other
}

function readPrefix(written: string | undefined): string {
  if (written === undefined || written === '' || written === '/') return ''
  const prefix = normalPath(written.replace(/\/$/, ''))
  if (prefix === undefined || prefix.includes('//')) throw new RequestRefused('forwarded_refused')
  return prefix
}

const pair = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([!#$%&'*+.^_`|~0-9A-Za-z:[\]-]+)|"([^"\\]*)")\s*$/

/** Colons and brackets are taken without quotes too, as they are often written. */
function readElement(element: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const text of element.split(';').filter((part) => part.trim() !== '')) {
    const [, name = '', token, quoted] = pair.exec(text) ?? []
    const value = token ?? quoted
    if (value === undefined || parameters.has(name.toLowerCase())) throw new RequestRefused('forwarded_refused')
    parameters.set(name.toLowerCase(), value)
  }
  return parameters
}
