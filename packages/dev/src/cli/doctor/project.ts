import type { SourceFile } from './source-file.js'

/** What the rules look at. */
export interface Project {
  readonly folder: string
  /** JavaScript and TypeScript that is neither generated, nor a test, nor of a dependency. */
  readonly sources: readonly SourceFile[]
  readonly packageJson: PackageJson | undefined
  /** The file `.env` of the folder, with the places of its lines; never shown. */
  readonly envFile: EnvFile | undefined
  /** What the program would see: the environment, else `.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface PackageJson {
  readonly text: string
  readonly scripts: Readonly<Record<string, string>>
  /** Of production and of development, by name. */
  readonly dependencies: Readonly<Record<string, string>>
}

export interface EnvFile {
  readonly text: string
  readonly variables: readonly { readonly name: string; readonly value: string; readonly line: number }[]
}
