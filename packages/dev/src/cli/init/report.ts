import type { Outcome } from '../command.js'
import type { Additions } from './additions.js'
import type { Mode } from './mode.js'
import { installCommands } from './packages.js'
import type { ApiSource, Setup } from './setup.js'
import type { Step } from './step.js'

/** All that is to be done. */
export interface Plan {
  readonly mode: Mode
  readonly source: ApiSource
  readonly steps: readonly Step[]
  readonly additions: Additions
  /** The names of the variables in `.env`. */
  readonly variables: readonly string[]
}

/** What was done, or would be, and what comes next. */
export function report(plan: Plan, setup: Setup): Outcome {
  const { options, terminal, project } = setup
  const { mode, source, steps, additions, variables } = plan
  const { green, dim, bold, yellow } = terminal.colors
  const { domain, audience, notes } = source
  const unchanged = steps.every(({ action }) => action === 'unchanged')
  const next = additions.installs ? [] : installCommands(project, additions.packages).map((words) => words.join(' '))
  const commands = [...next, ...startCommands(plan, setup)]
  const width = Math.max(...steps.map(({ subject }) => subject.length))
  const lines = steps.map(({ action, subject, detail }) => {
    const marks = { create: '+', change: '~', unchanged: '=' }
    const mark = options.dryRun ? marks[action] : green('✓')
    const line = `${mark} ${subject.padEnd(width)}  ${detail}`
    return action === 'unchanged' ? dim(`${line} (unchanged)`) : line
  })
  const title = options.dryRun ? 'The plan (nothing was changed):' : unchanged ? 'Nothing to do: unchanged.' : 'Done.'
  const text = [
    bold(title),
    ...lines.map((line) => `  ${line}`),
    ...notes.map((note) => yellow(`  ! ${note}`)),
    ...(options.dryRun ? [] : ['', 'Next:', ...commands.map((command) => `  ${command}${besides(command)}`)]),
  ]
  return {
    text: `${text.join('\n')}\n`,
    data: {
      mode,
      domain,
      audience,
      dryRun: options.dryRun,
      unchanged,
      variables,
      steps: steps.map(({ action, subject, detail }) => ({ action, subject, detail })),
      notes,
      next: commands,
    },
  }
}

/** The API runs meanwhile. */
function besides(command: string): string {
  return command.includes(' sallyport call ') ? '   (in another terminal)' : ''
}

/** From where the project is now to a request that is let in. */
function startCommands({ mode, additions, variables }: Plan, { project, settings }: Setup): readonly string[] {
  const { run } = project.packageManager
  const file = additions.starter?.file
  const start = file === undefined ? '<the command that starts your API>' : `${run} tsx --env-file=.env ${file}`
  const call = `${run} sallyport call http://localhost:3000/api/private`
  if (mode === 'local') return [`${run} sallyport dev -- ${start}`, call]
  // Somebody has to ask for test tokens.
  const client =
    mode === 'automated'
      ? `${run} sallyport init --mode automated --test-app`
      : '<AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET of a machine-to-machine application, in .env>'
  const hasClient = variables.includes('AUTH0_CLIENT_ID') || settings.AUTH0_CLIENT_ID !== undefined
  return [...(hasClient ? [] : [client]), start, call]
}
