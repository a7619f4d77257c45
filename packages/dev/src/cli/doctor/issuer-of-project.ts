import { issuerOf } from '../project/issuer.js'
import type { Project } from './project.js'

/** The issuer that the project's API goes by, if it goes by a domain that works. */
export function issuerOfProject({ environment }: Project): string | undefined {
  return issuerOf(environment['AUTH0_DOMAIN'] ?? '')
}
