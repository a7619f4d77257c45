import type { Project } from '../project.js'
import type { Rule } from '../rule.js'
import { shown } from '../surroundings/settings-of.js'
import { clientToken } from './client-token.js'
import { type Inventory, inventoryOf } from './inventory.js'
import { clientIdPlace } from './setting-place.js'

/** Without a client grant an application gets no token by client credentials. */
export const grantMissing: Rule = {
  code: 'grant-missing',
  severity: 'warning',
  mend: {
    text: 'Authorize the application (Dashboard: Applications > APIs > the API > Machine to Machine Applications).',
  },
  docs: 'docs/quickstart.md',
  check: async (project) => {
    const clientId = project.environment['AUTH0_CLIENT_ID'] ?? ''
    const found = clientId === '' ? undefined : await inventoryOf(project)
    if (found === undefined) return []
    const isMissing = 'why' in found ? await isRefused(project) : await isUngranted(found, clientId)
    if (!isMissing) return []
    const message = `The application of AUTH0_CLIENT_ID (${shown(clientId)}) has no grant for the API: it gets no token by client credentials.`
    return [{ ...clientIdPlace(project), message }]
  },
}

async function isRefused(project: Project): Promise<boolean> {
  const answer = await clientToken(project)
  return answer !== undefined && 'error' in answer && /is not authorized to access/.test(answer.description)
}

async function isUngranted(inventory: Inventory, clientId: string): Promise<boolean> {
  if (inventory.api === undefined || inventory.api.is_system === true) return false
  const [applications, grants] = await Promise.all([inventory.applications(), inventory.grants()])
  const application = applications?.find(({ client_id }) => client_id === clientId)
  // Others get their tokens for users.
  if (application?.app_type !== 'non_interactive' || grants === undefined) return false
  return !grants.some(({ client_id, subject_type = 'client' }) => client_id === clientId && subject_type === 'client')
}
