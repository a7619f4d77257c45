import { differsBySlash } from '../../project/audience-slash.js'
import { writeEnvFile } from '../../project/env-file.js'
import type { Rule } from '../rule.js'
import { shown } from '../surroundings/settings-of.js'
import { knownInventory } from './inventory.js'
import { audiencePlace } from './setting-place.js'

/** The same mistake as in the surroundings, told by what the tenant has. */
export const identifierSlash: Rule = {
  code: 'aud-trailing-slash',
  severity: 'error',
  mend: { text: 'Spell AUTH0_AUDIENCE as the identifier of the API is spelled: a slash at the end counts.' },
  docs: 'docs/errors.md',
  check: async (project) => {
    const inventory = await knownInventory(project)
    if (inventory === undefined || inventory.api !== undefined) return []
    const { apis, audience } = inventory
    const near = apis.find(({ identifier }) => differsBySlash(identifier, audience))
    if (near === undefined) return []
    const { identifier } = near
    const { place } = audiencePlace(project)
    return [
      {
        ...audiencePlace(project),
        message: `AUTH0_AUDIENCE is ${shown(audience)}, and the API is ${shown(identifier)}: every token would be refused.`,
        mend: { text: `Set AUTH0_AUDIENCE=${identifier}` },
        ...(place === undefined ? {} : { repair: () => writeEnvFile(project.folder, { AUTH0_AUDIENCE: identifier }) }),
      },
    ]
  },
}
