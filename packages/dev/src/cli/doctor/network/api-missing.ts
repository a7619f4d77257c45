import { distance } from 'fastest-levenshtein'
import { differsBySlash } from '../../project/audience-slash.js'
import type { Finding, Rule } from '../rule.js'
import { shown } from '../surroundings/settings-of.js'
import { clientToken } from './client-token.js'
import { type Inventory, inventoryOf } from './inventory.js'
import { audiencePlace } from './setting-place.js'

export const apiMissing: Rule = {
  code: 'api-missing',
  severity: 'error',
  mend: {
    text: 'Create the API in this tenant, or set AUTH0_AUDIENCE to the identifier of one that it has.',
    command: 'npx sallyport init',
  },
  docs: 'docs/quickstart.md',
  check: async (project) => {
    const found = await inventoryOf(project)
    if (found === undefined) return []
    const finding = 'why' in found ? await askedFor() : await looked(found)
    return finding === undefined ? [] : [{ ...audiencePlace(project), ...finding }]

    /** A token endpoint tells it apart from all other refusals. */
    async function askedFor(): Promise<Finding | undefined> {
      const answer = await clientToken(project)
      const isUnknown = answer !== undefined && 'error' in answer && /^Service not /.test(answer.description)
      const audience = shown(project.environment['AUTH0_AUDIENCE'] ?? '')
      return isUnknown ? { message: `The tenant has no API with the identifier ${audience}.` } : undefined
    }
  },
}

/** What rules of their own say is left to them. */
async function looked(inventory: Inventory): Promise<Finding | undefined> {
  const { api, apis, audience } = inventory
  if (api !== undefined || apis.some(({ identifier }) => differsBySlash(identifier, audience))) return undefined
  const applications = (await inventory.applications()) ?? []
  if (applications.some(({ client_id, name }) => client_id === audience || name === audience)) return undefined
  const message = `The tenant has no API with the identifier ${shown(audience)}.${guess(inventory)}`
  return { message }
}

function guess({ apis, audience }: Inventory): string {
  const own = apis.filter(({ is_system }) => is_system !== true)
  const same = own.find(({ id, name }) => id === audience || name === audience)
  if (same !== undefined) return ` It is the ${same.id === audience ? 'id' : 'name'} of one: ${shown(same.identifier)}.`
  const [nearest] = own
    .map(({ identifier }) => ({ identifier, away: distance(identifier, audience) }))
    .sort((one, other) => one.away - other.away)
  const isNear = nearest !== undefined && (own.length === 1 || nearest.away <= audience.length / 3)
  return isNear ? ` It has ${shown(nearest.identifier)}.` : ''
}
