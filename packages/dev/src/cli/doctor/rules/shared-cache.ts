import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Rule } from '../rule.js'
import { controllersOf } from '../server/controllers.js'
import { looksLikeGuard, usesSallyport } from '../server/guards.js'
import { type Route, routesOf } from '../server/routes.js'
import { serverFilesOf } from '../server/server-files.js'
import type { SourceFile } from '../source-file.js'
import { callsIn } from '../syntax/calls.js'
import { isFunction, isWithin } from '../syntax/functions.js'
import { textOf } from '../syntax/names.js'
import { entriesOf, givenValue } from '../syntax/objects.js'

export const sharedCache: Rule = {
  code: 'shared-cache',
  severity: 'warning',
  mend: {
    text: "Say 'private' or 'no-store': shared caches keep what is 'public' in spite of the Authorization header.",
  },
  check: (project) =>
    serverFilesOf(project).flatMap((source) =>
      cacheHeadersIn(source)
        .filter((node) => isBehindGuard(source, node))
        .map((node) => ({
          place: source.placeOf(node),
          evidence: evidenceOf(source, node),
          message: 'A cache on the way may give this answer to other callers, without a token.',
        })),
    ),
}

/** Values of `Cache-Control` that let shared caches keep an answer. */
function cacheHeadersIn(source: SourceFile): readonly Node[] {
  const given = callsIn(source).flatMap(({ parameters: [name, value] }) => (isCacheControl(name) ? (value ?? []) : []))
  const written: Node[] = []
  source.visit((node) => {
    if (node.type !== 'ObjectExpression') return
    written.push(...entriesOf(node).flatMap(({ name, value }) => (/^cache-?control$/i.test(name) ? value : [])))
  })
  return [...given, ...written].filter((node) =>
    /\bpublic\b|\bs-maxage\b/i.test(textOf(givenValue(source, node)) ?? ''),
  )
}

function isCacheControl(node: Node | undefined): boolean {
  return /^cache-control$/i.test(textOf(node) ?? '')
}

function isBehindGuard(source: SourceFile, node: Node): boolean {
  const isInRoute = routesOf(source).some((route) => isGuarded(source, route) && isInHandler(source, route, node))
  return isInRoute || isInProtected(source, node) || isInController(source, node)
}

function isGuarded(source: SourceFile, { before }: Route): boolean {
  return before.some((node) => looksLikeGuard(source, node))
}

function isInHandler(source: SourceFile, { handler }: Route, node: Node): boolean {
  return handler !== undefined && isWithin(node, givenValue(source, handler))
}

/** `auth.protect(handler)` of the fetch adapter. */
function isInProtected(source: SourceFile, node: Node): boolean {
  if (!usesSallyport(source)) return false
  return callsIn(source).some(
    ({ name, parameters: [handler] }) =>
      name === 'protect' && handler !== undefined && isFunction(handler) && isWithin(node, handler),
  )
}

function isInController(source: SourceFile, node: Node): boolean {
  return controllersOf(source).some(({ methods }) =>
    methods.some(
      ({ node: method, decorators }) =>
        isWithin(node, method) && decorators.some(({ name }) => /^(?:RequireAuth|UseGuards)$/.test(name)),
    ),
  )
}
