import { frameworkNames, frameworks, isFrameworkName } from '../project/frameworks.js'
import { askValue, askYesOrNo, needsInput } from '../questions.js'
import { missingPackages, type Packages } from './packages.js'
import type { Setup } from './setup.js'
import { fileIn } from './starter-step.js'
import { type Starter, starters } from './starters/starter.js'

/** What is added to the project on request. */
export interface Additions {
  readonly starter: Starter | undefined
  readonly packages: Packages
  readonly installs: boolean
}

/** Asks where an option does not say. @throws {CliFailure} The framework is not known, and nobody can be asked. */
export async function chooseAdditions(setup: Setup): Promise<Additions> {
  const { options, terminal, project } = setup
  const offers = terminal.isInteractive && !options.yes && !options.dryRun
  const starter = options.starter || (offers && (await wantsStarter(setup))) ? await chooseStarter(setup) : undefined
  const packages = missingPackages(project, starter)
  const names = [...packages.production, ...packages.development]
  const asks = offers && !options.install && names.length > 0
  const question = `Install ${names.join(', ')} with ${project.packageManager.name}?`
  return { starter, packages, installs: options.install || (asks && (await askYesOrNo(terminal, question))) }
}

async function wantsStarter({ folder, terminal, options, project }: Setup): Promise<boolean> {
  const { file } = starters[options.framework ?? project.framework ?? 'fastify']
  if ((await fileIn(folder, file)) === undefined)
    return askYesOrNo(terminal, `Write ${file}, a small API to begin with?`)
  terminal.say(`${file} is there already, and stays as it is.`)
  return false
}

async function chooseStarter({ options, terminal, project }: Setup): Promise<Starter> {
  const known = options.framework ?? project.framework
  if (known !== undefined) return starters[known]
  const list = frameworkNames.join(', ')
  if (!terminal.isInteractive)
    throw needsInput({
      needs: 'framework',
      message: 'The framework of the starter is not known: package.json depends on none that is.',
      fix: `sallyport init … --starter --framework fastify (or one of ${list})`,
      question: 'For which framework?',
      choices: frameworkNames,
    })
  const titles = frameworks.map(({ title }) => title).join(', ')
  const answer = await askValue(terminal, {
    question: `For which framework: ${list}`,
    current: undefined,
    check: (value) => (isFrameworkName(value) ? undefined : { message: `There are starters for ${titles}.` }),
  })
  return starters[isFrameworkName(answer) ? answer : 'fastify']
}
