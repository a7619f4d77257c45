import type { Mend, Rule } from '../rule.js'
import { domainPlace } from './setting-place.js'
import { tenantDocuments } from './tenant-documents.js'

const offline: Mend = {
  text: 'Look at the connection of this machine, or leave the network out.',
  command: 'sallyport doctor --offline',
}

export const domainUnknown: Rule = {
  code: 'domain-unknown',
  severity: 'error',
  mend: {
    text: 'Copy the domain as the dashboard shows it (Applications > any application > Domain): tenant and region count.',
  },
  docs: 'docs/quickstart.md',
  check: async (project) => {
    const tenant = await tenantDocuments(project)
    if (tenant?.lookupFailure === undefined) return []
    const { host, lookupFailure } = tenant
    if (lookupFailure === 'ENOTFOUND')
      return [
        { ...domainPlace(project), message: `There is no host ${host}: the name of AUTH0_DOMAIN has no address.` },
      ]
    const message = `${host} could not be looked up (${lookupFailure}): no name server answers.`
    return [{ ...domainPlace(project), message, mend: offline }]
  },
}
