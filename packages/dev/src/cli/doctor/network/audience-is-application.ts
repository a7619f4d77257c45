import type { Rule } from '../rule.js'
import { shown } from '../surroundings/settings-of.js'
import { knownInventory } from './inventory.js'
import { audiencePlace } from './setting-place.js'

export const audienceIsApplication: Rule = {
  code: 'audience-is-application',
  severity: 'error',
  mend: {
    text: 'An application asks for tokens; an API gets them. Create an API (Applications > APIs), and use its identifier.',
    command: 'npx sallyport init',
  },
  docs: 'docs/quickstart.md',
  check: async (project) => {
    const inventory = await knownInventory(project)
    if (inventory === undefined || inventory.api !== undefined) return []
    const { audience } = inventory
    const applications = (await inventory.applications()) ?? []
    const found = applications.find(({ client_id, name }) => client_id === audience || name === audience)
    if (found === undefined) return []
    const what = found.client_id === audience ? 'client id' : 'name'
    const message = `AUTH0_AUDIENCE is the ${what} of the application ${shown(found.name)}, not the identifier of an API.`
    return [{ ...audiencePlace(project), message }]
  },
}
