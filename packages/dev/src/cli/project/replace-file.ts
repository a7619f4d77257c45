import { randomBytes } from 'node:crypto'
import { open, readlink, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CliFailure } from '../failure.js'

/**
 * Writes a file whole or not at all: whoever looks sees the old content or the new one. Where the path is a link, what it
 * points to is written.
 *
 * @param mode Of the new file, whatever the umask says.
 * @throws {CliFailure}
 */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const target = await targetOf(path)
  const temporary = join(dirname(target), `.env.${process.pid}-${randomBytes(4).toString('hex')}.tmp`)
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.chmod(mode)
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    throw new CliFailure('file_unwritable', `${path} cannot be written (${code}).`)
  }
}

/** A link may point to what is not there yet. */
async function targetOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined)
  if (real !== undefined) return real
  const link = await readlink(path).catch(() => undefined)
  return link === undefined ? path : targetOf(resolve(dirname(path), link))
}
