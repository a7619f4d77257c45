import type { Node, VariableDeclarator } from '@babel/types'
import type { Project } from '../project.js'
import { factoriesIn } from '../server/factories.js'
import type { SourceFile } from '../source-file.js'
import { callsIn } from '../syntax/calls.js'
import { memberOf, nameOf, textOf } from '../syntax/names.js'
import { entryOf, isOpen } from '../syntax/objects.js'

/** A place of a source that needs a variable of the environment. */
export interface EnvRead {
  readonly name: string
  readonly source: SourceFile
  readonly node: Node
}

/** What the sources need of `AUTH0_…`; a read with something to fall back on needs nothing. */
export function envReads({ sources }: Project): readonly EnvRead[] {
  return sources
    .flatMap((source) => [...written(source), ...asked(source), ...leftOut(source)])
    .filter(({ name }) => name.startsWith('AUTH0_'))
}

/** `process.env.NAME`, and `const { NAME } = process.env`. */
function written(source: SourceFile): readonly EnvRead[] {
  const reads: EnvRead[] = []
  source.visit((node, around) => {
    if (node.type === 'VariableDeclarator') reads.push(...takenApart(source, node))
    if (!node.type.endsWith('MemberExpression') || hasFallback(node, around)) return
    const member = memberOf(node)
    if (member !== undefined && isEnvironment(member.object)) reads.push({ name: member.name, source, node })
  })
  return reads
}

function takenApart(source: SourceFile, { id, init }: VariableDeclarator): readonly EnvRead[] {
  if (id.type !== 'ObjectPattern' || !isEnvironment(init)) return []
  return id.properties.flatMap((property) => {
    // With a default it is an assignment pattern.
    if (property.type !== 'ObjectProperty' || property.value.type !== 'Identifier') return []
    return [{ name: nameOf(property.key) ?? textOf(property.key) ?? '', source, node: property }]
  })
}

function isEnvironment(node: Node | null | undefined): boolean {
  const name = nameOf(node)
  return name === 'process.env' || name === 'Bun.env'
}

const transparent: readonly string[] = ['TSNonNullExpression', 'TSAsExpression', 'ParenthesizedExpression']

/** Whether the value may be missing where it is read, or is written there. */
function hasFallback(node: Node, [parent, ...beyond]: readonly Node[]): boolean {
  if (parent === undefined) return false
  if (transparent.includes(parent.type)) return hasFallback(parent, beyond)
  switch (parent.type) {
    case 'LogicalExpression':
    case 'AssignmentExpression':
      return parent.left === node
    case 'ConditionalExpression':
    case 'IfStatement':
      return parent.test === node
    case 'UnaryExpression':
    case 'BinaryExpression':
      return true
    default:
      return false
  }
}

/** `config.get('NAME')` and `config.getOrThrow('NAME')`, as Nest and Deno have them. */
function asked(source: SourceFile): readonly EnvRead[] {
  return callsIn(source).flatMap(({ name: method, parameters, node }) => {
    const name = textOf(parameters[0])
    const isQuestion = /^get(OrThrow)?$/.test(method) && parameters.length === 1
    return isQuestion && name !== undefined ? [{ name, source, node }] : []
  })
}

/** Sallyport takes domain and audience from the environment where nobody says them. */
function leftOut(source: SourceFile): readonly EnvRead[] {
  return factoriesIn(source).flatMap(({ call: { node }, isSallyport, options }) => {
    if (!isSallyport || options === undefined || (options !== 'none' && isOpen(options))) return []
    const isSaid = (...names: readonly string[]) =>
      options !== 'none' && names.some((name) => entryOf(options, name) !== undefined)
    return [
      ...(isSaid('domain', 'domains', 'issuer') ? [] : [{ name: 'AUTH0_DOMAIN', source, node }]),
      ...(isSaid('audience') ? [] : [{ name: 'AUTH0_AUDIENCE', source, node }]),
    ]
  })
}
