import { issuerOf as issuerOfDomain } from '../../project/issuer.js'
import type { Project } from '../project.js'

/** The issuer of a bare domain, as Sallyport makes it; `undefined` where it would refuse the domain, or mend it. */
export function issuerOf(domain: string): string | undefined {
  return domain === '' || bareHost(domain) !== domain ? undefined : issuerOfDomain(domain)
}

/** Without what Sallyport takes away by itself. */
export function bareHost(domain: string): string {
  const bare = domain.replace(/^https:\/\//i, '').replace(/\/$/, '')
  const local = bare.replace(/^http:\/\//i, '')
  return /^(localhost|[\w-]+\.localhost|127\.|\[::1\])/i.test(local) ? local : bare
}

/** The issuer that the project's API goes by, if it goes by a domain that works. */
export function issuerOfProject({ environment }: Project): string | undefined {
  return issuerOf(bareHost(environment['AUTH0_DOMAIN'] ?? ''))
}
