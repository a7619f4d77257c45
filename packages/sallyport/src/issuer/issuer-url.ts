import { InvalidOptions } from '../errors.js'

/** Which hosts count as this machine. They alone may be spoken to over http, and never in production. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}

/** The domain without what people copy along with it. */
export function bareDomain(domain: string): string {
  return domain.replace(/^https:\/\//i, '').replace(/\/$/, '')
}

const host = /^(?!.*\.\.)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$|^\[::1\](?::\d{1,5})?$/i

/** The issuer of an Auth0 domain: with a slash at the end. `undefined` when it is not a bare host name. */
export function issuerOfDomain(domain: string): string | undefined {
  if (typeof domain !== 'string' || domain.length > 260 || !host.test(domain)) return undefined
  const url = parseUrl(`https://${domain}/`)
  // The parser rewrites what is not a plain name (0x7f.1, 127.1): what changes on the way is not a plain name.
  if (url === undefined || (url.host !== domain.toLowerCase() && `${url.host}:443` !== domain.toLowerCase()))
    return undefined
  if (isLoopback(url.hostname)) return `http://${url.host}/`
  const isAddress = /^[\d.]+$/.test(url.hostname)
  return isAddress || !url.hostname.includes('.') || url.hostname.endsWith('.') ? undefined : `https://${url.host}/`
}

/** Whether this is a host name, with a port or not, exactly as a URL spells it but for case. */
export function isHost(name: string): boolean {
  return parseUrl(`https://${name}/`)?.host === name.toLowerCase()
}

/**
 * Checks the `issuer` option. The string itself is kept: the `iss` claim is compared with it character by character.
 *
 * @throws {InvalidOptions}
 * @see RFC 8414 section 2, OpenID Connect Discovery 1.0 section 3
 */
export function checkIssuer(option: string, issuer: string): string {
  const url = parseUrl(issuer)
  if (url === undefined)
    throw new InvalidOptions(
      option,
      `Option "${option}" is not a URL. Give the issuer as its tokens spell it, with https://.`,
    )
  if (url.username !== '' || url.password !== '' || issuer.includes('?') || issuer.includes('#')) {
    throw new InvalidOptions(
      option,
      `Option "${option}" has a user, a query or a fragment. An issuer is scheme, host and path only.`,
    )
  }
  if (url.href !== issuer && url.href !== `${issuer}/`) {
    throw new InvalidOptions(
      option,
      `Option "${option}" is not spelled as a URL is: give it in lower case, without spaces, as the issuer's metadata has it.`,
    )
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new InvalidOptions(
      option,
      `Option "${option}" is not an https URL. Only a loopback host may be spoken to over http.`,
    )
  }
  return issuer
}

/**
 * Whether a key set may be fetched from here: the issuer's own origin, or https on a host that the configuration names.
 * A metadata document must not be able to point the server at its own network.
 */
export function isAllowedJwksUri(jwksUri: unknown, issuer: string, allowedHosts: readonly string[]): jwksUri is string {
  const url = typeof jwksUri === 'string' ? parseUrl(jwksUri) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') return false
  const { protocol, host } = new URL(issuer)
  return (
    (url.protocol === protocol && url.host === host) || (url.protocol === 'https:' && allowedHosts.includes(url.host))
  )
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
