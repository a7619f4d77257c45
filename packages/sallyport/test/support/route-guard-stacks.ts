import 'reflect-metadata'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { All, Controller, Get, type INestApplication, Module } from '@nestjs/common'
import { type AbstractHttpAdapter, NestFactory, RouterModule } from '@nestjs/core'
import type express from 'express'
import type { Express, RequestHandler, Router } from 'express'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { type Handler, Hono, type MiddlewareHandler } from 'hono'
import * as expressAdapter from '../../src/adapters/express.js'
import * as fastifyAdapter from '../../src/adapters/fastify.js'
import * as honoAdapter from '../../src/adapters/hono.js'
import { RequireAuth, SallyportModule } from '../../src/adapters/nestjs.js'
import type { ResourceServerOptions } from '../../src/index.js'
import type { TestIssuer } from '../../src/testing/index.js'
import { bearer, exchange, parseResponses, requestText } from './raw-http.js'

/** Starts an app on a loopback port. Each of its handlers calls `handled`. */
export type StartApp = (
  options: ResourceServerOptions,
  handled: () => void,
) => Promise<{ readonly port: number; close(): Promise<unknown> }>

export interface GuardedApp extends AsyncDisposable {
  /** The status, `challenge` if there is one, what the guards said, and `handled` if a handler ran, in this order. */
  ask(line: string, fields?: readonly string[]): Promise<string>
}

export async function openGuarded(issuer: TestIssuer, start: StartApp, publicUrl?: string): Promise<GuardedApp> {
  const steps: string[] = []
  const options: ResourceServerOptions = {
    issuer: issuer.issuer,
    audience: issuer.audience,
    fetch: issuer.fetch,
    algorithms: ['ES256'],
    ...(publicUrl === undefined ? {} : { publicUrl }),
    onEvent: (event) => {
      if (event.type.startsWith('request.')) steps.push(event.type === 'request.refused' ? event.code : event.type)
    },
  }
  const app = await start(options, () => steps.push('handled'))
  return {
    ask: async (line, fields = []) => {
      steps.length = 0
      const received = await exchange(app, requestText(line, [...fields, 'Connection: close']))
      const { status, headers } = parseResponses(received).at(-1) ?? {}
      const challenges = headers?.['www-authenticate']?.startsWith('Bearer realm="api"') ? ['challenge'] : []
      return [status, ...challenges, ...steps].join(' ')
    },
    [Symbol.asyncDispose]: async () => void (await app.close()),
  }
}

/** What a request is to a client without a token, with one that is none, and with a good one. */
const verdicts: readonly (readonly [verdict: string, outcomes: RegExp])[] = [
  ['guarded', /^400 challenge credentials_missing, 401 challenge token_malformed, 200 request\.admitted handled$/],
  // Where a guard is for more than the routes.
  ['only guarded', /^400 challenge credentials_missing, 401 challenge token_malformed, \d+ request\.admitted$/],
  ['not found', /^(\d+), \1, \1$/],
  ['open', /^200 handled, 200 handled, 200 handled$/],
]

/** The requests by verdict; where there is none, by their outcomes. */
export async function judge(app: GuardedApp, token: string, lines: readonly string[], fields: readonly string[] = []) {
  const judged: Record<string, string[]> = {}
  for (const line of lines) {
    const ask = (...credentials: readonly string[]) => app.ask(line, [...fields, ...credentials])
    const outcomes = [await ask(), await ask(bearer('opaque')), await ask(bearer(token))].join(', ')
    const verdict = verdicts.find(([, pattern]) => pattern.test(outcomes))?.[0] ?? outcomes
    judged[verdict] = [...(judged[verdict] ?? []), line]
  }
  return judged as Readonly<Record<string, readonly string[]>>
}

/** The targets in a text, where `~` is the prefix of the app's routes. */
export function targets(text: string, prefix: string): readonly string[] {
  return [...new Set(text.replaceAll('~', prefix).split(/\s+/).filter(Boolean))]
}

const odd = 'ftp://api.test~/admin http://~/admin http:~/admin http://api.test:x~/admin http://api.test#~/admin'
const nowhere = `~/admin/.. ~/..;/admin ~/;/admin ~/admin%3Bx=1 ~/admin%2f ~/%2fadmin ~%2fadmin ~/admin%00 ~/admin%20
  ~/admin%09 ~/admin. ~/admin.json ~/admin%23 ~/admin%3fx ~/admin%ff ~/%zz ~/%2561dmin ~/adm%C4%B0n ~/%EF%BD%81dmin
  ~/\\admin ~/admin\\ \\admin admin * ?~/admin http://api.test?~/admin //api.test~/admin api.test~/admin`
const prefixes = '/%61pi/v1/admin /API/v1/admin /api//v1/admin /api/./v1/admin /%61pi%2fv1/admin'

/** Spellings of `~/admin` that some router may take for it, by what it would have to overlook. */
export const spelled = {
  written: '~/admin ~/admin? ~/admin?x ~/admin?x#y http://api.test~/admin',
  encoded: '~/%61dmin ~/a%64min?x=1 ~/%61%64%6d%69%6e',
  upperUri: 'HTTP://API.test:80~/admin',
  otherUri: 'http://other.test~/admin https://api.test~/admin',
  userUri: 'http://a@api.test~/admin',
  fragment: '~/admin#x',
  slash: '~/admin/ ~/admin/?x ~/admin/#x',
  slashes: '~//admin ~///admin /~/admin http://api.test~//admin',
  semicolon: '~/admin;x=1 ~/admin;?x=1',
  dots: '~/./admin ~/x/../admin ~/%2e/admin ~/x/%2e%2e/admin ~/admin/../admin http://api.test~/x/../admin',
  dotAtEnd: '~/admin/.',
  letters: '~/ADMIN',
  encodedLetters: '~/%41DMIN',
  lettersAndSlash: '~/Admin/',
  slashesAtEnd: '~/admin//',
} as const
export const spellings = `${Object.values(spelled).join(' ')} ${odd} ${prefixes} ${nowhere}`

