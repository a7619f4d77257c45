import type { Rule } from '../rule.js'
import { clientToken } from './client-token.js'
import { inventoryOf } from './inventory.js'
import { clientIdPlace } from './setting-place.js'

export const clientRefused: Rule = {
  code: 'client-refused',
  severity: 'warning',
  mend: { text: 'Copy client id and secret of the same application, of the tenant that AUTH0_DOMAIN names.' },
  docs: 'docs/quickstart.md',
  check: async (project) => {
    const { AUTH0_CLIENT_ID: clientId = '', AUTH0_CLIENT_SECRET: secret = '' } = project.environment
    if (clientId === '' || secret === '' || (await inventoryOf(project)) === undefined) return []
    const answer = await clientToken(project)
    if (answer === undefined || !('error' in answer) || answer.status !== 401) return []
    return [{ ...clientIdPlace(project), message: 'The tenant refuses AUTH0_CLIENT_ID with AUTH0_CLIENT_SECRET.' }]
  },
}
