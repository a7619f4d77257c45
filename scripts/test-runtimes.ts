// Prevents a release that runs on Node only: runs the contract on every runtime of runtimes/, which it installs.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'

function run(command: string, parameters: readonly string[], cwd?: string): void {
  const { status } = spawnSync(command, parameters, { stdio: 'inherit', ...(cwd === undefined ? {} : { cwd }) })
  if (status !== 0) process.exit(status ?? 1)
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

const installed = modifiedAt('runtimes/node_modules/.package-lock.json')
if (installed < modifiedAt('runtimes/package-lock.json')) run('npm', ['ci'], 'runtimes')
run('npx', ['--no-install', 'tsc', '-p', 'runtimes/tsconfig.json'])
run('npx', ['--no-install', 'vitest', 'run', '--config', 'runtimes/vitest.config.ts'])
