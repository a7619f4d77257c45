import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The tarball that a release would publish, of what is in `dist`. */
export interface PackedPackage {
  readonly files: readonly string[]
  /** A new folder with the tarball, the types of Node and these packages installed, and nothing else. */
  projectWith(packages: readonly string[]): Promise<Project>
  remove(): Promise<void>
}

export interface Project {
  /** Whether a package of this name can be imported here. */
  finds(name: string): boolean
  /** Compiles programs, by name, to ES modules and to CommonJS. Gives what the compiler has to say. */
  compile(programs: ReadonlyMap<string, string>): Promise<string>
  /** Runs a compiled program, such as `core.mjs` or `core.cjs`. Gives what it prints. */
  run(file: string, environment?: Readonly<Record<string, string>>): Promise<string>
}

const execute = promisify(execFile)
const packageFolder = fileURLToPath(new URL('../..', import.meta.url))
const tarball = 'sallyport.tgz'

export async function packPackage(): Promise<PackedPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const bare = join(folder, 'bare')
  let projects = 0

  async function pack(): Promise<readonly string[]> {
    const parameters = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
    const { stdout } = await execute('npm', parameters, { cwd: packageFolder })
    const [{ filename, files }] = JSON.parse(stdout) as [PackReport]
    await cp(join(folder, filename), join(bare, tarball))
    await writeFile(join(bare, 'package.json'), '{"private":true}')
    await install([`./${tarball}`, '@types/node@20'], bare)
    return files.map(({ path }) => path)
  }

  async function projectWith(packages: readonly string[]): Promise<Project> {
    projects += 1
    const own = join(folder, `project-${projects}`)
    await cp(bare, own, { recursive: true })
    if (packages.length > 0) await install(packages, own)
    return projectIn(own)
  }

  try {
    return { files: await pack(), projectWith, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

interface PackReport {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

async function install(packages: readonly string[], folder: string): Promise<void> {
  await execute('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], { cwd: folder })
}

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
// The declarations of all packages are checked; only those that come with the compiler are not.
const checks = ['--strict', '--skipDefaultLibCheck', '--module', 'nodenext', '--target', 'es2022', '--types', 'node']
const decorators = ['--experimentalDecorators', '--emitDecoratorMetadata']

function projectIn(folder: string): Project {
  const { resolve } = createRequire(join(folder, 'package.json'))

  function finds(name: string): boolean {
    try {
      resolve(name)
      return true
    } catch (error) {
      if (Object(error).code === 'MODULE_NOT_FOUND') return false
      throw error
    }
  }

  async function compile(programs: ReadonlyMap<string, string>): Promise<string> {
    const sources: string[] = []
    for (const [name, program] of programs) {
      for (const source of [`${name}.mts`, `${name}.cts`]) {
        await writeFile(join(folder, source), program)
        sources.push(source)
      }
    }
    try {
      return (await execute(process.execPath, [tsc, ...checks, ...decorators, ...sources], { cwd: folder })).stdout
    } catch (error) {
      const complaints = String(Object(error).stdout)
      if (complaints === '') throw error
      return complaints
    }
  }

  async function run(file: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
    const options = { cwd: folder, env: { ...process.env, ...environment } }
    return (await execute(process.execPath, [file], options)).stdout.trim()
  }

  return { finds, compile, run }
}
