import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../project.js'
import type { ClientCredentials } from './token-request.js'

const seedFile = 'sallyport.tenant.json'

/** Applications of a local tenant that may do something for themselves at an API; `management` for the Management API. */
export async function localClients({ folder }: Project, api: string): Promise<readonly ClientCredentials[]> {
  const { defaultSeed } = await import('../../../tenant/default-seed.js')
  const seeds = [await ownSeed(folder), defaultSeed]
  const applications = seeds.flatMap((seed) => seed?.applications ?? [])
  return applications.flatMap(({ clientId, clientSecret, grants = [] }) => {
    const isGranted = grants.some((grant) => grant.api === api && (grant.for ?? 'client') === 'client')
    return isGranted && clientId !== undefined && clientSecret !== undefined ? [{ clientId, clientSecret }] : []
  })
}

async function ownSeed(folder: string) {
  const text = await readFile(join(folder, seedFile), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { readSeed, SeedMistake } = await import('../../../tenant/seed-file.js')
  try {
    return readSeed(text, seedFile)
  } catch (error) {
    // `sallyport dev` says what is wrong with it.
    if (error instanceof SeedMistake) return undefined
    throw error
  }
}
