import type { Node, ObjectExpression } from '@babel/types'
import type { SourceFile } from '../source-file.js'
import { nameOf, textOf, unwrapped } from './names.js'

/** A name of an object literal with what stands behind it: an expression, or a method. */
export interface Entry {
  readonly name: string
  readonly value: Node
}

export function entriesOf(object: ObjectExpression): readonly Entry[] {
  return object.properties.flatMap((property) => {
    if (property.type === 'SpreadElement') return []
    const { key, computed } = property
    const name = textOf(key) ?? (computed ? undefined : nameOf(key))
    if (name === undefined) return []
    return [{ name, value: property.type === 'ObjectMethod' ? property : unwrapped(property.value) }]
  })
}

export function entryOf(object: ObjectExpression | undefined, name: string): Node | undefined {
  return object && entriesOf(object).find((entry) => entry.name === name)?.value
}

/** Whether there may be more in it than can be seen. */
export function isOpen(object: ObjectExpression): boolean {
  return object.properties.some((property) => property.type === 'SpreadElement')
}

/** The object literal itself, or the one that a name of this file stands for. */
export function objectOf(source: SourceFile, node: Node | undefined): ObjectExpression | undefined {
  if (node === undefined) return undefined
  const value = givenValue(source, node)
  return value.type === 'ObjectExpression' ? value : undefined
}

/** What a name was given in this file, where it was given something once. */
export function givenValue(source: SourceFile, given: Node): Node {
  const node = unwrapped(given)
  if (node.type !== 'Identifier') return node
  const values = valuesIn(source).get(node.name) ?? []
  return values.length === 1 && values[0] ? unwrapped(values[0]) : node
}

const known = new WeakMap<SourceFile, ReadonlyMap<string, readonly Node[]>>()

function valuesIn(source: SourceFile): ReadonlyMap<string, readonly Node[]> {
  const values = known.get(source) ?? findValues(source)
  known.set(source, values)
  return values
}

function findValues(source: SourceFile): ReadonlyMap<string, readonly Node[]> {
  const values = new Map<string, Node[]>()
  const remember = (target: Node, value: Node) => {
    if (target.type === 'Identifier') values.set(target.name, [...(values.get(target.name) ?? []), value])
  }
  source.visit((node) => {
    if (node.type === 'VariableDeclarator' && node.init) remember(node.id, node.init)
    if (node.type === 'AssignmentExpression') remember(node.left, node.right)
    if (node.type === 'FunctionDeclaration' && node.id) remember(node.id, node)
  })
  return values
}
