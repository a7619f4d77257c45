import { createResourceServer, InvalidOptions } from 'sallyport'
import { usageMistake } from '../failure.js'

/** The issuer that Sallyport makes of a domain: https, but http for this machine. `undefined` where it takes none. */
export function issuerOf(domain: string): string | undefined {
  const issuer = issuerOrMistake(bareHost(domain))
  return issuer instanceof InvalidOptions ? undefined : issuer
}

/** The same, for a domain that somebody has given. @throws {CliFailure} Sallyport takes none. */
export function requiredIssuer(domain: string): string {
  const issuer = issuerOrMistake(bareHost(domain))
  if (!(issuer instanceof InvalidOptions)) return issuer
  throw usageMistake(
    issuer.message.replace('Option "domain"', 'The domain'),
    'Such as --domain tenant.eu.auth0.com, or --domain localhost:4490 for the local tenant.',
  )
}

/** Whether a host is this machine, which may be spoken to over http. */
export function isLoopback(host: string): boolean {
  return issuerOf(host)?.startsWith('http:') === true
}

/** Without what Sallyport takes away by itself, but not without a warning on every run. */
export function bareHost(domain: string): string {
  const bare = domain.replace(/^https:\/\//i, '').replace(/\/$/, '')
  const withoutHttp = bare.replace(/^http:\/\//i, '')
  const issuer = issuerOrMistake(withoutHttp)
  return typeof issuer === 'string' && issuer.startsWith('http:') ? withoutHttp : bare
}

/** @param domain A bare host. */
function issuerOrMistake(domain: string): string | InvalidOptions {
  try {
    const server = createResourceServer({ domain, audience: 'any' })
    server.close()
    return server.health().issuers[0]?.issuer ?? ''
  } catch (error) {
    if (error instanceof InvalidOptions) return error
    throw error
  }
}
