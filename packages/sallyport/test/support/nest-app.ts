import 'reflect-metadata'
import type { Type } from '@nestjs/common'
import { Controller, type DynamicModule, Get, type INestApplication, Module, type Provider } from '@nestjs/common'
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { CurrentAuth, type NestOptions, SallyportModule } from '../../src/adapters/nestjs.js'
import type { Auth } from '../../src/index.js'
import { createTestIssuer, type TestIssuer } from '../../src/testing/index.js'
import { type Exchanged, exchangeWith } from './exchange.js'

type CreatePlatform = () => AbstractHttpAdapter

export const platforms: readonly (readonly [name: string, CreatePlatform])[] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
]

interface NestSetup {
  /** A controller for each. */
  readonly routes?: readonly Route[]
  readonly controllers?: readonly Type[]
  /** Default: Sallyport, with the options of the harness. */
  readonly imports?: readonly (DynamicModule | Type)[]
  readonly providers?: readonly Provider[]
  readonly prepare?: (app: INestApplication) => void
}

/** One Nest app at a time, on one platform, which trusts a test issuer. */
export interface NestHarness {
  readonly issuer: TestIssuer
  options(more?: object): NestOptions
  sallyport(more?: object): DynamicModule
  /** Gives the app's origin. */
  start(setup: NestSetup): Promise<string>
  /** The same for an app that was made elsewhere. */
  serve(app: INestApplication): Promise<string>
  /** The app that runs. */
  app(): INestApplication
  close(): Promise<void>
  /** How many handlers have been called since the app was started: those of routes, and others that note it. */
  handled(): number
  noteHandled(): void
  bearer(scope?: string): Promise<readonly string[]>
  /** Asks with a token of this scope, or with none. */
  get(url: string, scope?: string): Promise<Exchanged>
}

export async function createNestHarness(createPlatform: CreatePlatform): Promise<NestHarness> {
  const issuer = await createTestIssuer()
  let running: INestApplication | undefined
  let handled = 0

  const noteHandled = () => {
    handled += 1
  }
  const options = (more: object = {}): NestOptions => {
    const { domain, audience, fetch } = issuer
    return { domain, audience, fetch, ...more }
  }
  const sallyport = (more?: object) => SallyportModule.forRoot(options(more))
  const bearer = async (scope = '') => ['Authorization', `Bearer ${await issuer.token({ scope })}`]

  async function start(setup: NestSetup): Promise<string> {
    const { routes = [], controllers = [], imports = [sallyport()], providers = [], prepare } = setup
    const ofRoutes = routes.map((route) => controllerWith(route, noteHandled))
    class AppModule {}
    Module({ imports: [...imports], controllers: [...controllers, ...ofRoutes], providers: [...providers] })(AppModule)
    const app = await NestFactory.create(AppModule, createPlatform(), { logger: false, abortOnError: false })
    prepare?.(app)
    return serve(app)
  }

  async function serve(app: INestApplication): Promise<string> {
    running = app
    handled = 0
    await app.listen(0, '127.0.0.1')
    return app.getUrl()
  }

  function app(): INestApplication {
    if (running === undefined) throw new Error('No app was started.')
    return running
  }

  async function close(): Promise<void> {
    await running?.close()
    running = undefined
  }

  async function get(url: string, scope?: string): Promise<Exchanged> {
    return exchangeWith(url, 'GET', scope === undefined ? [] : await bearer(scope))
  }

  return { issuer, options, sallyport, start, serve, app, close, handled: () => handled, noteHandled, bearer, get }
}

/** What the responses of both platforms have in common. */
export interface PlatformResponse {
  readonly raw?: { write(text: string): void }
  write(text: string): void
  send(body: unknown): void
}

export interface Route {
  readonly path?: string
  readonly version?: string
  readonly verb?: MethodDecorator
  readonly ofController?: readonly ClassDecorator[]
  readonly ofMethod?: readonly MethodDecorator[]
  readonly parameters?: readonly ParameterDecorator[]
  readonly handle?: (auth: Auth, response: PlatformResponse) => unknown
}

/** A controller with one route. Decorators are called as functions: the tests are compiled without decorator syntax. */
export function controllerWith(route: Route, onHandled: () => void = () => {}): Type {
  const { path = '', version, verb = Get(), ofController = [], ofMethod = [], parameters = [CurrentAuth()] } = route
  const { handle = () => ({ in: true }) } = route
  class RouteController {
    handle(auth: Auth, response: PlatformResponse) {
      onHandled()
      return handle(auth, response)
    }
  }
  decorate(RouteController, { ofMethod: [verb, ...ofMethod], parameters })
  const controller = Controller(version === undefined ? { path } : { path, version })
  for (const decorator of [...ofController, controller]) decorator(RouteController)
  return RouteController
}

interface Decoration {
  /** Default `handle`. */
  readonly name?: string
  readonly ofMethod: readonly MethodDecorator[]
  readonly parameters?: readonly ParameterDecorator[]
}

export function decorate(owner: Type, { name = 'handle', ofMethod, parameters = [] }: Decoration): void {
  for (const [index, decorator] of parameters.entries()) decorator(owner.prototype, name, index)
  const descriptor = Object.getOwnPropertyDescriptor(owner.prototype, name) ?? {}
  for (const decorator of ofMethod) decorator(owner.prototype, name, descriptor)
  // As the compiler does: a decorator may have replaced the method.
  Object.defineProperty(owner.prototype, name, descriptor)
}
