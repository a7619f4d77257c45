import type { EnvFile } from '../project.js'

/** Names of variables whose values are not for everybody. */
const secretName = /SECRET|PASSWORD|PASSWD|TOKEN|PRIVATE|CREDENTIAL|API_?KEY|DATABASE_URL|REDIS_URL/i

export function hasSecrets({ variables }: EnvFile): boolean {
  return variables.some(({ name, value }) => value !== '' && secretName.test(name))
}
