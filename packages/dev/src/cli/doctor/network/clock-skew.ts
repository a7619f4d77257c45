import type { Rule } from '../rule.js'
import { tenantDocuments } from './tenant-documents.js'

const toleratedSeconds = 60

export const clockSkew: Rule = {
  code: 'clock-skew',
  severity: 'warning',
  mend: {
    text: 'Let the clock of this machine be set by the network (NTP); in a container or a virtual machine, that of its host.',
  },
  check: async (project) => {
    const tenant = await tenantDocuments(project)
    const ahead = tenant?.clockAheadSeconds ?? 0
    if (tenant === undefined || Math.abs(ahead) <= toleratedSeconds) return []
    const consequence = ahead > 0 ? 'fresh tokens are not valid yet here' : 'tokens expire too early here'
    const message = `The clock of this machine is ${Math.abs(ahead)} s ${ahead > 0 ? 'behind' : 'ahead of'} that of ${tenant.host}: ${consequence}.`
    return [{ message }]
  },
}
