// Prevents a release that runs on one version of Node only: runs the tests on another, from runtimes/.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { installFolder } from './install-folder.js'

const version = process.argv[2] ?? ''
const bin = resolve(`runtimes/node_modules/node${version}/bin`)
// First in the path, so that every process that a test starts is that Node too.
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}` }

function run(command: string, parameters: readonly string[]): void {
  const { status } = spawnSync(command, parameters, { stdio: 'inherit', env })
  if (status !== 0) process.exit(status ?? 1)
}

if (!/^\d+$/.test(version)) {
  console.error('Name the version of Node, and the tests if not all: npm run test:node -- 24 packages/sallyport')
  process.exit(2)
}
installFolder('runtimes')
if (!existsSync(bin)) {
  console.error(`runtimes/package.json has no Node ${version}.`)
  process.exit(2)
}
run('node', ['--version'])
run('node', ['--import', 'tsx', resolve('scripts/test-services.ts')])
run('node', [resolve('node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(3)])
