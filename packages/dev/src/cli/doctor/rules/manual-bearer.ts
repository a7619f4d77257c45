import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Rule } from '../rule.js'
import { serverFilesOf } from '../server/server-files.js'
import type { SourceFile } from '../source-file.js'
import { callOf } from '../syntax/calls.js'
import { isFunction } from '../syntax/functions.js'
import { memberOf, nameOf, textOf } from '../syntax/names.js'
import { textAt } from '../syntax/text-at.js'

export const manualBearer: Rule = {
  code: 'manual-bearer',
  severity: 'warning',
  mend: {
    text: 'Let requireAuth() read the header: it knows both schemes, refuses repeated headers and sends challenges.',
  },
  docs: 'docs/frameworks.md',
  check: (project) =>
    serverFilesOf(project).flatMap((source) =>
      headerReadsIn(source)
        .filter((read) => isTakenApart(source, read))
        .filter(isFirstOfItsFunction)
        .map(({ node }) => ({
          place: source.placeOf(node),
          evidence: evidenceOf(source, node),
          message: 'The Authorization header is taken apart by hand.',
        })),
    ),
}

interface Read {
  readonly node: Node
  readonly around: readonly Node[]
}

function headerReadsIn(source: SourceFile): readonly Read[] {
  const reads: Read[] = []
  source.visit((node, around) => {
    if (readsHeader(node, around)) reads.push({ node, around })
  })
  return reads
}

function readsHeader(node: Node, [parent]: readonly Node[]): boolean {
  const member = memberOf(node)
  if (member !== undefined) {
    const isWritten = parent?.type === 'AssignmentExpression' && parent.left === node
    return !isWritten && isAuthorization(member.name) && /(?:^|\.)headers$/.test(nameOf(member.object) ?? '')
  }
  const call = callOf(node)
  if (call !== undefined && call.parameters.length === 1 && isAuthorization(textOf(call.parameters[0])))
    return /^(?:get|header)$/.test(call.name)
  if (node.type !== 'ObjectProperty' || parent?.type !== 'ObjectPattern') return false
  return isAuthorization(nameOf(node.key) ?? textOf(node.key))
}

function isAuthorization(name: string | undefined): boolean {
  return name?.toLowerCase() === 'authorization'
}

function isFirstOfItsFunction({ around }: Read, index: number, reads: readonly Read[]): boolean {
  const scope = around.find(isFunction)
  return reads.findIndex((other) => other.around.find(isFunction) === scope) === index
}

const takesApart = /\.(?:split\(\s*(?:['"`] ['"`]|\/)|slice\(|substring\(|substr\(|replace\(|match\()/
const scheme = /\bbearer\b/i
const aroundTheToken = /\.(?:split\(\s*['"`] ['"`]\s*\)|slice\(\s*7\s*\)|substring\(\s*7\s*\)|substr\(\s*7\s*\))/

/** In the function around it a scheme is cut off; that of Basic is another matter. */
function isTakenApart(source: SourceFile, { around }: Read): boolean {
  const text = textAt(source, around.find(isFunction) ?? source.tree.program)
  if (/\bbasic\b/i.test(text) && !scheme.test(text)) return false
  return scheme.test(text) ? takesApart.test(text) : aroundTheToken.test(text)
}
