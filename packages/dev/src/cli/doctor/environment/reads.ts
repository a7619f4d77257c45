import type { Node } from '@babel/types'
import { factoriesIn } from '../server/factories.js'
import type { SourceFile } from '../source-file.js'
import { callsIn } from '../syntax/calls.js'
import { importsOf, localsOf } from '../syntax/imports.js'
import { memberOf, nameOf } from '../syntax/names.js'
import { entryOf, isOpen } from '../syntax/objects.js'
import { textAt } from '../syntax/text-at.js'

/** A place that depends on a variable of the environment. */
export interface EnvironmentRead {
  readonly node: Node
  readonly names: readonly string[]
}

const ours = /^AUTH0_/

/** Where a file reads variables of Auth0: itself, or through `createAuth()` without settings. */
export function environmentReadsIn(source: SourceFile): readonly EnvironmentRead[] {
  return [...ownReads(source), ...implicitReads(source)]
}

function ownReads(source: SourceFile): readonly EnvironmentRead[] {
  const reads: EnvironmentRead[] = []
  source.visit((node, [parent]) => {
    const member = memberOf(node)
    const isWritten = parent?.type === 'AssignmentExpression' && parent.left === node
    if (member && ours.test(member.name) && nameOf(member.object) === 'process.env' && !isWritten)
      reads.push({ node, names: [member.name] })
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'ObjectPattern') return
    if (nameOf(node.init) !== 'process.env') return
    const names = node.id.properties.flatMap((one) => (one.type === 'ObjectProperty' ? (nameOf(one.key) ?? []) : []))
    const read = names.filter((name) => ours.test(name))
    if (read.length > 0) reads.push({ node, names: read })
  })
  return reads
}

const settings: readonly (readonly [readonly string[], string])[] = [
  [['domain', 'domains', 'issuer'], 'AUTH0_DOMAIN'],
  [['audience'], 'AUTH0_AUDIENCE'],
]

function implicitReads(source: SourceFile): readonly EnvironmentRead[] {
  return factoriesIn(source).flatMap(({ call, isSallyport, options }) => {
    if (!isSallyport || options === undefined || (options !== 'none' && isOpen(options))) return []
    const isGiven = (option: string) => options !== 'none' && entryOf(options, option) !== undefined
    const names = settings.filter(([given]) => !given.some(isGiven)).map(([, name]) => name)
    return names.length === 0 ? [] : [{ node: call.node, names }]
  })
}

/** Where a file fills the environment from a file. */
export function environmentLoadsIn(source: SourceFile): readonly Node[] {
  const modules = importsOf(source).filter(({ module }) => loadingModule.test(module))
  const locals = localsOf(source, /^(?:dotenv|dotenv-flow|dotenv-expand|@dotenvx\/dotenvx)$/)
  const calls = callsIn(source).filter(
    ({ path = '' }) =>
      /(?:^|\.)(?:loadEnvFile|loadEnvConfig)$/.test(path) ||
      locals.some((local) => path === local || path === `${local}.config`),
  )
  const chained = callsIn(source).filter(
    ({ name, node }) => name === 'config' && /^require\(['"`]dotenv/.test(textAt(source, node)),
  )
  return [...modules, ...calls, ...chained].map(({ node }) => node)
}

const loadingModule = /^(?:dotenv\/config|dotenv-flow\/config|@dotenvx\/dotenvx\/config|dotenv-safe\/config)$/
