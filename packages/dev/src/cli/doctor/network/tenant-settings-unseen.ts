import type { Rule } from '../rule.js'
import { inventoryOf } from './inventory.js'

/** Says what the other rules could not look at. */
export const tenantSettingsUnseen: Rule = {
  code: 'tenant-settings-unseen',
  severity: 'info',
  mend: { text: 'Log in to the tenant with the auth0 CLI, and they are looked at as well.', command: 'auth0 login' },
  check: async (project) => {
    const found = await inventoryOf(project)
    if (found === undefined || !('why' in found)) return []
    const message = `The settings of the API (permissions, algorithm, DPoP, grants) were not looked at: ${found.why}.`
    return [{ message, mend: found.mend }]
  },
}
