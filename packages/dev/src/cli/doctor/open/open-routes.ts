import type { Node } from '@babel/types'
import { type Global, globalsOf, looksLikeGuard } from '../server/guards.js'
import { type Route, routesOf } from '../server/routes.js'
import type { SourceFile } from '../source-file.js'
import { isFunction } from '../syntax/functions.js'
import { textAt } from '../syntax/text-at.js'
import { asksItself, isWrite, type OpenRoute } from './open-route.js'

/** Routes of an app without a guard, where other routes of it have one. */
export function openRoutesIn(source: SourceFile): readonly OpenRoute[] {
  const routes = routesOf(source)
  const globals = globalsOf(source).filter((one) => mayGuard(source, one))
  const guarded = routes.filter((route) => route.before.some((node) => looksLikeGuard(source, node)))
  return routes
    .filter((route) => route.before.length === 0 && !route.isOpen && !globals.some((one) => isBefore(one, route)))
    .filter((route) => !isPublicOnPurpose(source, route) && !asks(source, route))
    .flatMap((route): readonly OpenRoute[] => {
      const others = guarded.filter(({ app }) => app === route.app)
      const among = nearness(route, others)
      return among === undefined ? [] : [{ node: route.call.node, among }]
    })
}

function nearness(route: Route, guarded: readonly Route[]): OpenRoute['among'] | undefined {
  if (guarded.some((other) => isSibling(route, other))) return 'siblings'
  return writes(route) && guarded.some((other) => rootOf(other) === rootOf(route)) ? 'app' : undefined
}

const harmless =
  /^(?:express\.)?(?:cors|json|urlencoded|raw|text|static|helmet|morgan|compression|compress|cookieParser|logger|pino\w*|rateLimit|etag|prettyJSON|requestId|timing)\(/
const noGuard = /errorHandler$|notFound|router\b|routes\b|logg/i

/** What is put before other routes may be a guard whatever its name is, but for what is known, or can be looked into. */
function mayGuard(source: SourceFile, { nodes }: Global): boolean {
  return nodes.some((node) => {
    if (isFunction(node)) return node.params.length !== 4 && keepsOut(source, node)
    return !harmless.test(textAt(source, node)) && !noGuard.test(textAt(source, node))
  })
}

function keepsOut(source: SourceFile, node: Node): boolean {
  return looksLikeGuard(source, node) || /\b40[13]\b/.test(textAt(source, node))
}

/** Whether it comes before a route, and for its path too. */
function isBefore({ app, path, call }: Global, route: Route): boolean {
  if (app !== route.app || (call.node.start ?? 0) > (route.call.node.start ?? 0)) return false
  const prefix = path?.replace(/\/?\*.*$/, '')
  return prefix === undefined || prefix.includes(':') || `${route.path}/`.startsWith(`${prefix}/`)
}

/** The same resource, asked for in a way that matters no less. */
function isSibling(route: Route, guarded: Route): boolean {
  return resourceOf(route.path) === resourceOf(guarded.path) && (writes(route) || !writes(guarded))
}

function writes({ methods }: Route): boolean {
  return methods.some(isWrite)
}

/** `/api/messages` of `/api/messages/:id`. */
function resourceOf(path: string): string {
  return path.replace(/\/(?::[^/]*|\*|\{[^/]*\})?$/, '')
}

/** `/api` of `/api/messages/:id`. */
function rootOf({ path }: Route): string {
  return /^\/[^/]*/.exec(path)?.[0] ?? ''
}

const publicPath =
  /public|health|ping|status|ready|live|version|login|logout|sign-?(?:in|up|out)|regist|callback|webhook|hooks?\/|token|oauth|well-known|docs|openapi|swagger|metrics|favicon|^\/?$|^\*?$/i

function isPublicOnPurpose(source: SourceFile, { path, methods, call }: Route): boolean {
  if (publicPath.test(path) || methods.includes('options') || methods.includes('head') || methods.includes('all'))
    return true
  const [statement = call.node] = call.around.filter(({ type }) => type === 'ExpressionStatement')
  const comments = statement.leadingComments ?? []
  return (
    comments.some(({ value }) => /public|open|everybody|anyone|anybody|no auth|without/i.test(value)) ||
    /public/i.test(textAt(source, call.node).split('\n', 1)[0] ?? '')
  )
}

function asks(source: SourceFile, { handler }: Route): boolean {
  if (handler === undefined) return true
  return isFunction(handler) ? asksItself(textAt(source, handler)) : looksLikeGuard(source, handler)
}
