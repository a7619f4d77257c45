import { chmod, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CliFailure } from '../failure.js'
import { variableOf, withVariables } from './env-text.js'
import { replaceFile } from './replace-file.js'
import { envUnreadable } from './settings.js'

const ownerOnly = 0o600

export interface EnvFileState {
  readonly exists: boolean
  readonly valueOf: (name: string) => string | undefined
  /** Whether something would have to be written. */
  readonly lacks: (values: Readonly<Record<string, string>>) => boolean
  /** Whether others on this machine can read it. */
  readonly isReadableByOthers: boolean
}

/** @throws {CliFailure} There is something that is not a file, or it cannot be read. */
export async function lookAtEnvFile(folder: string): Promise<EnvFileState> {
  const path = join(folder, '.env')
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw envUnreadable(error)
  })
  if (found === undefined)
    return { exists: false, valueOf: () => undefined, lacks: () => true, isReadableByOthers: false }
  if (!found.isFile()) throw new CliFailure('env_unreadable', '.env is not a regular file, and is left alone.')
  const text = await readText(path)
  return {
    exists: true,
    valueOf: (name) => variableOf(text, name),
    lacks: (values) => withVariables(text, values) !== text,
    isReadableByOthers: process.platform !== 'win32' && (found.mode & 0o077) !== 0,
  }
}

/**
 * Sets variables in the folder's `.env`, which only its owner can read from then on. What is as it should be is not written.
 *
 * @throws {CliFailure}
 */
export async function writeEnvFile(folder: string, values: Readonly<Record<string, string>>): Promise<void> {
  const path = join(folder, '.env')
  const { exists, isReadableByOthers } = await lookAtEnvFile(folder)
  const before = exists ? await readText(path) : ''
  const after = withVariables(before, values)
  if (after !== before) await replaceFile(path, after, ownerOnly)
  else if (isReadableByOthers) await chmod(path, ownerOnly)
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw envUnreadable(error)
  })
}
