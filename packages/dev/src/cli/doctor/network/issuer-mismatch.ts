import type { Rule } from '../rule.js'
import { shown } from '../surroundings/settings-of.js'
import { domainPlace } from './setting-place.js'
import { tenantDocuments } from './tenant-documents.js'

/** With a custom domain a tenant has two names, and its tokens carry the one that the application has used. */
export const issuerMismatch: Rule = {
  code: 'issuer-mismatch',
  severity: 'error',
  mend: {
    text: "Set AUTH0_DOMAIN to the domain that the applications log in at; where both are in use, list both in the option 'domains'.",
  },
  docs: 'docs/errors.md',
  check: async (project) => {
    const tenant = await tenantDocuments(project)
    if (tenant?.failure?.reason !== 'issuer_mismatch') return []
    const other = tenant.metadataIssuer === undefined ? 'none' : shown(tenant.metadataIssuer)
    const message = `The metadata at ${tenant.host} name another issuer: ${other} instead of ${shown(tenant.issuer)}. Every token would be refused.`
    return [{ ...domainPlace(project), message }]
  },
}
