import type { Node } from '@babel/types'
import type { SourceFile } from '../source-file.js'
import { type Call, callOf, callsIn } from '../syntax/calls.js'
import { isFunction } from '../syntax/functions.js'
import { localsOf } from '../syntax/imports.js'
import { memberOf, nameOf, textOf, unwrapped } from '../syntax/names.js'
import { entriesOf, entryOf, isOpen, objectOf } from '../syntax/objects.js'

/** `app.get('/path', guard, handler)`, `app.get('/path', { onRequest: guard }, handler)`, `app.route({ … })`. */
export interface Route {
  readonly call: Call
  /** The name of what it was called on. */
  readonly app: string
  /** In lower case; `all` for all. */
  readonly methods: readonly string[]
  readonly path: string
  /** What stands between the path and the handler, or in hooks. */
  readonly before: readonly Node[]
  /** Whether there may be more before it than can be seen. */
  readonly isOpen: boolean
  readonly handler: Node | undefined
}

const methods: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete', 'options', 'head', 'all'])
const hooks: ReadonlySet<string> = new Set(['onRequest', 'preParsing', 'preValidation', 'preHandler'])
const httpClient = /^(?:axios|got|ky|superagent|supertest|undici|needle|request|msw|nock)$/

/** The routes that a file of a server declares on an app or a router. */
export function routesOf(source: SourceFile): readonly Route[] {
  const clients = localsOf(source, httpClient)
  return callsIn(source)
    .flatMap((call) => routeOf(source, call) ?? [])
    .filter(({ app }) => !clients.includes(app.split('.')[0] ?? ''))
}

function routeOf(source: SourceFile, call: Call): Route | undefined {
  const member = memberOf(call.node.callee)
  if (member === undefined) return undefined
  const app = rootOf(member.object)
  if (member.name === 'route') return routeOfObject(source, call, app)
  const [first, ...rest] = call.parameters
  const path = textOf(first)
  const last = rest.at(-1)
  if (!methods.has(member.name) || path === undefined || !/^(?:[/*]|$)/.test(path) || last === undefined)
    return undefined
  const base = { call, app, methods: [member.name], path }
  const options = objectOf(source, rest[0])
  if (options === undefined || rest.length > 2)
    return isHandler(last)
      ? { ...base, before: rest.slice(0, -1), isOpen: rest.some(({ type }) => type === 'SpreadElement'), handler: last }
      : undefined
  const handler = rest.length === 2 ? last : entryOf(options, 'handler')
  return handler && { ...base, before: hooksOf(options), isOpen: isOpen(options), handler }
}

function routeOfObject(source: SourceFile, call: Call, app: string): Route | undefined {
  const options = objectOf(source, call.parameters[0])
  const path = textOf(entryOf(options, 'url') ?? entryOf(options, 'path'))
  const method = entryOf(options, 'method')
  if (options === undefined || path === undefined || method === undefined) return undefined
  const named = method.type === 'ArrayExpression' ? method.elements.map((one) => textOf(one)) : [textOf(method)]
  return {
    call,
    app,
    methods: named.flatMap((name) => name?.toLowerCase() ?? []),
    path,
    before: hooksOf(options),
    isOpen: isOpen(options),
    handler: entryOf(options, 'handler'),
  }
}

function hooksOf(options: Parameters<typeof entriesOf>[0]): readonly Node[] {
  return entriesOf(options)
    .filter(({ name }) => hooks.has(name))
    .map(({ value }) => value)
}

function isHandler(given: Node): boolean {
  const node = unwrapped(given)
  return isFunction(node) || node.type === 'Identifier' || memberOf(node) !== undefined || callOf(node) !== undefined
}

/** The name of the app, through a chain of calls such as `new Hono().get(…).post(…)`. */
export function rootOf(given: Node): string {
  const node = unwrapped(given)
  const name = nameOf(node)
  if (name !== undefined) return name
  const call = callOf(node)
  const next = call && memberOf(call.node.callee)
  return next === undefined ? `at ${node.start}` : rootOf(next.object)
}
