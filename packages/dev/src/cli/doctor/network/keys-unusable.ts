import type { Rule } from '../rule.js'
import { reasonText } from './discovery-failed.js'
import { domainPlace } from './setting-place.js'
import { type TenantDocuments, tenantDocuments } from './tenant-documents.js'

export const keysUnusable: Rule = {
  code: 'keys-unusable',
  severity: 'error',
  mend: {
    text: 'The key set of the issuer needs an RSA or EC key with "use": "sig", on a host of the issuer or of jwksHosts.',
  },
  docs: 'docs/errors.md',
  check: async (project) => {
    const tenant = await tenantDocuments(project)
    if (tenant?.failure === undefined) return []
    const { document, reason } = tenant.failure
    if (document !== 'jwks' && reason !== 'jwks_uri_refused') return []
    return [
      { ...domainPlace(project), message: `No token can be checked with the keys of ${tenant.host}: ${what(tenant)}.` },
    ]
  },
}

function what(tenant: TenantDocuments): string {
  switch (tenant.failure?.reason) {
    case 'no_usable_key':
      return 'no key of its key set is for signatures'
    case 'too_many_keys':
      return 'its key set has more than 100 keys'
    case 'jwks_uri_refused':
      return 'jwks_uri names another host, or none'
    default:
      return `of its key set, ${reasonText(tenant)}`
  }
}
