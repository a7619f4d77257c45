import { existsSync } from 'node:fs'
import { preparePrivateKey } from '../../tenant/key-pair.js'
import { forget } from '../../tenant/persistence.js'
import type { TenantSeed } from '../../tenant/seed-schema.js'
import type { Tenant } from '../../tenant/tenant.js'
import { CliFailure } from '../failure.js'
import { bareHost } from '../project/issuer.js'
import { readSettings } from '../project/settings.js'
import { type DevOptions, stateFolder } from './dev-options.js'
import { readSeedFile } from './seed.js'

export interface Begun {
  readonly tenant: Tenant
  /** `undefined`: the default one. */
  readonly seed: TenantSeed | undefined
}

/**
 * Starts the tenant that the options describe.
 *
 * @throws {CliFailure}
 */
export async function begin(options: DevOptions): Promise<Begun> {
  const { persist, reset, faults, strictClientScope } = options
  const port = options.port ?? (await configuredPort()) ?? defaultPort
  const mayHaveKeys = persist !== undefined && !reset && existsSync(persist)
  if (!mayHaveKeys) preparePrivateKey()
  const [seed, { startTenant }] = await Promise.all([readSeedFile(options.seed), import('../../tenant/tenant.js')])
  const tenant = await startTenant({
    port,
    faults,
    strictClientScope,
    ...(seed === undefined ? {} : { seed }),
    ...(persist === undefined ? {} : { persist, reset }),
  }).catch((error: unknown) => {
    throw portFailure(error, port)
  })
  // Only now: what cannot start takes nothing away.
  if (reset && persist === undefined) await forget(stateFolder)
  return { tenant, seed }
}

const defaultPort = 4490

/** Of `localhost:4503`, where the project's settings say so: an API that trusts this tenant names it. */
async function configuredPort(): Promise<number | undefined> {
  const { AUTH0_DOMAIN: domain = '' } = await readSettings(process.cwd())
  const port = /^localhost:(\d{1,5})$/.exec(bareHost(domain))?.[1]
  return port === undefined ? undefined : Number(port)
}

function portFailure(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException
  const fix = `Choose another: sallyport dev --port ${port < 65_535 ? port + 1 : port - 1}`
  if (code === 'EADDRINUSE') return new CliFailure('port_taken', `Port ${port} is taken.`, { exit: 'conflict', fix })
  if (code === 'EACCES') return new CliFailure('port_refused', `Port ${port} may not be used by you (EACCES).`, { fix })
  return error
}
