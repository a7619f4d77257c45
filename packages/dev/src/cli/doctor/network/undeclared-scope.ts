import { distance } from 'fastest-levenshtein'
import type { Rule } from '../rule.js'
import { shown } from '../surroundings/settings-of.js'
import { knownApi } from './inventory.js'
import { wantedRights } from './wanted-rights.js'

export const undeclaredScope: Rule = {
  code: 'undeclared-scope',
  severity: 'error',
  mend: { text: 'Add it to the API (Dashboard: Applications > APIs > Permissions), or mend its name here.' },
  docs: 'docs/errors.md',
  check: async (project) => {
    const api = await knownApi(project)
    if (api === undefined) return []
    const declared = (api.scopes ?? []).map(({ value }) => value)
    return wantedRights(project)
      .filter(({ name }) => !declared.includes(name))
      .map(({ name, place, isAlternative }) => {
        const effect = isAlternative ? 'only another one opens this route' : 'the answer is always 403'
        const message = `The API has no permission ${shown(name)}: no token can have it, and ${effect}.`
        return { place, message: message + guess(name, declared) }
      })
  },
}

function guess(wanted: string, declared: readonly string[]): string {
  const near = declared.find((name) => distance(name, wanted) <= 2)
  return near === undefined ? '' : ` It has ${shown(near)}.`
}
