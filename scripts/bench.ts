// Runs the benchmark with its contenders installed: their versions come from bench/package-lock.json, so that nobody
// compares with a release that happened to lie around, and the root install stays free of them.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const bench = fileURLToPath(new URL('../bench/', import.meta.url))

function modifiedAt(path: string): number {
  return statSync(`${bench}${path}`, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

if (modifiedAt('node_modules/.package-lock.json') < modifiedAt('package-lock.json')) run('npm', ['ci'], bench)
run(process.execPath, [...process.execArgv, `${bench}src/main.ts`, ...process.argv.slice(2)], process.cwd())
