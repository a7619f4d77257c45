import { defaultSeed } from '../../tenant/default-seed.js'
import { CliFailure } from '../failure.js'
import type { Settings } from '../project/settings.js'

/** The application that asks. */
export interface Client {
  readonly id: string
  readonly secret: string | undefined
}

/** Where a client's id and secret may come from. */
export interface ClientSources {
  /** `--client-id` */
  readonly id: string | undefined
  /** `--client-secret-stdin` */
  readonly secret: string | undefined
  readonly settings: Settings
  /** That the domain is the one of the settings, or they have none. */
  readonly isDomainOfSettings: boolean
  /** `undefined` for a tenant elsewhere: the application of the default seed that suits. */
  readonly seeded: string | undefined
}

/** Applications of the default seed for those who name none. */
export const seededClients = { machine: 'local-m2m', device: 'local-native' } as const

/**
 * The client by the options, else by the settings, else by the default seed, else as somebody answers. A secret of the settings
 * goes to no other tenant and with no other client than the settings'; one without a client id is not that of a seeded client.
 *
 * @param ask Used where nothing else is known.
 */
export async function clientOf(sources: ClientSources, ask: () => Promise<string>): Promise<Client> {
  const { settings, isDomainOfSettings, seeded } = sources
  const { AUTH0_CLIENT_ID: configured, AUTH0_CLIENT_SECRET: kept } = isDomainOfSettings ? settings : {}
  const named = sources.id ?? configured ?? (seeded === undefined ? await ask() : undefined)
  const id = named ?? seeded ?? ''
  const known = seeded === undefined ? undefined : defaultSeed.applications?.find(({ clientId }) => clientId === id)
  const isKeptForIt = configured === undefined ? known === undefined : configured === named
  return { id, secret: sources.secret ?? (isKeptForIt ? kept : undefined) ?? known?.clientSecret }
}

/** @throws {CliFailure} Without a secret there are no client credentials. */
export function secretOf({ id, secret }: Client, host: string): string {
  if (secret !== undefined) return secret
  throw new CliFailure('client_secret_missing', `No secret of the application "${id}" at ${host} is known.`, {
    exit: 'usage',
    fix: 'Set AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET together (environment or .env), or: --client-secret-stdin < file',
  })
}
