import { environment } from '../environment.js'
import { InvalidOptions } from '../errors.js'
import { bareDomain, checkIssuer, isLoopback, issuerOfDomain } from './issuer-url.js'
import type { AllowedIssuers, DomainsResolver } from './issuers.js'

/** The options that say whose tokens are accepted. */
export interface IssuerOptions {
  /** The Auth0 domain, a bare host such as `tenant.eu.auth0.com`. Default: the environment's `AUTH0_DOMAIN`. */
  readonly domain?: string | undefined
  /** Several domains, or a resolver that gives the domains allowed for a request. Used instead of `domain`. */
  readonly domains?: readonly string[] | DomainsResolver
  /** Any OpenID Connect or OAuth issuer, spelled as in its tokens. Used instead of `domain`. */
  readonly issuer?: string | undefined
}

/**
 * The issuers that the options name, or the resolver that will.
 *
 * @throws {InvalidOptions} when there is none, when two options contradict each other, or when one is not allowed here.
 */
export function configuredIssuers(options: IssuerOptions, isProduction: boolean): AllowedIssuers {
  const { domain, domains, issuer } = options
  if (issuer !== undefined && (domain !== undefined || domains !== undefined)) {
    throw new InvalidOptions('issuer', 'Option "issuer" stands instead of "domain" and "domains". Give one of them.')
  }
  if (typeof domains === 'function') return { resolver: domains }
  if (issuer !== undefined) return { issuers: [refuseLoopback('issuer', checkIssuer('issuer', issuer), isProduction)] }
  if (domains !== undefined) {
    return { issuers: domains.map((one) => refuseLoopback('domains', issuerFrom('domains', one), isProduction)) }
  }
  const one = domain ?? environment('AUTH0_DOMAIN')
  if (one === undefined) {
    throw new InvalidOptions(
      'domain',
      'No issuer is configured. Set AUTH0_DOMAIN in the environment, or give the option "domain" (or "domains", or "issuer").',
    )
  }
  return { issuers: [refuseLoopback('domain', issuerFrom('domain', one), isProduction)] }
}

function issuerFrom(option: string, domain: string): string {
  const bare = bareDomain(domain)
  const loopback = bare.replace(/^http:\/\//i, '')
  const issuer = issuerOfDomain(bare) ?? (loopback === bare ? undefined : loopbackIssuer(loopback))
  if (issuer === undefined) {
    throw new InvalidOptions(
      option,
      `Option "${option}" is not a bare host name. Give the Auth0 domain alone, such as 'tenant.eu.auth0.com'; for another issuer use "issuer".`,
    )
  }
  if (bare !== domain) warnOnce(option)
  return issuer
}

function loopbackIssuer(host: string): string | undefined {
  const issuer = issuerOfDomain(host)
  return issuer?.startsWith('http://') ? issuer : undefined
}

const warned = new Set<string>()

function warnOnce(option: string): void {
  if (warned.has(option)) return
  warned.add(option)
  console.warn(`sallyport: option "${option}" takes a bare host name; "https://" and a slash at the end were removed.`)
}

function refuseLoopback(option: string, issuer: string, isProduction: boolean): string {
  if (isProduction && isLoopback(new URL(issuer).hostname)) {
    throw new InvalidOptions(
      option,
      `Option "${option}" is a loopback host, and NODE_ENV is production. A local issuer must not be trusted there.`,
    )
  }
  return issuer
}
