import { createResourceServer, InvalidOptions } from 'sallyport'

/** The issuer that Sallyport makes of a domain: https, but http for this machine. `undefined` where it takes none. */
export function issuerOf(domain: string): string | undefined {
  try {
    return createResourceServer({ domain, audience: 'any' }).health().issuers[0]?.issuer
  } catch (error) {
    if (error instanceof InvalidOptions) return undefined
    throw error
  }
}
