import type { Terminal } from '../terminal.js'
import { type Examination, examine } from './examine.js'
import { type Reading, readProject } from './read-project.js'
import type { Report } from './report.js'
import type { Rule } from './rule.js'
import { rulesFor } from './rules.js'

export interface Wishes {
  readonly folder: string
  readonly url: URL | undefined
  readonly offline: boolean
  /** Of the rules to ask; all where there are none. */
  readonly codes: readonly string[]
}

/** Reads the project and asks the rules. @throws {CliFailure} There is no such folder. */
export async function look(wishes: Wishes, terminal: Terminal): Promise<Omit<Report, 'mended'>> {
  const reading = await terminal.during('reading the project', readProject(wishes.folder))
  const rules = rulesFor(reading, wishes).filter(({ code }) => wishes.codes.length === 0 || wishes.codes.includes(code))
  const examination = await terminal.during('looking for mistakes', examine(reading.project, rules))
  return {
    findings: examination.findings,
    lookedAt: lookedAt(reading, wishes),
    notLookedAt: notLookedAt(reading, { wishes, rules, examination }),
  }
}

function lookedAt({ project }: Reading, { url, offline }: Wishes): readonly string[] {
  const { sources, packageJson, envFile } = project
  const local = [
    ...(sources.length === 0 ? [] : [sources.length === 1 ? '1 source file' : `${sources.length} source files`]),
    ...(packageJson === undefined ? [] : ['package.json']),
    ...(envFile === undefined ? [] : ['.env']),
  ]
  const domain = project.environment['AUTH0_DOMAIN']
  const tenant = offline || domain === undefined ? [] : [`the tenant of AUTH0_DOMAIN`]
  return [...local, ...tenant, ...(url === undefined ? [] : [`the API at ${url.origin}`])]
}

interface Looked {
  readonly wishes: Wishes
  readonly rules: readonly Rule[]
  readonly examination: Examination
}

function notLookedAt({ project, leftOut }: Reading, { wishes, rules, examination }: Looked): readonly string[] {
  const hasDomain = project.environment['AUTH0_DOMAIN'] !== undefined
  return [
    ...(project.sources.length === 0 ? ['sources (there is no JavaScript or TypeScript)'] : []),
    ...(project.packageJson === undefined ? ['package.json (there is none)'] : []),
    ...(wishes.offline ? ['the tenant (--offline)'] : hasDomain ? [] : ['the tenant (no AUTH0_DOMAIN)']),
    ...(wishes.url === undefined ? ['the running API (--url)'] : []),
    ...(wishes.codes.length === 0 ? [] : [`all rules but ${rules.map(({ code }) => code).join(', ')}`]),
    ...leftOut,
    ...examination.failed,
  ]
}
