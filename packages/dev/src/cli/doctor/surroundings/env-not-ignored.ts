import { isInGit } from '../../project/git.js'
import { ignoreEnv, isEnvIgnored, isEnvTracked } from '../../project/gitignore.js'
import type { Rule } from '../rule.js'
import { envPlace } from './settings-of.js'

export const envNotIgnored: Rule = {
  code: 'env-not-ignored',
  severity: 'warning',
  mend: { text: 'Add .env to .gitignore.' },
  check: async ({ folder, envFile }) => {
    if (envFile === undefined || !(await isInGit(folder))) return []
    // What is in git already is the business of env-tracked.
    if ((await isEnvTracked(folder)) || (await isEnvIgnored(folder))) return []
    return [
      {
        place: envPlace(1),
        message: '.env is not in .gitignore: the next "git add ." takes it along.',
        repair: () => ignoreEnv(folder),
      },
    ]
  },
}
