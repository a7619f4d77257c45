// Prevents a run on yesterday's packages: installs a folder that has a lock file of its own where that is the newer one.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** @param name Of a folder of the repository. Ends this process when its packages cannot be installed. */
export function installFolder(name: string): void {
  const folder = fileURLToPath(new URL(`../${name}`, import.meta.url))
  const modifiedAt = (path: string) => statSync(join(folder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (modifiedAt('node_modules/.package-lock.json') >= modifiedAt('package-lock.json')) return
  const { status } = spawnSync('npm', ['ci'], { cwd: folder, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
