import type { Tenant } from '../../tenant/tenant.js'
import { bareHost } from '../project/issuer.js'
import { readSettings } from '../project/settings.js'
import { shownLine } from '../shown-text.js'
import { audiencesOf } from './welcome.js'

export interface CommandEnvironment {
  readonly env: NodeJS.ProcessEnv
  readonly audience: string | undefined
  /** What somebody should know who has configured another tenant or audience. */
  readonly notes: readonly string[]
}

/**
 * The environment of an API that trusts this tenant: domain and audience. Nothing more, as an API checks tokens and asks for
 * none: a client id and a secret here would only hide that the one in `.env` is another tenant's. What is in the environment
 * stands above `.env`, however the API reads it.
 */
export async function commandEnvironment({ domain, state }: Tenant): Promise<CommandEnvironment> {
  const known = audiencesOf(state)
  const { AUTH0_AUDIENCE: wanted, AUTH0_DOMAIN: configured } = await readSettings(process.cwd())
  const audience = wanted !== undefined && known.includes(wanted) ? wanted : known[0]
  const env = { ...process.env, AUTH0_DOMAIN: domain, ...(audience === undefined ? {} : { AUTH0_AUDIENCE: audience }) }
  const notes = [...noteOnDomain(configured, domain), ...noteOnAudience(wanted, audience)]
  return { env, audience, notes }
}

/** `call` and `token` would go on asking the other one. */
function noteOnDomain(configured: string | undefined, domain: string): readonly string[] {
  if (configured === undefined || bareHost(configured) === domain) return []
  return [
    `  AUTH0_DOMAIN is ${shownLine(configured, 100)} here: the command gets ${domain} instead.`,
    `  Other commands need it too: AUTH0_DOMAIN=${domain} npx sallyport call …`,
  ]
}

function noteOnAudience(wanted: string | undefined, audience: string | undefined): readonly string[] {
  if (audience === undefined) return ['  The tenant has no API: create one, and set AUTH0_AUDIENCE to its identifier.']
  if (wanted === undefined || wanted === audience) return []
  return [`  AUTH0_AUDIENCE is ${wanted} here, which is no API of this tenant: the command gets ${audience} instead.`]
}
