// Runs the benchmark with its contenders installed: their versions come from bench/package-lock.json, so that nobody
// compares with a release that happened to lie around, and the root install stays free of them.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { installFolder } from './install-folder.js'

const program = fileURLToPath(new URL('../bench/src/main.ts', import.meta.url))

installFolder('bench')
const { status } = spawnSync(process.execPath, [...process.execArgv, program, ...process.argv.slice(2)], {
  stdio: 'inherit',
})
process.exitCode = status ?? 1
