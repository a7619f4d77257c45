import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Rule } from '../rule.js'
import { handlerAround } from '../server/handlers.js'
import type { SourceFile } from '../source-file.js'
import { type Call, callsIn } from '../syntax/calls.js'
import { isWithin } from '../syntax/functions.js'
import { localsOf } from '../syntax/imports.js'

export const jwksPerRequest: Rule = {
  code: 'jwks-per-request',
  severity: 'warning',
  mend: { text: 'Create it once, when the program starts, and use it in the handler.' },
  docs: 'docs/frameworks.md',
  check: ({ sources }) =>
    sources.flatMap((source) =>
      callsIn(source)
        .filter((call) => holdsKeys(source, call) && isMadeAgainAndAgain(call))
        .map(({ node }) => ({
          place: source.placeOf(node),
          evidence: evidenceOf(source, node),
          message: 'This holds the keys of the issuer, and is made anew for every request: so are its fetches.',
        })),
    ),
}

const holders: readonly (readonly [RegExp, readonly string[] | undefined])[] = [
  [/^jose$/, ['createRemoteJWKSet']],
  [/^jwks-rsa$/, undefined],
  [/^sallyport\/(?:fastify|express|hono|fetch)$/, ['createAuth']],
  [/^sallyport$/, ['createResourceServer']],
]

function holdsKeys(source: SourceFile, { path = '' }: Call): boolean {
  return (
    holders.some(([module, names]) =>
      localsOf(source, module, names).some((local) => path === local || path === `${local}.expressJwtSecret`),
    ) || localsOf(source, 'jose').some((local) => path === `${local}.createRemoteJWKSet`)
  )
}

function isMadeAgainAndAgain({ around }: Call): boolean {
  const handler = handlerAround(around)
  return handler !== undefined && !around.some((node) => isWithin(node, handler.body) && isOnce(node))
}

/** `keys ??= create()`, `if (!keys) keys = create()`, `keys.set(name, create())`. */
function isOnce(node: Node): boolean {
  if (node.type === 'AssignmentExpression') return node.operator !== '='
  if (node.type === 'CallExpression')
    return (
      node.callee.type === 'MemberExpression' && 'name' in node.callee.property && node.callee.property.name === 'set'
    )
  return node.type === 'IfStatement' || node.type === 'LogicalExpression' || node.type === 'ConditionalExpression'
}
