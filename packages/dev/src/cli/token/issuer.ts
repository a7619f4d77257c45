import { createResourceServer, InvalidOptions } from 'sallyport'
import { usageMistake } from '../failure.js'

/**
 * The issuer of a domain, with a slash at the end: what Sallyport itself makes of the option `domain`.
 *
 * @throws {CliFailure} It is not a host name.
 */
export function issuerOf(domain: string): string {
  const issuer = issuerOrMistake(domain)
  if (issuer instanceof InvalidOptions)
    throw usageMistake(
      issuer.message.replace('Option "domain"', 'The domain'),
      'sallyport token --domain tenant.eu.auth0.com, or localhost:4490 for the local tenant',
    )
  return issuer
}

/** Whether a host is this machine, which may be spoken to over http. */
export function isLoopback(host: string): boolean {
  const issuer = issuerOrMistake(host)
  return typeof issuer === 'string' && issuer.startsWith('http:')
}

function issuerOrMistake(domain: string): string | InvalidOptions {
  try {
    // Without the slash and the scheme, which Sallyport takes away too, but not without a warning on every run.
    const bare = domain.replace(/^https:\/\//i, '').replace(/\/$/, '')
    const server = createResourceServer({ domain: bare, audience: 'any' })
    server.close()
    return server.health().issuers[0]?.issuer ?? ''
  } catch (error) {
    if (error instanceof InvalidOptions) return error
    throw error
  }
}
