import type { Command } from '../command.js'
import { exitCodes } from '../failure.js'
import { detectProject } from '../project/detect.js'
import { isEnvTracked } from '../project/gitignore.js'
import { readSettings } from '../project/settings.js'
import { chooseAdditions } from './additions.js'
import { applySteps, confirmSteps } from './apply.js'
import { envStep } from './env-step.js'
import { gitignoreStep } from './gitignore-step.js'
import { checkFor, readInitOptions } from './init-options.js'
import { installSteps } from './install-step.js'
import { askMode, type Mode } from './mode.js'
import { type Plan, report } from './report.js'
import type { ApiSource, Setup } from './setup.js'
import { starterSteps } from './starter-step.js'
import { starterScopes } from './starters/starter.js'
import type { Step } from './step.js'

/** Loaded when chosen. */
const sources: Readonly<Record<Mode, () => Promise<(setup: Setup) => Promise<ApiSource>>>> = {
  automated: async () => (await import('./automated/automated.js')).automated,
  manual: async () => (await import('./manual.js')).manual,
  local: async () => (await import('./local.js')).local,
}

export const init: Command = {
  run: async (parameters, terminal) => {
    const options = readInitOptions(parameters)
    const mode = options.mode ?? (await askMode(terminal, parameters.includes('--json')))
    checkFor(mode, options)
    const folder = process.cwd()
    const plan = await endingOnInterrupt(async () => {
      const project = await detectProject(folder, process.env['npm_config_user_agent'])
      const settings = await readSettings(folder)
      return makePlan(mode, { folder, options, terminal, project, settings })
    })
    if (options.dryRun) return report(plan, plan.setup)
    const steps = await endingOnInterrupt(() => confirmSteps(plan.steps, plan.setup))
    await applySteps(steps, terminal)
    return report({ ...plan, steps }, plan.setup)
  },
}

/** All is planned, then all is asked, then all is done: Ctrl-C at a question leaves everything as it was. */
async function makePlan(mode: Mode, setup: Setup): Promise<Plan & { readonly setup: Setup }> {
  const { folder } = setup
  const findSource = await sources[mode]()
  const source = await findSource(setup)
  const additions = await chooseAdditions(setup)
  const { starter, packages, installs } = additions
  const tenant = await source.plan?.(starter === undefined ? [] : starterScopes)
  const { domain, audience } = source
  const variables = { AUTH0_DOMAIN: domain, AUTH0_AUDIENCE: audience, ...tenant?.variables }
  const steps: readonly Step[] = [
    ...(tenant?.steps ?? []),
    await gitignoreStep(folder),
    await envStep(setup, variables),
    ...(starter === undefined ? [] : await starterSteps(folder, starter)),
    ...(installs ? installSteps(setup, packages) : []),
  ]
  const notes = [...source.notes, ...(await trackedNote(folder))]
  return { setup, mode, source: { ...source, notes }, additions, variables: Object.keys(variables), steps }
}

async function trackedNote(folder: string): Promise<readonly string[]> {
  return (await isEnvTracked(folder)) ? ['.env is in the repository. Take it out of it: git rm --cached .env'] : []
}

/** Nothing is changed in the meantime, so that Ctrl-C may end it at once. */
async function endingOnInterrupt<Result>(work: () => Promise<Result>): Promise<Result> {
  const end = () => {
    process.stderr.write('Interrupted.\n')
    process.exit(exitCodes.interrupted)
  }
  process.on('SIGINT', end)
  try {
    return await work()
  } finally {
    process.off('SIGINT', end)
  }
}