/** What a row of a table builds its app of. */
interface Parts<App, Guard, RouteHandler> {
  readonly app: App
  readonly guard: Guard
  readonly handler: RouteHandler
  /** Adds the routes `/admin`, `/users/:id` and `/files/*` for GET and `/every` for all methods, behind these guards. */
  route(to: App, ...guards: readonly Guard[]): void
}

const paths = ['/admin', '/users/:id', '/files/*'] as const

/** Guards on the routes themselves, which is where guards belong. */
function onRoutes<App, Guard>({ app, guard, route }: Parts<App, Guard, unknown>): void {
  route(app, guard)
}

type FastifyParts = Parts<FastifyInstance, fastifyAdapter.FastifyGuard, () => Promise<string>>

export function onFastify(
  build: (parts: FastifyParts) => unknown = onRoutes,
  server: FastifyServerOptions = {},
): StartApp {
  return async (options, handled) => {
    const { requireAuth, plugin } = fastifyAdapter.createAuth(options)
    const app: FastifyInstance = Fastify({ ...server, forceCloseConnections: true })
    await app.register(plugin)
    const handler = async () => {
      handled()
      return 'in'
    }
    const route: FastifyParts['route'] = (to, ...guards) => {
      for (const path of paths) to.get(path, { onRequest: [...guards] }, handler)
      to.all('/every', { onRequest: [...guards] }, handler)
    }
    await build({ app, guard: requireAuth(), handler, route })
    await app.listen({ host: '127.0.0.1', port: 0 })
    return { port: portOf(app.server), close: () => app.close() }
  }
}

type ExpressParts = Parts<Router, RequestHandler, RequestHandler> & { readonly app: Express }

/** @param settings Names of those settings of the router that are on. */
export function onExpress(
  framework: typeof express,
  build: (parts: ExpressParts) => unknown = onRoutes,
  settings: readonly string[] = [],
): StartApp {
  return async (options, handled) => {
    const app: Express = framework()
    for (const name of settings) app.enable(name)
    const handler: RequestHandler = (_request, response) => {
      handled()
      response.send('in')
    }
    const route: ExpressParts['route'] = (to, ...guards) => {
      for (const path of paths) to.get(path === '/files/*' ? /^\/files\// : path, ...guards, handler)
      to.all('/every', ...guards, handler)
    }
    build({ app, guard: expressAdapter.createAuth(options).requireAuth(), handler, route })
    return listen(app)
  }
}

type HonoApp = Hono<honoAdapter.AuthVariables>
type HonoHandler = Handler<honoAdapter.AuthVariables>
type HonoParts = Parts<HonoApp, MiddlewareHandler<honoAdapter.AuthVariables>, HonoHandler>
type HonoSettings = NonNullable<ConstructorParameters<typeof Hono>[0]>

export function onHono(
  build: (parts: HonoParts) => unknown = onRoutes,
  settings: () => HonoSettings = () => ({}),
): StartApp {
  return async (options, handled) => {
    const app: HonoApp = new Hono<honoAdapter.AuthVariables>(settings())
    const handler: HonoHandler = (c) => {
      handled()
      return c.text('in')
    }
    const route: HonoParts['route'] = (to, ...guards) => {
      const handlers: HonoHandler[] = [...guards, handler]
      to.on('GET', [...paths], ...handlers)
      to.on('ALL', ['/every'], ...handlers)
    }
    app.onError((_error, c) => c.text('failed', 500))
    build({ app, guard: honoAdapter.createAuth(options).requireAuth(), handler, route })
    return listen(getRequestListener(app.fetch))
  }
}

interface NestSettings {
  /** Where the guard is: on every route, or by `@RequireAuth()` on the controller. Default: on every route. */
  readonly protect?: 'everyRoute' | 'decoratedRoutes'
  /** Of the controller. */
  readonly version?: string
  /** Where `RouterModule` puts the controller's module. */
  readonly path?: string
  configure?(app: INestApplication): unknown
}

/** Decorators are called as functions: the tests are compiled without decorator syntax. */
export function onNest(platform: () => AbstractHttpAdapter, settings: NestSettings = {}): StartApp {
  const { protect = 'everyRoute', version, path, configure } = settings
  return async (options, handled) => {
    class AdminController {
      one() {
        handled()
        return 'in'
      }
      every() {
        return this.one()
      }
    }
    const { prototype } = AdminController
    Get([...paths])(prototype, 'one', { value: prototype.one })
    All('every')(prototype, 'every', { value: prototype.every })
    Controller(version === undefined ? {} : { path: '', version })(AdminController)
    if (protect === 'decoratedRoutes') RequireAuth()(AdminController)

    class AdminModule {}
    Module({ controllers: [AdminController] })(AdminModule)
    class AppModule {}
    const routed = path === undefined ? [] : [RouterModule.register([{ path, module: AdminModule }])]
    Module({ imports: [SallyportModule.forRoot({ ...options, protect }), AdminModule, ...routed] })(AppModule)
    const app: INestApplication<Server> = await NestFactory.create(AppModule, platform(), { logger: false })
    await configure?.(app)
    await app.listen(0, '127.0.0.1')
    return { port: portOf(app.getHttpServer()), close: () => app.close() }
  }
}

async function listen(listener: RequestListener) {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.close()
    server.closeAllConnections()
  }
  return { port: portOf(server), close }
}

function portOf(server: Pick<Server, 'address'>): number {
  return (server.address() as AddressInfo).port
}
