import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { environmentLoadsIn } from '../environment/loads.js'
import { environmentReadsIn } from '../environment/reads.js'
import { evidenceOf } from '../evidence.js'
import type { Project } from '../project.js'
import type { Rule } from '../rule.js'
import { importsAny } from '../syntax/imports.js'

export const envNotLoaded: Rule = {
  code: 'env-not-loaded',
  severity: 'error',
  mend: { text: 'Let the script load the file: node --env-file=.env …, or tsx --env-file=.env …' },
  docs: 'docs/quickstart.md#3-guard-your-routes',
  check: async (project) => {
    const startScript = startScriptOf(project)
    if (startScript === undefined || (await isLoadedSomehow(project))) return []
    const inFile = new Set(project.envFile?.variables.map(({ name }) => name))
    for (const source of project.sources)
      for (const { node, from, variables } of environmentReadsIn(source)) {
        const missed = variables.map(({ name }) => name).filter((name) => inFile.has(name))
        if (from !== 'process.env' || missed.length === 0) continue
        const message = `${missed.join(' and ')} is in .env, but the script "${startScript}" does not load that file.`
        return [{ place: source.placeOf(node), evidence: evidenceOf(source, node), message }]
      }
    return []
  },
}

const starts = /^(?:start|dev|serve)(?::|$)/
const runsNode = /(?:^|[\s;&|/])(?:(?:node|tsx|ts-node|ts-node-esm|nodemon|node-dev|ts-node-dev|tsnd)\s|nest start\b)/
const loadsFile =
  /env-file|dotenv|env-cmd|envx|sallyport dev|\bbun\b|\bdeno\b|\bdocker\b|\bwrangler\b|direnv|doppler|infisical|op run|\.env\b/

/** The script that starts the API with nothing but what is around it. */
function startScriptOf({ packageJson }: Project): string | undefined {
  const scripts = Object.entries(packageJson?.scripts ?? {})
  if (scripts.some(([, text]) => loadsFile.test(text))) return undefined
  return scripts.find(([name, text]) => starts.test(name) && runsNode.test(text))?.[0]
}

const loadingDependency =
  /^(?:@nestjs\/config|next|nuxt|astro|vite-node|@sveltejs\/kit|@remix-run\/.*|dotenv.*|@dotenvx\/.*|env-cmd|@next\/env|gatsby|@fastify\/env|env-schema|convict|c12|wrangler)$/
/** Files that may bring the environment along. */
const companions = [
  '.envrc',
  'compose.yaml',
  'compose.yml',
  'docker-compose.yaml',
  'docker-compose.yml',
  'mise.toml',
  '.mise.toml',
  'Makefile',
  'justfile',
  'Procfile',
  '.vscode/launch.json',
  'ecosystem.config.js',
  'ecosystem.config.cjs',
  'nodemon.json',
]

async function isLoadedSomehow({ folder, sources, packageJson }: Project): Promise<boolean> {
  if (Object.keys(packageJson?.dependencies ?? {}).some((name) => loadingDependency.test(name))) return true
  if (/NODE_OPTIONS|"nodemonConfig"/.test(packageJson?.text ?? '')) return true
  const isLoadedInside = sources.some(
    (source) =>
      environmentLoadsIn(source).length > 0 ||
      importsAny(source, loadingDependency) ||
      /\bparseEnv\b|['"`][^'"`]*\.env['"`]/.test(source.text),
  )
  if (isLoadedInside) return true
  const texts = await Promise.all(companions.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')))
  return texts.some((text) => /env/i.test(text))
}
