/** The package managers that `sallyport` can be installed with. */
export interface PackageManager {
  readonly name: 'npm' | 'pnpm' | 'yarn' | 'bun'
  readonly lockFiles: readonly string[]
  readonly add: readonly string[]
  readonly addForDevelopment: readonly string[]
  /** Where the folder is the root of workspaces, and is meant itself. */
  readonly atRoot: readonly string[]
  /** Runs what a package brings. */
  readonly run: string
}

const npm: PackageManager = {
  name: 'npm',
  lockFiles: ['package-lock.json', 'npm-shrinkwrap.json'],
  add: ['install'],
  addForDevelopment: ['install', '--save-dev'],
  atRoot: [],
  run: 'npx',
}

const packageManagers: readonly PackageManager[] = [
  {
    name: 'pnpm',
    lockFiles: ['pnpm-lock.yaml', 'pnpm-workspace.yaml'],
    add: ['add'],
    addForDevelopment: ['add', '--save-dev'],
    atRoot: ['--workspace-root'],
    run: 'pnpm exec',
  },
  {
    name: 'yarn',
    lockFiles: ['yarn.lock'],
    add: ['add'],
    addForDevelopment: ['add', '--dev'],
    atRoot: [],
    run: 'yarn',
  },
  {
    name: 'bun',
    lockFiles: ['bun.lock', 'bun.lockb'],
    add: ['add'],
    addForDevelopment: ['add', '--dev'],
    atRoot: [],
    run: 'bunx',
  },
  npm,
]

export const defaultPackageManager: PackageManager = npm

/** By one of the names in a folder. */
export function managerByLockFile(names: readonly string[]): PackageManager | undefined {
  return packageManagers.find(({ lockFiles }) => lockFiles.some((file) => names.includes(file)))
}

/** @param text `pnpm@9.1.0`, as in `packageManager`, or `pnpm/9.1.0 npm/? …`, as in `npm_config_user_agent`. */
export function managerByName(text: string | undefined): PackageManager | undefined {
  const [name] = text?.split(/[@/]/, 1) ?? []
  return packageManagers.find((manager) => manager.name === name)
}
