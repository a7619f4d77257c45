import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Section } from './report.ts'

const bench = fileURLToPath(new URL('..', import.meta.url))
const products = ['sallyport', 'jose', 'fast-jwt', 'aws-jwt-verify', 'jsonwebtoken', 'express-oauth2-jwt-bearer']

interface Installed {
  readonly packages: number
  readonly bytes: number
}

/** What `npm install` of one package brings, with its production dependencies. */
export async function measureInstalledSize(): Promise<Section> {
  return {
    tables: [
      {
        title: 'Installed size',
        columns: ['', 'packages', 'KB'],
        rows: products.map((name) => {
          const { packages, bytes } = installedSize(name)
          return [name, String(packages), (bytes / 1000).toFixed(0)]
        }),
        notes: [
          "The package and its production dependencies, unpacked; Sallyport's own part is what `npm pack` would publish.",
        ],
      },
    ],
    figures: {},
  }
}

function installedSize(name: string): Installed {
  const directories = new Set<string>()
  collect(name, bench, directories)
  let bytes = 0
  for (const directory of directories)
    bytes += directory.includes('node_modules') ? sizeOf(directory) : packedSize(directory)
  return { packages: directories.size, bytes }
}

/** Adds the directory of a package and of everything it depends on. */
function collect(name: string, from: string, directories: Set<string>): void {
  const directory = findPackage(name, from)
  if (directories.has(directory)) return
  directories.add(directory)
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>
  }
  for (const dependency of Object.keys(manifest.dependencies ?? {})) collect(dependency, directory, directories)
}

/** As Node.js looks for it: in this directory's node_modules, then in its parent's. */
function findPackage(name: string, from: string): string {
  const candidate = join(from, 'node_modules', name)
  if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
  if (dirname(from) === from) throw new Error(`${name} is not installed.`)
  return findPackage(name, dirname(from))
}

function sizeOf(directory: string): number {
  let bytes = 0
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isFile()) bytes += statSync(path).size
    else if (entry.isDirectory() && entry.name !== 'node_modules') bytes += sizeOf(path)
  }
  return bytes
}

function packedSize(directory: string): number {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--silent'], {
    cwd: directory,
    encoding: 'utf8',
  })
  const [packed] = JSON.parse(output) as readonly { readonly unpackedSize: number }[]
  return packed?.unpackedSize ?? Number.NaN
}
