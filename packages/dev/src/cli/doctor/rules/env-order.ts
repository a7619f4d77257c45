import type { Node } from '@babel/types'
import { environmentLoadsIn } from '../environment/loads.js'
import { environmentReadsIn } from '../environment/reads.js'
import { evidenceOf } from '../evidence.js'
import type { Project } from '../project.js'
import type { Finding, Rule } from '../rule.js'
import { resolvedIn } from '../server/server-files.js'
import type { SourceFile } from '../source-file.js'
import { isFunction } from '../syntax/functions.js'
import { importsOf } from '../syntax/imports.js'

export const envOrder: Rule = {
  code: 'env-order',
  severity: 'error',
  mend: { text: "Make import 'dotenv/config' the first import, or start with: node --env-file=.env …" },
  docs: 'docs/quickstart.md#3-guard-your-routes',
  check: (project) => {
    const scripts = Object.values(project.packageJson?.scripts ?? {})
    if (scripts.some((text) => /env-file|dotenv|envx|-r |--import|--require/.test(text))) return []
    return project.sources.flatMap((source) =>
      environmentLoadsIn(source).length === 0 || isImported(project, source) ? [] : findingsOf(project, source),
    )
  },
}

/** What a file does when it runs, in order, as far as the environment is concerned. */
interface Step {
  readonly does: 'read' | 'load'
  /** The import or the statement of the first file that leads to it. */
  readonly node: Node
  readonly names: readonly string[]
}

function findingsOf(project: Project, source: SourceFile): readonly Finding[] {
  const steps = stepsOf(project, source, new Set())
  const firstLoad = steps.findIndex(({ does }) => does === 'load')
  return steps
    .slice(0, Math.max(firstLoad, 0))
    .filter(({ does }) => does === 'read')
    .slice(0, 1)
    .map(({ node, names }) => ({
      place: source.placeOf(node),
      evidence: evidenceOf(source, node),
      message: `This reads ${names.join(' and ')} before the .env file is loaded: imports run first, wherever they stand.`,
    }))
}

function stepsOf(project: Project, source: SourceFile, seen: Set<SourceFile>): readonly Step[] {
  if (seen.has(source)) return []
  seen.add(source)
  const isHoisted = ({ node }: { readonly node: Node }) => /^(?:Import|Export)/.test(node.type)
  const imports = importsOf(source).filter(({ isTypeOnly }) => !isTypeOnly)
  const loads = environmentLoadsIn(source)
  const ofImport = ({ module, node }: { readonly module: string; readonly node: Node }): readonly Step[] => {
    if (loads.includes(node)) return [{ does: 'load', node, names: [] }]
    const imported = resolvedIn(project, source, module)
    const steps = imported === undefined ? [] : stepsOf(project, imported, seen)
    return steps.map((step) => ({ ...step, node }))
  }
  const later = imports.filter((one) => !isHoisted(one)).map((one) => ({ node: one.node, steps: () => ofImport(one) }))
  const loaded = loads
    .filter((node) => !isHoisted({ node }))
    .map((node) => ({ node, steps: (): readonly Step[] => [{ does: 'load', node, names: [] }] }))
  const read = environmentReadsIn(source)
    .filter(({ from }) => from === 'process.env')
    .map(({ node, variables }) => ({
      node,
      steps: (): readonly Step[] => [{ does: 'read', node, names: variables.map(({ name }) => name) }],
    }))
  const atOnce = nodesRunAtOnce(source)
  const own = [...later, ...loaded, ...read]
    .filter(({ node }) => atOnce.has(node))
    .sort((one, other) => (one.node.start ?? 0) - (other.node.start ?? 0))
  return [...imports.filter(isHoisted).flatMap(ofImport), ...own.flatMap(({ steps }) => steps())]
}

function nodesRunAtOnce(source: SourceFile): ReadonlySet<Node> {
  const nodes = new Set<Node>()
  source.visit((node, around) => {
    if (!around.some(isFunction)) nodes.add(node)
  })
  return nodes
}

function isImported(project: Project, source: SourceFile): boolean {
  return project.sources.some((other) =>
    importsOf(other).some(({ module }) => resolvedIn(project, other, module) === source),
  )
}
