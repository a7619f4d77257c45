import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { distance } from 'fastest-levenshtein'
import { environmentReadsIn, type ReadVariable } from '../environment/reads.js'
import type { Project } from '../project.js'
import type { Finding, Rule } from '../rule.js'
import type { SourceFile } from '../source-file.js'

export const envMissing: Rule = {
  code: 'env-missing',
  severity: 'error',
  mend: {
    text: 'Put it into .env. This writes domain and audience there, of Auth0 or of the local tenant:',
    command: 'npx sallyport init',
  },
  docs: 'docs/quickstart.md',
  check: async (project) => {
    const missing = firstByName(needsOf(project).filter(({ name }) => !isSet(project, name)))
    if (missing.length === 0) return []
    const elsewhere = await otherPlaces(project)
    return missing
      .filter(({ name }) => !elsewhere.some((text) => new RegExp(`\\b${name}\\b['"]?\\s*[:=]`).test(text)))
      .map((read) => findingOf(read, project))
  },
}

interface Need extends ReadVariable {
  readonly source: SourceFile
}

function needsOf({ sources }: Project): readonly Need[] {
  return sources.flatMap((source) =>
    environmentReadsIn(source)
      .flatMap(({ variables }) => variables)
      .filter(({ isNeeded }) => isNeeded)
      .map((variable) => ({ ...variable, source })),
  )
}

function firstByName(needs: readonly Need[]): readonly Need[] {
  return needs.filter(({ name }, index) => needs.findIndex((other) => other.name === name) === index)
}

function isSet({ environment }: Project, name: string): boolean {
  return (environment[name] ?? '') !== ''
}

function findingOf({ name, source, node }: Need, { envFile }: Project): Finding {
  const where = envFile === undefined ? 'there is no .env' : '.env has none'
  return {
    place: source.placeOf(node),
    message: `${name} is needed here, and is not set: the environment has no value, and ${where}.${guess(name, envFile)}`,
    // Without a .env the values may well come from where the API is run, and only two are sure to be needed.
    ...(envFile !== undefined && vital.includes(name) ? {} : { severity: 'warning' }),
  }
}

/** An API does not start without these. */
const vital: readonly string[] = ['AUTH0_DOMAIN', 'AUTH0_AUDIENCE']

/** A name that is there, and may be what was meant. */
function guess(wanted: string, envFile: Project['envFile']): string {
  const [nearest] = (envFile?.variables ?? [])
    .filter(({ name, value }) => value !== '' && name !== wanted)
    .map(({ name }) => ({ name, away: distance(bare(name), bare(wanted)) }))
    .sort((one, other) => one.away - other.away)
  return nearest !== undefined && nearest.away <= 3 ? ` It has ${nearest.name}: is that the one?` : ''
}

function bare(name: string): string {
  return name
    .toLowerCase()
    .replace(/^(vite|next_public|react_app|public)_/, '')
    .replaceAll('_', '')
}

/** Where else a variable of the environment can come from. */
const sources: readonly RegExp[] = [
  /^\.env(?!\.(example|sample|template|defaults?|dist)$)\./,
  /^\.dev\.vars$/,
  /^(docker-)?compose[\w.-]*\.ya?ml$/,
  /^Dockerfile/,
  /^wrangler\.(toml|jsonc?)$/,
  /^(vercel|fly|render|serverless|app)\.(json|toml|ya?ml)$/,
  /^Procfile$/,
  /^ecosystem\.config\.[cm]?js$/,
  /^\.envrc$/,
]

async function otherPlaces({ folder, packageJson }: Project): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => sources.some((pattern) => pattern.test(name)))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')))
  const scripts = Object.values(packageJson?.scripts ?? {})
  // It gives both to the command behind it.
  const isLocal = scripts.some((script) => /\bsallyport dev\b.* -- /.test(script))
  return [...texts, ...scripts, ...(isLocal ? ['AUTH0_DOMAIN= AUTH0_AUDIENCE='] : [])]
}
