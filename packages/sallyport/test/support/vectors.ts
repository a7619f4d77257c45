import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'vitest'

const repository = fileURLToPath(new URL('../../../../', import.meta.url))
const folder = resolve(repository, process.env['SALLYPORT_VECTORS'] ?? '../shared/vectors')
const areAbsent = !existsSync(resolve(folder, 'OVERRIDES.json'))

/** Public test vectors are read where they lie and never copied; where there are none, the report says so. */
export function describeVectors(name: string, tests: () => void): void {
  describe.skipIf(areAbsent)(name, () => {
    if (areAbsent) it('vectors are absent: put them at ../shared/vectors or name their folder in SALLYPORT_VECTORS')
    else tests()
  })
}

export function readVector<Content>(path: string): Content {
  return JSON.parse(readVectorBytes(path).toString('utf8'))
}

export function readVectorBytes(path: string): Buffer {
  return readFileSync(resolve(folder, path))
}

export function listVectors(path: string): readonly string[] {
  return readdirSync(resolve(folder, path))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => `${path}/${name}`)
}

/** `expect` of OVERRIDES.json for the cases of one file: where the published expectation is known to be wrong. */
export function readOverrides(path: string): Readonly<Record<string, { readonly expect: Verdict } | undefined>> {
  return readVector<Record<string, Record<string, { readonly expect: Verdict }>>>('OVERRIDES.json')[path] ?? {}
}

export type Verdict = 'valid' | 'invalid' | 'acceptable' | 'policy'
