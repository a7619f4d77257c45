import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ResolvedSeed } from '../../tenant/seed-schema.js'

/** What a local tenant begins with, where a project says so. */
export const seedFile = 'sallyport.tenant.json'

/** The seed of a folder; `undefined` where there is none. @throws {SeedMistake} */
export async function seedIn(folder: string): Promise<ResolvedSeed | undefined> {
  const text = await readFile(join(folder, seedFile), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { readSeed } = await import('../../tenant/seed-file.js')
  return readSeed(text, seedFile)
}
