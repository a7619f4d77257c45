import { type ParserPlugin, parse as parseText } from '@babel/parser'
import type { File, Node } from '@babel/types'
import type { SourceFile } from './source-file.js'

const common: readonly ParserPlugin[] = ['decorators-legacy', 'decoratorAutoAccessors', 'explicitResourceManagement']

/** In a `.ts` file `<T>x` is an assertion, elsewhere it is JSX. */
const syntaxes: readonly (readonly [RegExp, readonly ParserPlugin[]])[] = [
  [/\.tsx$/, ['typescript', 'jsx']],
  [/\.[cm]?ts$/, ['typescript']],
  [/$/, ['jsx']],
]

/** @throws {SyntaxError} with `loc`, where it says nothing at all to the parser. */
export function parseSource(file: string, text: string): SourceFile {
  const [, own = []] = syntaxes.find(([ending]) => ending.test(file)) ?? []
  const tree = parseText(text, {
    sourceType: 'module',
    errorRecovery: true,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowUndeclaredExports: true,
    plugins: [...common, ...own],
  }) as File
  return {
    file,
    text,
    tree,
    visit: createVisit(tree),
    placeOf: ({ loc }) => ({ file, line: loc?.start.line ?? 1, column: (loc?.start.column ?? 0) + 1 }),
  }
}

type Look = (node: Node, around: readonly Node[]) => void

const notSyntax = new Set(['loc', 'extra', 'leadingComments', 'trailingComments', 'innerComments'])

/** Every rule visits every file: what is inside of a node is looked up once. */
function createVisit({ program }: File): SourceFile['visit'] {
  const known = new Map<Node, readonly Node[]>()
  const insideOf = (node: Node) => {
    const inside = known.get(node) ?? childrenOf(node)
    known.set(node, inside)
    return inside
  }
  const visit = (node: Node, around: readonly Node[], look: Look) => {
    look(node, around)
    const inside = insideOf(node)
    if (inside.length === 0) return
    const aroundThem = [node, ...around]
    for (const child of inside) visit(child, aroundThem, look)
  }
  return (look) => visit(program, [], look)
}

function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = []
  for (const [name, value] of Object.entries(node) as [string, unknown][]) {
    if (notSyntax.has(name) || typeof value !== 'object') continue
    if (Array.isArray(value)) children.push(...value.filter(isNode))
    else if (isNode(value)) children.push(value)
  }
  return children
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}
