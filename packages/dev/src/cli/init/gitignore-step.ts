import { ignoreEnv, isEnvIgnored } from '../project/gitignore.js'
import type { Step } from './step.js'

export async function gitignoreStep(folder: string): Promise<Step> {
  const about = { subject: '.gitignore', detail: '.env is left out of git' }
  if (await isEnvIgnored(folder)) return { ...about, action: 'unchanged' }
  return {
    ...about,
    action: 'change',
    run: async () => {
      await ignoreEnv(folder)
      return []
    },
  }
}
