import type { Rule } from '../rule.js'
import type { Explore } from './live-rule.js'

export function unreachable(url: URL, explore: Explore): Rule {
  return {
    code: 'live-unreachable',
    severity: 'error',
    mend: { text: 'Start the API, and give --url the address of one of its protected routes.' },
    check: async (project) => {
      const exploration = await explore(project)
      if (!('unreachable' in exploration)) return []
      return [{ message: `The API at ${url.origin} does not answer: ${exploration.unreachable}.` }]
    },
  }
}
