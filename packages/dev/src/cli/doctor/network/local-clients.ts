import type { ResolvedSeed } from '../../../tenant/seed-schema.js'
import { seedIn } from '../../project/seed.js'
import type { Project } from '../project.js'
import type { ClientCredentials } from './token-request.js'

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

async function ownSeed(folder: string): Promise<ResolvedSeed | undefined> {
  try {
    return await seedIn(folder)
  } catch {
    // `sallyport dev` says what is wrong with it.
    return undefined
  }
}
