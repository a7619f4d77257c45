import { Hono } from 'hono'
import { type Auth, answerTo, type Clock, createResourceServer } from 'sallyport'
import * as fetchAdapter from 'sallyport/fetch'
import * as honoAdapter from 'sallyport/hono'
import { adapterOptions } from '../../packages/sallyport/test/support/adapter-options.ts'
import type { StackOptions } from '../../packages/sallyport/test/support/contract.ts'

export type AppName = 'core' | 'fetch' | 'hono'

interface AppOptions extends StackOptions {
  readonly clock: Clock
}

/** @param env What the runtime gives besides: on Node the connection, on workerd the bindings. */
export type App = (request: Request, env?: unknown) => Response | Promise<Response>

const both = ['read:data', 'write:data']

/**
 * The app of the contract for every runtime that has `Request` and `Response`. `/handled` tells what reached a handler,
 * `/later` moves the clock on by the seconds in its query, `/abandoned` answers before its own question to `/private` is.
 */
export function createApp(name: AppName, options: StackOptions): App {
  const handled: string[] = []
  let laterMilliseconds = 0
  const clock = {
    epochMilliseconds: () => Date.now() + laterMilliseconds,
    monotonicMilliseconds: () => performance.now() + laterMilliseconds,
  }
  const app = builders[name]({ ...options, clock }, (method, path) => handled.push(`${method} ${path}`))
  return (request, env) => {
    const path = pathOf(request)
    if (path === '/handled') return Response.json(handled.splice(0))
    if (path === '/later') laterMilliseconds += Number(request.url.split('?')[1]) * 1000
    else if (path === '/abandoned') void app(new Request(new URL('/private', request.url), request), env)
    else return app(request, env)
    return Response.json({})
  }
}

type Note = (method: string, path: string) => void

const builders: Readonly<Record<AppName, (options: AppOptions, note: Note) => App>> = {
  core: createCoreApp,
  fetch: createFetchApp,
  hono: createHonoApp,
}

/** What the routes demand, and what they give. */
const routes: Readonly<Record<string, { readonly requirement: object; give(auth: Auth | undefined): unknown }>> = {
  'GET /public': { requirement: { optional: true }, give: () => ({ message: 'hello' }) },
  'GET /private': { requirement: {}, give: (auth) => ({ user: auth?.claims.sub }) },
  'GET /messages': { requirement: { scopes: 'read:messages' }, give: (auth) => auth?.scopes },
  'POST /data': { requirement: { scopes: both }, give: () => ({ created: true }) },
  'GET /permitted': { requirement: { permissions: 'delete:data' }, give: () => ({ in: true }) },
  'GET /maybe': { requirement: { optional: true }, give: (auth) => ({ user: auth?.claims.sub ?? null }) },
  'GET /inside': {
    requirement: {},
    give: (auth) => {
      auth?.require({ scopes: 'admin' })
      return { admin: true }
    },
  },
  'GET /twice': { requirement: { scopes: 'read:messages' }, give: () => ({ in: true }) },
  'GET /': { requirement: {}, give: () => ({ in: true }) },
  'ALL /files/*': { requirement: {}, give: () => ({ in: true }) },
}

function routeKeyOf(request: Request): string {
  const path = pathOf(request)
  if (path.startsWith('/files/')) return 'ALL /files/*'
  return `${request.method === 'HEAD' ? 'GET' : request.method} ${path}`
}

/** By its text: where `Host` is none, some runtimes give no URL, and the guard is to say so. */
function pathOf({ url }: Request): string {
  return /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? ''
}

/** Without an adapter: what anyone can write for a framework that has none. */
function createCoreApp({ problems = false, ...options }: AppOptions, note: Note): App {
  const api = createResourceServer(options)
  return async (request) => {
    const route = routes[routeKeyOf(request)]
    if (route === undefined) return new Response(null, { status: 404 })
    if (isPreflight(request)) return new Response(null, { status: 204 })
    try {
      const auth = await api.authenticate(request, route.requirement)
      note(request.method, pathOf(request))
      const given = Response.json(route.give(auth))
      for (const [name, value] of Object.entries(auth?.responseHeaders ?? {})) given.headers.set(name, value)
      return given
    } catch (error) {
      const { status, headers, body } = answerTo(error, api)
      const fields = Object.entries(headers).flatMap(([name, values]) =>
        [values].flat().map((value): [string, string] => [name, value]),
      )
      const type: [string, string] = ['content-type', 'application/json; charset=utf-8']
      return new Response(JSON.stringify(problems ? { problem: status } : body), { status, headers: [...fields, type] })
    }
  }
}

function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('access-control-request-method') && !headers.has('authorization')
}

function createFetchApp(options: AppOptions, note: Note): App {
  const { protect } = fetchAdapter.createAuth(adapterOptions(options))
  const handlers = Object.fromEntries(
    Object.entries(routes).map(([key, { requirement, give }]) => [
      key,
      protect<[]>((request, auth: Auth | undefined) => {
        note(request.method, pathOf(request))
        return Response.json(give(auth))
      }, requirement),
    ]),
  )
  return (request) => {
    const handler = handlers[routeKeyOf(request)]
    return handler?.(request) ?? new Response(null, { status: 404 })
  }
}

function createHonoApp(options: AppOptions, note: Note): App {
  const { requireAuth } = honoAdapter.createAuth(adapterOptions(options))
  const app = new Hono()
  for (const [key, { requirement, give }] of Object.entries(routes)) {
    const [method = '', path = ''] = key.split(' ')
    const guards = path === '/twice' ? [requireAuth(), requireAuth(requirement)] : [requireAuth(requirement)]
    for (const guard of guards) app.on(method, path, guard)
    app.on(method, path, (c) => {
      note(c.req.method, c.req.path)
      return c.json(give((c.var as { auth?: Auth }).auth) as object)
    })
  }
  return (request, env) => app.fetch(request, Object(env))
}
