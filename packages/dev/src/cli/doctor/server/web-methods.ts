import type { Declaration, Node } from '@babel/types'
import type { SourceFile } from '../source-file.js'
import { nameOf } from '../syntax/names.js'
import { entryOf } from '../syntax/objects.js'

/** What a file exports under the name of a method, as Next.js and others take it: `export const GET = …`. */
export interface WebMethod {
  /** In upper case. */
  readonly method: string
  /** The function, or what makes it. */
  readonly value: Node
}

/** @param name Of a function, or of what holds one. */
export function isWebMethod(name: string): boolean {
  return /^(?:GET|POST|PUT|PATCH|DELETE|OPTIONS|HEAD)$/.test(name)
}

export function webMethodsIn({ tree }: SourceFile): readonly WebMethod[] {
  return tree.program.body
    .flatMap((node) => (node.type === 'ExportNamedDeclaration' && node.declaration ? declared(node.declaration) : []))
    .filter(({ method }) => isWebMethod(method))
}

function declared(node: Declaration): readonly WebMethod[] {
  if (node.type === 'FunctionDeclaration') return [{ method: node.id?.name ?? '', value: node }]
  if (node.type !== 'VariableDeclaration') return []
  return node.declarations.flatMap(({ id, init }) => (init ? [{ method: nameOf(id) ?? '', value: init }] : []))
}

/** `export default { fetch() { … } }`, as Workers, Bun and Deno take it. */
export function exportsFetch({ tree }: SourceFile): boolean {
  return tree.program.body.some((node) => {
    if (node.type !== 'ExportDefaultDeclaration') return false
    const { declaration } = node
    return declaration.type === 'ObjectExpression' && entryOf(declaration, 'fetch') !== undefined
  })
}
