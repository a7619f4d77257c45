/** An http(s) URI in normal form, without query and fragment, split where a proxy may have a say. */
export interface HttpUri {
  readonly scheme: HttpScheme
  /** Lower case, without the scheme's own port. */
  readonly authority: string
  /** Begins with a slash. */
  readonly path: string
}

export type HttpScheme = 'http' | 'https'

const uriText = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/
const uriParts = /^(https?):\/\/([^/?#]+)([^?#]*)/i

/**
 * Reads an http(s) URI by RFC 3986 and normalises it, or gives `undefined` for what is none: another scheme, user
 * information, white space, a backslash, a missing slash, letters beyond ASCII. What a browser would repair is not repaired
 * here: two readers that repair differently see two URIs.
 *
 * @param dotSegments What becomes of `.` and `..` in the path: a router that got the URI has not removed them.
 * @see RFC 3986 sections 3, 6.2.2 and 6.2.3
 */
export function parseHttpUri(text: string, dotSegments: 'removed' | 'refused'): HttpUri | undefined {
  const parts = uriText.test(text) ? uriParts.exec(text) : null
  if (parts === null) return undefined
  const [, writtenScheme = '', writtenAuthority = '', writtenPath = ''] = parts
  const scheme = parseScheme(writtenScheme)
  if (scheme === undefined) return undefined
  const authority = parseAuthority(writtenAuthority, scheme)
  const path = dotSegments === 'removed' ? pathWithoutDots(writtenPath) : normalPath(writtenPath || '/')
  return authority === undefined || path === undefined ? undefined : { scheme, authority, path }
}

export function formatHttpUri({ scheme, authority, path }: HttpUri): string {
  return `${scheme}://${authority}${path}`
}

export function parseScheme(text: string): HttpScheme | undefined {
  const scheme = text.toLowerCase()
  return scheme === 'http' || scheme === 'https' ? scheme : undefined
}

const hostAndPort = /^(\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(?::(0|[1-9][0-9]{0,4})?)?$/i

/**
 * Reads `host[:port]`, or gives `undefined` for a host that a resolver would read as another: `0x7f.1` for 127.0.0.1, a dot
 * at the end. The short and the long spellings of an IPv6 address are one.
 */
export function parseAuthority(text: string, scheme: HttpScheme): string | undefined {
  if (last.text !== text || last.scheme !== scheme) last = { text, scheme, authority: readAuthority(text, scheme) }
  return last.authority
}

interface Authority {
  readonly text: string
  readonly scheme: HttpScheme
  readonly authority: string | undefined
}

/** Two are compared for every proof, and they are mostly spelled alike. */
let last: Authority = { text: '', scheme: 'http', authority: undefined }

function readAuthority(text: string, scheme: HttpScheme): string | undefined {
  const [, written, port = ''] = hostAndPort.exec(text) ?? []
  const host = written === undefined ? undefined : canonicalHost(written.toLowerCase())
  if (host === undefined || Number(port) > 65_535) return undefined
  return port === '' || port === (scheme === 'https' ? '443' : '80') ? host : `${host}:${port}`
}

function canonicalHost(written: string): string | undefined {
  if (written.endsWith('.')) return undefined
  const { hostname } = URL.canParse(`http://${written}/`) ? new URL(`http://${written}/`) : { hostname: undefined }
  return hostname === written || written.startsWith('[') ? hostname : undefined
}

const pathText = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/
const dotSegment = /\/(?:\.|%2e){1,2}(?:\/|$)/i
const unreserved = /[A-Za-z0-9\-._~]/

/**
 * Normalises an absolute path: percent-encodings in upper case, and decoded where they need not be. Gives `undefined` for a
 * path with dot segments, whichever way they are written: who routes by it decides what it means.
 *
 * @see RFC 3986 sections 6.2.2.1 and 6.2.2.2
 */
export function normalPath(path: string): string | undefined {
  if (!pathText.test(path) || dotSegment.test(path)) return undefined
  if (!path.includes('%')) return path
  return path.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
    return unreserved.test(character) ? character : encoded.toUpperCase()
  })
}

const encodedDots = /\/(?:%2e|%2e\.|\.%2e|%2e%2e)(?:\/|$)/i

/** Removes literal dot segments only: nothing that is refused may hide before one. */
function pathWithoutDots(written: string): string | undefined {
  const path = written || '/'
  if (!path.includes('/.')) return normalPath(path)
  return pathText.test(path) && !encodedDots.test(path) ? normalPath(removeDotSegments(path)) : undefined
}

/** RFC 3986 section 5.2.4. */
function removeDotSegments(path: string): string {
  const kept: string[] = []
  const segments = path.split('/')
  for (const segment of segments.slice(1)) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  const last = segments.at(-1)
  return `/${kept.join('/')}${(last === '.' || last === '..') && kept.length > 0 ? '/' : ''}`
}
