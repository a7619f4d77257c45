import { readFile } from 'node:fs/promises'
import type { TenantSeed } from '../../tenant/seed-schema.js'
import { CliFailure, usageMistake } from '../failure.js'
import { seedFile } from '../project/seed.js'

/**
 * What the tenant begins with: a file that was named, else the one of the folder; `undefined` where there is none.
 *
 * @throws {CliFailure}
 */
export async function readSeedFile(file: string | undefined): Promise<TenantSeed | undefined> {
  const path = file ?? seedFile
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (file === undefined && error.code === 'ENOENT') return undefined
    throw usageMistake(`${path} cannot be read (${error.code}).`, 'Name another: sallyport dev --seed <file>')
  })
  if (text === undefined) return undefined
  const { readSeed, SeedMistake } = await import('../../tenant/seed-file.js')
  try {
    return readSeed(text, path)
  } catch (error) {
    if (!(error instanceof SeedMistake)) throw error
    throw new CliFailure('seed_mistake', error.message, { docs: 'docs/local-tenant.md' })
  }
}
