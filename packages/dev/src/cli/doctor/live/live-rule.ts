import type { Project } from '../project.js'
import type { Finding, Rule } from '../rule.js'
import type { Exploration, Unreachable } from './exploration.js'

/** A rule over what the API has answered. */
export interface LiveRule extends Omit<Rule, 'check'> {
  look(exploration: Exploration): readonly Finding[]
}

export type Explore = (project: Project) => Promise<Exploration | Unreachable>

/** An API that is not there is found out once, by a rule of its own. */
export function liveRule({ look, ...rule }: LiveRule, explore: Explore): Rule {
  return {
    ...rule,
    check: async (project) => {
      const exploration = await explore(project)
      return 'unreachable' in exploration ? [] : look(exploration)
    },
  }
}
