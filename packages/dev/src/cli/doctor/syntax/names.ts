import type { Node } from '@babel/types'

/** What is inside of `(…)`, `await …`, `… as T`, `…!`. */
export function unwrapped(node: Node): Node {
  switch (node.type) {
    case 'AwaitExpression':
      return unwrapped(node.argument)
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
      return unwrapped(node.expression)
    default:
      return node
  }
}

/** The path of names, such as `process.env.PORT`, or nothing where it is more than names. */
export function nameOf(given: Node | null | undefined): string | undefined {
  if (given === null || given === undefined) return undefined
  const node = unwrapped(given)
  if (node.type === 'Identifier') return node.name
  if (node.type === 'ThisExpression') return 'this'
  if (node.type === 'MetaProperty') return `${node.meta.name}.${node.property.name}`
  const member = memberOf(node)
  const object = member && nameOf(member.object)
  return member === undefined || object === undefined ? undefined : `${object}.${member.name}`
}

/** The last name of a path, whatever is before it: `header` of `a().b.header`. */
export function lastNameOf(given: Node): string | undefined {
  const node = unwrapped(given)
  return node.type === 'Identifier' ? node.name : memberOf(node)?.name
}

export interface Member {
  readonly object: Node
  readonly name: string
}

/** `object.name`, `object['name']`, `object?.name`. */
export function memberOf(given: Node): Member | undefined {
  const node = unwrapped(given)
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return undefined
  const { object, property, computed } = node
  const name = computed ? textOf(property) : property.type === 'Identifier' ? property.name : undefined
  return name === undefined ? undefined : { object, name }
}

/** The value of a string literal, or of a template without expressions. */
export function textOf(given: Node | null | undefined): string | undefined {
  if (given === null || given === undefined) return undefined
  const node = unwrapped(given)
  if (node.type === 'StringLiteral') return node.value
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? undefined
  return undefined
}
