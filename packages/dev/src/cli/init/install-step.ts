import { spawn } from 'node:child_process'
import { CliFailure, interruption } from '../failure.js'
import { installCommands, type Packages } from './packages.js'
import type { Setup } from './setup.js'
import { newFile } from './starter-step.js'
import type { Step } from './step.js'

/** Installs what is missing, with the package manager of the project. */
export function installSteps({ folder, project }: Setup, packages: Packages): readonly Step[] {
  const commands = installCommands(project, packages)
  const [manager = ''] = commands[0] ?? []
  if (commands.length === 0) return [{ action: 'unchanged', subject: 'Packages', detail: 'all are there' }]
  const install: Step = {
    action: 'change',
    subject: 'Packages',
    detail: `${[...packages.production, ...packages.development].join(', ')}, with ${manager}`,
    run: async () => {
      for (const command of commands) await execute(command, folder)
      return []
    },
  }
  // Without one the package manager would take that of a folder above.
  return project.packageJson === undefined ? [newFile(folder, packageJson), install] : [install]
}

const packageJson = {
  file: 'package.json',
  text: '{\n  "private": true,\n  "type": "module"\n}\n',
  detail: 'for what is installed',
}

function execute([program = '', ...parameters]: readonly string[], cwd: string): Promise<void> {
  const fix = [program, ...parameters].join(' ')
  return new Promise((resolve, reject) => {
    // What it says is talk: stdout is for the result.
    const stdio = ['ignore', process.stderr, process.stderr] as const
    const child = spawn(program, parameters, { cwd, stdio: [...stdio], shell: process.platform === 'win32' })
    child.once('error', ({ code }: NodeJS.ErrnoException) => {
      reject(new CliFailure('install', `${program} cannot be started (${code}). All else is done.`, { fix }))
    })
    child.once('close', (exitCode, signal) => {
      if (exitCode === 0) resolve()
      else if (signal === 'SIGINT' || exitCode === 130) reject(interruption())
      else reject(new CliFailure('install', `${program} failed (exit code ${exitCode}). All else is done.`, { fix }))
    })
  })
}
