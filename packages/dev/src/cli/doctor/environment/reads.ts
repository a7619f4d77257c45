import type { Node, ObjectPattern } from '@babel/types'
import { factoriesIn } from '../server/factories.js'
import type { SourceFile } from '../source-file.js'
import { callsIn } from '../syntax/calls.js'
import { memberOf, nameOf, textOf } from '../syntax/names.js'
import { entryOf, isOpen } from '../syntax/objects.js'

/** A place that depends on variables of the environment. */
export interface EnvironmentRead {
  readonly node: Node
  /** `elsewhere`: by a service, or a runtime, that reads `.env` by itself. */
  readonly from: 'process.env' | 'elsewhere'
  readonly variables: readonly ReadVariable[]
}

export interface ReadVariable {
  readonly name: string
  readonly node: Node
  /** That nothing is there to fall back on. */
  readonly isNeeded: boolean
}

/** Where a file reads variables of Auth0: itself, or through `createAuth()` without settings. */
export function environmentReadsIn(source: SourceFile): readonly EnvironmentRead[] {
  return [...written(source), ...asked(source), ...leftOut(source)].flatMap((read) => {
    const variables = read.variables.filter(({ name }) => name.startsWith('AUTH0_'))
    return variables.length === 0 ? [] : [{ ...read, variables }]
  })
}

const environments: Readonly<Record<string, EnvironmentRead['from']>> = {
  'process.env': 'process.env',
  'Bun.env': 'elsewhere',
}

function environmentOf(node: Node | null | undefined): EnvironmentRead['from'] | undefined {
  const name = nameOf(node) ?? ''
  return Object.hasOwn(environments, name) ? environments[name] : undefined
}

/** `process.env.NAME`, and `const { NAME } = process.env`. */
function written(source: SourceFile): readonly EnvironmentRead[] {
  const reads: EnvironmentRead[] = []
  source.visit((node, around) => {
    if (node.type === 'VariableDeclarator' && node.id.type === 'ObjectPattern') {
      const from = environmentOf(node.init)
      if (from !== undefined) reads.push({ node, from, variables: takenApart(node.id) })
    }
    if (!node.type.endsWith('MemberExpression')) return
    const member = memberOf(node)
    const from = environmentOf(member?.object)
    const use = useOf(node, around)
    if (member === undefined || from === undefined || use === 'written') return
    reads.push({ node, from, variables: [{ name: member.name, node, isNeeded: use === 'needed' }] })
  })
  return reads
}

function takenApart({ properties }: ObjectPattern): readonly ReadVariable[] {
  return properties.flatMap((property) => {
    if (property.type !== 'ObjectProperty') return []
    const name = nameOf(property.key) ?? textOf(property.key) ?? ''
    // With a default it is an assignment pattern.
    return [{ name, node: property, isNeeded: property.value.type === 'Identifier' }]
  })
}

const transparent: readonly string[] = ['TSNonNullExpression', 'TSAsExpression', 'ParenthesizedExpression']

/** What becomes of a value where it is read. */
function useOf(node: Node, [parent, ...beyond]: readonly Node[]): 'written' | 'optional' | 'needed' {
  if (parent === undefined) return 'needed'
  if (transparent.includes(parent.type)) return useOf(parent, beyond)
  switch (parent.type) {
    case 'AssignmentExpression':
      return parent.left === node ? 'written' : 'needed'
    case 'LogicalExpression':
      return parent.left === node ? 'optional' : 'needed'
    case 'ConditionalExpression':
    case 'IfStatement':
      return parent.test === node ? 'optional' : 'needed'
    case 'UnaryExpression':
    case 'BinaryExpression':
      return 'optional'
    case 'OptionalMemberExpression':
      return parent.object === node ? 'optional' : 'needed'
    case 'CallExpression':
      return nameOf(parent.callee) === 'Boolean' ? 'optional' : 'needed'
    default:
      return 'needed'
  }
}

/** `config.get('NAME')` and `config.getOrThrow('NAME')`, as Nest and Deno have them. */
function asked(source: SourceFile): readonly EnvironmentRead[] {
  return callsIn(source).flatMap(({ path = '', parameters, node }) => {
    const name = textOf(parameters[0])
    const isQuestion = /(?:config|env|settings)\w*\.get(?:OrThrow)?$/i.test(path) && parameters.length === 1
    if (!isQuestion || name === undefined) return []
    return [{ node, from: 'elsewhere', variables: [{ name, node, isNeeded: true }] }]
  })
}

const settings: readonly (readonly [options: readonly string[], name: string])[] = [
  [['domain', 'domains', 'issuer'], 'AUTH0_DOMAIN'],
  [['audience'], 'AUTH0_AUDIENCE'],
]

/** Sallyport takes domain and audience from the environment where nobody says them. */
function leftOut(source: SourceFile): readonly EnvironmentRead[] {
  return factoriesIn(source).flatMap(({ call: { node }, isSallyport, options }) => {
    if (!isSallyport || options === undefined || (options !== 'none' && isOpen(options))) return []
    const isSaid = (option: string) => options !== 'none' && entryOf(options, option) !== undefined
    const names = settings.filter(([said]) => !said.some(isSaid)).map(([, name]) => name)
    return [{ node, from: 'process.env', variables: names.map((name) => ({ name, node, isNeeded: true })) }]
  })
}
