import type { Mend, Rule } from '../rule.js'
import { domainPlace } from './setting-place.js'
import { type TenantDocuments, tenantDocuments } from './tenant-documents.js'

const certificate = /CERT|SELF_SIGNED|ERR_TLS|UNABLE_TO_/

/** What is wrong with the metadata alone is said by rules of their own. */
const elsewhere: readonly string[] = ['issuer_mismatch', 'jwks_uri_refused']

export const discoveryFailed: Rule = {
  code: 'discovery-failed',
  severity: 'error',
  mend: { text: 'Check AUTH0_DOMAIN: an issuer serves /.well-known/openid-configuration there.' },
  docs: 'docs/quickstart.md',
  check: async (project) => {
    const tenant = await tenantDocuments(project)
    if (tenant?.failure === undefined) return []
    const { document, reason } = tenant.failure
    if (document !== 'metadata' || elsewhere.includes(reason)) return []
    const message = `${tenant.host} does not answer as an issuer: ${reasonText(tenant)}.`
    const mend = mendOf(tenant)
    return [{ ...domainPlace(project), message, ...(mend === undefined ? {} : { mend }) }]
  },
}

/** Completes the sentence "It does not answer: …". */
export function reasonText({ failure, status, connectionFailure = '' }: TenantDocuments): string {
  switch (failure?.reason) {
    case 'timeout':
      return 'there was no answer within 5 s'
    case 'network':
      if (connectionFailure === 'ECONNREFUSED') return 'nothing listens there'
      if (certificate.test(connectionFailure)) return `its certificate is not trusted (${connectionFailure})`
      return `the connection failed${connectionFailure === '' ? '' : ` (${connectionFailure})`}`
    case 'redirect':
      return 'it redirects to another address'
    case 'status':
      return `it answers with status ${status}`
    case 'content_type':
      return 'what it serves there is not JSON'
    case 'not_json':
      return 'what it serves there is not a JSON object'
    case 'too_large':
      return 'what it serves there is larger than 128 KiB'
    default:
      return failure?.reason.replaceAll('_', ' ') ?? 'no reason is known'
  }
}

function mendOf({ issuer, failure, connectionFailure = '' }: TenantDocuments): Mend | undefined {
  if (issuer.startsWith('http:') && connectionFailure === 'ECONNREFUSED')
    return { text: 'Start the local tenant.', command: `npx sallyport dev --port ${new URL(issuer).port || '80'}` }
  if (certificate.test(connectionFailure))
    return {
      text: 'Let Node trust it: set NODE_EXTRA_CA_CERTS to the certificate of the authority before Node starts.',
    }
  if (failure?.reason === 'timeout')
    return {
      text: 'Look for a firewall or a proxy in between, or leave the network out.',
      command: 'sallyport doctor --offline',
    }
  return undefined
}
