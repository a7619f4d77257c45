import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const fileName = 'tenant.lock'

/**
 * Takes a folder for this process. Of two that keep their state in one, each would write over what the other has changed.
 *
 * @throws When another process has it, and still runs. One that was killed has left its lock behind, which counts for nothing.
 */
export async function lockFolder(folder: string): Promise<void> {
  const file = join(folder, fileName)
  const content = `${process.pid}\n`
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const owner = Number(await readFile(file, 'utf8').catch(() => ''))
    if (owner !== process.pid && isRunning(owner))
      throw new Error(
        `${folder} is in use by another tenant (process ${owner}). End it, name another folder, or delete ${file} if that process is none.`,
      )
    await writeFile(file, content, { mode: 0o600 })
  }
}

export async function unlockFolder(folder: string): Promise<void> {
  await rm(join(folder, fileName), { force: true })
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
