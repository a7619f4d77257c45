import { chmod, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFolder, unlockFolder } from './folder-lock.js'
import type { SigningKey } from './signing-keys.js'
import type { TenantEntities } from './state.js'

export interface Snapshot {
  readonly version: 1
  readonly issuer: string
  readonly entities: TenantEntities
  readonly keys: readonly SigningKey[]
}

/** Keeps a tenant in a folder. Whatever happens, there is the state before a change or the state after it. */
export interface Persistence {
  /** Makes the folder, and takes it for this process. @throws When it is another's. */
  open(): Promise<void>
  load(): Promise<Snapshot | undefined>
  forget(): Promise<void>
  /** Writes soon, and what changes meanwhile with it. */
  save(snapshot: () => Snapshot): void
  /** Waits for what is to be written, and gives the folder back. */
  close(): Promise<void>
}

const fileName = 'tenant.json'

export function createPersistence(folder: string): Persistence {
  const file = join(folder, fileName)
  let wanted: (() => Snapshot) | undefined
  let writing: Promise<void> | undefined

  async function write(): Promise<void> {
    while (wanted !== undefined) {
      const snapshot = wanted
      wanted = undefined
      await replaceFile(file, `${JSON.stringify(snapshot(), undefined, 1)}\n`).catch(warn)
    }
    writing = undefined
  }

  /** A tenant goes on without a disk. The next change is written with all that is missing. */
  function warn(error: unknown): void {
    console.warn(`sallyport: changes are not kept, as ${file} cannot be written: ${codeOf(error)}`)
  }

  return {
    open: async () => {
      const created = await mkdir(folder, { recursive: true, mode: 0o700 })
      // So that nobody commits the keys. A folder that was there before, such as a project, keeps its own.
      if (created !== undefined) await writeFile(join(folder, '.gitignore'), '*\n', { mode: 0o600 })
      await lockFolder(folder)
    },
    forget: () => forget(folder),
    load: async () => {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return undefined
        throw new Error(`${file} cannot be read: ${codeOf(error)}`)
      })
      if (text === undefined) return undefined
      const snapshot = parsed(text)
      if (snapshot === undefined)
        throw new Error(
          `${file} is not a tenant that this version can read. Take it away, or run: sallyport dev --reset`,
        )
      return snapshot
    },
    save: (snapshot) => {
      wanted = snapshot
      writing ??= Promise.resolve().then(write)
    },
    close: async () => {
      await writing
      await unlockFolder(folder)
    },
  }
}

function parsed(text: string): Snapshot | undefined {
  try {
    const snapshot = JSON.parse(text) as Snapshot
    return isSnapshot(snapshot) ? snapshot : undefined
  } catch {
    return undefined
  }
}

const collections: readonly (keyof TenantEntities)[] = [
  'resource_servers',
  'clients',
  'client_grants',
  'users',
  'roles',
  'organizations',
  'connections',
  'refresh_tokens',
]

function isSnapshot({ version, issuer, keys, entities }: Snapshot): boolean {
  const isWhole = collections.every((name) => Array.isArray(entities[name])) && entities.settings !== undefined
  return version === 1 && URL.canParse(issuer) && Array.isArray(keys) && isWhole
}

/**
 * A kept tenant at another address: the API that manages it is named by the address.
 *
 * @param issuer The new one.
 */
export function movedTo({ entities, issuer: old }: Snapshot, issuer: string): TenantEntities {
  const identifier = (of: string) => JSON.stringify(`${of}api/v2/`)
  return JSON.parse(JSON.stringify(entities).replaceAll(identifier(old), () => identifier(issuer))) as TenantEntities
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown'
}

/** The new content is on the disk, whole, before it takes the old one's name. It has signing keys: nobody else may read it. */
async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await chmod(temporary, 0o600)
  await rename(temporary, file)
}

/** Also what a process that was killed has left behind. */
export async function forget(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const own = names.filter((name) => name === fileName || /^tenant\.json\.\d+\.new$/.test(name))
  await Promise.all(own.map((name) => rm(join(folder, name), { force: true })))
}
