import type { CallExpression, NewExpression, Node, OptionalCallExpression } from '@babel/types'
import type { SourceFile } from '../source-file.js'
import { lastNameOf, nameOf } from './names.js'

/** A call, or `new`. */
export interface Call {
  readonly node: CallExpression | OptionalCallExpression | NewExpression
  /** Such as `jwt.verify`, where it is a path of names. */
  readonly path: string | undefined
  /** Such as `verify`. */
  readonly name: string
  readonly parameters: readonly Node[]
  readonly around: readonly Node[]
}

const known = new WeakMap<SourceFile, readonly Call[]>()

/** All calls of a file. */
export function callsIn(source: SourceFile): readonly Call[] {
  const calls = known.get(source) ?? findCalls(source)
  known.set(source, calls)
  return calls
}

function findCalls(source: SourceFile): readonly Call[] {
  const calls: Call[] = []
  source.visit((node, around) => {
    const call = callOf(node, around)
    if (call !== undefined) calls.push(call)
  })
  return calls
}

export function callOf(node: Node, around: readonly Node[] = []): Call | undefined {
  if (!isCall(node)) return undefined
  const parameters = node.arguments
  return { node, path: nameOf(node.callee), name: lastNameOf(node.callee) ?? '', parameters, around }
}

function isCall(node: Node): node is Call['node'] {
  return node.type === 'CallExpression' || node.type === 'OptionalCallExpression' || node.type === 'NewExpression'
}
