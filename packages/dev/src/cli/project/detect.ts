import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { type FrameworkName, frameworkOf } from './frameworks.js'
import { type PackageDescription, readPackageJson } from './package-json.js'
import { defaultPackageManager, managerByLockFile, managerByName, type PackageManager } from './package-managers.js'

export interface DetectedProject {
  /** Of the folder itself. */
  readonly packageJson: PackageDescription | undefined
  readonly framework: FrameworkName | undefined
  readonly packageManager: PackageManager
  /** Whether the folder is the root of workspaces. */
  readonly isWorkspaceRoot: boolean
}

/**
 * Finds out what a project is made with.
 *
 * @param userAgent What a package manager says of itself when it runs the CLI: `npm_config_user_agent`.
 * @throws {CliFailure}
 */
export async function detectProject(folder: string, userAgent?: string): Promise<DetectedProject> {
  const packageJson = await readPackageJson(folder)
  const names = await namesIn(folder)
  return {
    packageJson,
    framework: frameworkOf(packageJson?.dependencies ?? new Set()),
    packageManager: (await managerOf(folder)) ?? managerByName(userAgent) ?? defaultPackageManager,
    isWorkspaceRoot: packageJson?.hasWorkspaces === true || names.includes('pnpm-workspace.yaml'),
  }
}

/** A package of a workspace has its lock file in the root: it is looked for upwards, to the root of the repository. */
async function managerOf(folder: string): Promise<PackageManager | undefined> {
  const names = await namesIn(folder)
  const { packageManager } = (await readPackageJson(folder).catch(() => undefined)) ?? {}
  const found = managerByLockFile(names) ?? managerByName(packageManager)
  if (found !== undefined) return found
  const parent = dirname(folder)
  const isEnd = parent === folder || folder === homedir() || names.includes('.git')
  return isEnd ? undefined : managerOf(parent)
}

function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => [])
}
