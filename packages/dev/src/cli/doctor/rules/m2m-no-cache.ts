import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Rule } from '../rule.js'
import { handlerAround } from '../server/handlers.js'
import { isServerFile } from '../server/server-files.js'
import type { SourceFile } from '../source-file.js'
import { type Call, callsIn } from '../syntax/calls.js'
import { isFunction } from '../syntax/functions.js'
import { textAt } from '../syntax/text-at.js'

export const m2mNoCache: Rule = {
  code: 'm2m-no-cache',
  severity: 'warning',
  mend: { text: 'Keep the token until shortly before expires_in is over, and ask again then.' },
  check: ({ sources }) =>
    sources.flatMap((source) =>
      tokenRequestsIn(source)
        .filter((call) => isPerRequest(source, call))
        .map(({ node }) => ({
          place: source.placeOf(node),
          evidence: evidenceOf(source, node),
          message: 'Every request gets a new token from the issuer: slow, and counted against its quota.',
        })),
    ),
}

const asks = /^(?:fetch|axios|got|post|request)$/

function tokenRequestsIn(source: SourceFile): readonly Call[] {
  if (!isServerFile(source)) return []
  return callsIn(source).filter(
    ({ node, name, around }) =>
      name === 'clientCredentialsGrant' || (asks.test(name) && asksForToken(source, node, around.find(isFunction))),
  )
}

function asksForToken(source: SourceFile, node: Node, inside: Node | undefined): boolean {
  const isAtTokenEndpoint = /oauth\/token|token_?endpoint/i.test(textAt(source, node))
  return /client_credentials/.test(textAt(source, isAtTokenEndpoint && inside ? inside : node))
}

/** In a handler, or in a function of this file that one calls; and nothing there looks like a memory. */
function isPerRequest(source: SourceFile, { around }: Call): boolean {
  const inner = around.find(isFunction)
  if (inner === undefined || /cache|expire|ttl|memo|stored|\?\?=|\|\|=/i.test(textAt(source, inner))) return false
  if (handlerAround(around) !== undefined) return true
  const name = nameOfFunction(inner, around[around.indexOf(inner) + 1])
  return name !== undefined && callsIn(source).some(({ path, around: there }) => path === name && isIn(source, there))
}

function isIn(source: SourceFile, around: readonly Node[]): boolean {
  const handler = handlerAround(around)
  return handler !== undefined && !/cache|expire|ttl|memo/i.test(textAt(source, handler))
}

function nameOfFunction(node: Node, parent: Node | undefined): string | undefined {
  if (node.type === 'FunctionDeclaration') return node.id?.name
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : undefined
}
