import { isEnvTracked } from '../../project/gitignore.js'
import type { Rule } from '../rule.js'
import { hasSecrets } from './secrets.js'
import { envPlace } from './settings-of.js'

export const envTracked: Rule = {
  code: 'env-tracked',
  severity: 'error',
  mend: {
    text: 'Take it out of git, add .env to .gitignore, and replace every secret that was in it: the history keeps them.',
    command: 'git rm --cached .env',
  },
  check: async ({ folder, envFile }) => {
    if (envFile === undefined || !(await isEnvTracked(folder))) return []
    const isSecret = hasSecrets(envFile)
    return [
      {
        place: envPlace(1),
        message: isSecret
          ? '.env is in git, and has secrets in it: whoever can read the repository has them.'
          : '.env is in git: the first secret that somebody puts into it goes with the next commit.',
        ...(isSecret ? {} : { severity: 'warning' }),
      },
    ]
  },
}
