// Prevents a release that runs on Node only: runs the contract on every runtime of runtimes/, which it installs.
import { spawnSync } from 'node:child_process'
import { installFolder } from './install-folder.js'

function run(command: string, parameters: readonly string[]): void {
  const { status } = spawnSync(command, parameters, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

installFolder('runtimes')
run('npx', ['--no-install', 'tsc', '-p', 'runtimes/tsconfig.json'])
run('npx', ['--no-install', 'vitest', 'run', '--config', 'runtimes/vitest.config.ts'])
