import { evidenceOf } from '../evidence.js'
import type { Finding, Rule } from '../rule.js'
import { controllersOf, type Decorator } from '../server/controllers.js'
import { globalsOf, looksLikeGuard, usesSallyport } from '../server/guards.js'
import { type Route, routesOf } from '../server/routes.js'
import type { SourceFile } from '../source-file.js'
import { callsIn } from '../syntax/calls.js'
import { isFunction } from '../syntax/functions.js'
import { textAt } from '../syntax/text-at.js'

export const unprotectedRoute: Rule = {
  code: 'unprotected-route',
  severity: 'warning',
  mend: { text: 'Put requireAuth() in front of it, or say above it that it is public on purpose.' },
  docs: 'docs/frameworks.md',
  check: ({ sources }) => sources.flatMap((source) => [...openRoutesIn(source), ...openMethodsIn(source)]),
}

const message = 'Its siblings want a token, and this route lets everybody in.'
const writes: ReadonlySet<string> = new Set(['post', 'put', 'patch', 'delete'])

function openRoutesIn(source: SourceFile): readonly Finding[] {
  const routes = routesOf(source)
  const guardedApps = new Set(
    globalsOf(source)
      .filter((one) => !isHarmless(source, one))
      .map(({ app }) => app),
  )
  const guarded = routes.filter((route) => route.before.some((node) => looksLikeGuard(source, node)))
  return routes
    .filter((route) => route.before.length === 0 && !route.isOpen && !guardedApps.has(route.app))
    .filter((route) => !isPublicOnPurpose(source, route) && !checksItself(source, route))
    .filter((route) => guarded.some((other) => isSibling(route, other)))
    .map(({ call }) => ({ place: source.placeOf(call.node), evidence: evidenceOf(source, call.node), message }))
}

const harmless =
  /^(?:express\.)?(?:cors|json|urlencoded|raw|text|static|helmet|morgan|compression|compress|cookieParser|logger|pino\w*|rateLimit|etag|prettyJSON|requestId|timing)\(/

/** Whatever else is put before all routes may be a guard. */
function isHarmless(source: SourceFile, { nodes, path }: ReturnType<typeof globalsOf>[number]): boolean {
  const isErrorHandler = nodes.every((node) => isFunction(node) && node.params.length === 4)
  return (
    nodes.every((node) => harmless.test(textAt(source, node)) || /errorHandler$/.test(textAt(source, node))) ||
    (isErrorHandler && path === undefined)
  )
}

/** The same resource, asked for in a way that matters no less. */
function isSibling(route: Route, guarded: Route): boolean {
  if (route.app !== guarded.app || resourceOf(route.path) !== resourceOf(guarded.path)) return false
  return isWrite(route) || !isWrite(guarded)
}

function isWrite({ methods }: Route): boolean {
  return methods.some((method) => writes.has(method))
}

/** `/api/messages` of `/api/messages/:id`. */
function resourceOf(path: string): string {
  return path.replace(/\/(?::[^/]*|\*|\{[^/]*\})?$/, '')
}

const publicPath =
  /public|health|ping|status|ready|live|version|login|logout|sign-?(?:in|up|out)|regist|callback|webhook|token|oauth|well-known|docs|openapi|swagger|metrics|favicon|^\/?$|^\*?$/i

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

function checksItself(source: SourceFile, { handler }: Route): boolean {
  if (handler === undefined) return true
  if (!isFunction(handler)) return looksLikeGuard(source, handler)
  return /auth|verify|secret|signature|token|session|jwt|apikey|api-key/i.test(textAt(source, handler))
}

const routeDecorator = /^(?:Get|Post|Put|Patch|Delete)$/
const guardDecorator = /^(?:UseGuards|RequireAuth|Auth\w*|Roles|Permissions|Scopes)$/
const publicDecorator = /public|anonymous|skip|noauth|open/i

/** In NestJS, where nothing guards all routes. Sallyport's module does, unless it is told otherwise. */
function openMethodsIn(source: SourceFile): readonly Finding[] {
  const isGuardedAsWhole =
    usesSallyport(source) && !callsIn(source).some(({ node }) => /decoratedRoutes/.test(textAt(source, node)))
  if (isGuardedAsWhole) return []
  return controllersOf(source).flatMap(({ decorators, methods }) => {
    if (has(decorators, guardDecorator) || has(decorators, publicDecorator)) return []
    const routes = methods.filter((method) => has(method.decorators, routeDecorator))
    if (!routes.some((method) => has(method.decorators, guardDecorator))) return []
    return routes
      .filter(({ decorators: own }) => has(own, /^(?:Post|Put|Patch|Delete)$/))
      .filter(({ decorators: own }) => !has(own, guardDecorator) && !has(own, publicDecorator))
      .filter(({ node }) => !/auth|verify|secret|signature|token/i.test(textAt(source, node)))
      .map(({ node }) => ({ place: source.placeOf(node.key), evidence: evidenceOf(source, node.key), message }))
  })
}

function has(decorators: readonly Decorator[], name: RegExp): boolean {
  return decorators.some((decorator) => name.test(decorator.name))
}
