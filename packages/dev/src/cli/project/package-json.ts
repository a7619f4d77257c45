import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CliFailure } from '../failure.js'
import { jsonObjectIn } from '../json.js'

/** What of a `package.json` matters here. */
export interface PackageDescription {
  readonly name?: string
  readonly packageManager?: string
  /** Whether it is the root of workspaces. */
  readonly hasWorkspaces: boolean
  /** The names of all that it depends on, in production or development. */
  readonly dependencies: ReadonlySet<string>
}

/** @returns `undefined` where there is none. @throws {CliFailure} It is not JSON. */
export async function readPackageJson(folder: string): Promise<PackageDescription | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const json = jsonObjectIn(text)
  if (json === undefined) throw new CliFailure('package_json', 'package.json is not JSON. Mend it first.')
  const { name, packageManager, workspaces, ...rest } = json
  const listed = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.keys(Object(rest[kind])),
  )
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof packageManager === 'string' ? { packageManager } : {}),
    hasWorkspaces: workspaces !== undefined,
    dependencies: new Set(listed),
  }
}
