import { defaultSeed } from '../../tenant/default-seed.js'
import { issuerOf, requiredIssuer } from '../project/issuer.js'
import { readSettings } from '../project/settings.js'
import { needsInput } from '../questions.js'
import type { Terminal } from '../terminal.js'
import { type Client, clientOf, seededClients } from './client.js'
import { readSecret } from './read-secret.js'
import type { TokenValues } from './token-options.js'

/** What token it shall be, and who asks for it. */
export interface WantedToken {
  /** With a slash at the end. */
  readonly issuer: string
  /** For messages. */
  readonly host: string
  /** That the tenant is on this machine. */
  readonly isLocal: boolean
  readonly audience: string
  readonly scopes: readonly string[]
  readonly client: Client
}

/**
 * Reads it from the options, the environment and `.env`; what is known of a local tenant is taken for granted.
 *
 * @throws {CliFailure} Something is missing.
 */
export async function wantedToken(values: TokenValues, terminal: Terminal): Promise<WantedToken> {
  const settings = await readSettings(process.cwd())
  const domain = values.domain || settings.AUTH0_DOMAIN || (await answer('domain', terminal))
  const issuer = requiredIssuer(domain)
  const { host, protocol } = new URL(issuer)
  const isLocal = protocol === 'http:'
  const sources = {
    id: values['client-id'] || undefined,
    secret: values['client-secret-stdin'] === true ? await readSecret() : undefined,
    settings,
    isDomainOfSettings: settings.AUTH0_DOMAIN === undefined || issuerOf(settings.AUTH0_DOMAIN) === issuer,
    seeded: isLocal ? seededClients[values.device === true ? 'device' : 'machine'] : undefined,
  }
  const seededAudience = isLocal ? defaultSeed.apis?.[0]?.identifier : undefined
  return {
    issuer,
    host,
    isLocal,
    audience: values.audience || settings.AUTH0_AUDIENCE || seededAudience || (await answer('audience', terminal)),
    scopes: (values.scope ?? '').split(/[\s,]+/).filter((scope) => scope !== ''),
    client: await clientOf(sources, () => answer('client-id', terminal)),
  }
}

const questions = {
  domain: {
    what: 'domain of the tenant',
    fix: 'Give --domain, or set AUTH0_DOMAIN (environment or .env); the local tenant: --domain localhost:4490',
  },
  audience: {
    what: 'identifier of the API',
    fix: 'Give --audience, or set AUTH0_AUDIENCE (environment or .env).',
  },
  'client-id': {
    what: 'client id of the application that asks',
    fix: 'Give --client-id, or set AUTH0_CLIENT_ID (environment or .env).',
  },
} as const

async function answer(needs: keyof typeof questions, terminal: Terminal): Promise<string> {
  const { what, fix } = questions[needs]
  if (terminal.isInteractive) {
    const given = await terminal.ask(`The ${what}: `)
    if (given !== '') return given
  }
  throw needsInput({ needs, message: `The ${what} is missing.`, fix, question: `The ${what}?` })
}
