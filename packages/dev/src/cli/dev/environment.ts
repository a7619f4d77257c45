import type { Tenant } from '../../tenant/tenant.js'
import { readSettings } from '../project/settings.js'
import { audiencesOf } from './welcome.js'

export interface CommandEnvironment {
  readonly env: NodeJS.ProcessEnv
  readonly audience: string | undefined
  /** What somebody should know who has configured another audience. */
  readonly note?: string
}

/**
 * The environment of an API that trusts this tenant: domain and audience. Nothing more, as an API checks tokens and asks for
 * none: a client id and a secret here would only hide that the one in `.env` is another tenant's. What is in the environment
 * stands above `.env`, however the API reads it.
 */
export async function commandEnvironment({ domain, state }: Tenant): Promise<CommandEnvironment> {
  const known = audiencesOf(state)
  const { AUTH0_AUDIENCE: wanted } = await readSettings(process.cwd())
  const audience = wanted !== undefined && known.includes(wanted) ? wanted : known[0]
  const env = { ...process.env, AUTH0_DOMAIN: domain, ...(audience === undefined ? {} : { AUTH0_AUDIENCE: audience }) }
  const note = noteOn(wanted, audience)
  return { env, audience, ...(note === undefined ? {} : { note }) }
}

function noteOn(wanted: string | undefined, audience: string | undefined): string | undefined {
  if (audience === undefined) return '  The tenant has no API: create one, and set AUTH0_AUDIENCE to its identifier.'
  if (wanted === undefined || wanted === audience) return undefined
  return `  AUTH0_AUDIENCE is ${wanted} here, which is no API of this tenant: the command gets ${audience} instead.`
}
