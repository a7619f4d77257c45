import { chmod, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rule } from '../rule.js'
import { hasSecrets } from './secrets.js'
import { envPlace } from './settings-of.js'

const readableByOthers = 0o077

export const envMode: Rule = {
  code: 'env-mode',
  severity: 'warning',
  mend: { text: 'Let its owner alone read it.', command: 'chmod 600 .env' },
  check: async ({ folder, envFile }) => {
    // Windows has other rights, which a mode does not tell.
    if (envFile === undefined || process.platform === 'win32') return []
    const path = join(folder, '.env')
    const { mode } = await stat(path)
    if ((mode & readableByOthers) === 0) return []
    return [
      {
        place: envPlace(1),
        message: 'Other users of this machine can read .env.',
        evidence: `mode ${(mode & 0o777).toString(8).padStart(4, '0')}`,
        ...(hasSecrets(envFile) ? {} : { severity: 'info' }),
        repair: () => chmod(path, 0o600),
      },
    ]
  },
}
