// Prevents a green branch that is not fit to publish: every check that needs no service, in one command.
import { spawnSync } from 'node:child_process'
import { styleText } from 'node:util'

interface Check {
  readonly name: string
  readonly command: readonly string[]
}

const checks: readonly Check[] = [
  { name: 'format, lint and import directions', command: ['biome', 'ci', '.'] },
  { name: 'build', command: ['npm', 'run', '--silent', 'build'] },
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'package and its types (publint, attw)', command: ['npm', 'run', '--silent', 'check:package'] },
  { name: 'unused files, exports and dependencies', command: ['knip'] },
  { name: 'code blocks of the docs', command: ['tsx', 'scripts/check-docs.ts'] },
  { name: 'repository', command: ['tsx', 'scripts/check-repository.ts'] },
  { name: 'attack cases', command: ['tsx', 'scripts/attack-coverage.ts'] },
]

let failed = 0
for (const { name, command } of checks) {
  const [program = '', ...parameters] = command[0] === 'npm' ? command : ['npx', '--no-install', ...command]
  const { status, stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' })
  console.log(`${status === 0 ? styleText('green', '✓') : styleText('red', '✗')} ${name}`)
  if (status === 0) continue
  failed += 1
  console.log(stdout + stderr)
}
console.log(`${checks.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
