import 'reflect-metadata'
import { once } from 'node:events'
import {
  All,
  type ArgumentsHost,
  Catch,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  HttpException,
  type INestApplication,
  Inject,
  Module,
  Res,
  Scope,
  Sse,
  type Type,
  VersioningType,
} from '@nestjs/common'
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js'
import { APP_GUARD, ExternalContextCreator, REQUEST } from '@nestjs/core'
import { RouteSchema } from '@nestjs/platform-fastify'
import { WsAdapter } from '@nestjs/platform-ws'
import { Test } from '@nestjs/testing'
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { concat, map, of, throwError } from 'rxjs'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { AuthException, CurrentAuth, Public, RequireAuth } from '../../src/adapters/nestjs.js'
import { type Auth, InvalidOptions, RequestRefused } from '../../src/index.js'
import { dpopClient } from '../../src/testing/index.js'
import { exchangeWith } from '../support/exchange.js'
import {
  controllerWith,
  createNestHarness,
  decorate,
  type NestHarness,
  type PlatformResponse,
  platforms,
  type Route,
} from '../support/nest-app.js'

const preflight = ['Origin', 'https://app.test', 'Access-Control-Request-Method', 'GET']
const requireAdmin = (auth: Auth) => auth.require({ scopes: 'admin' })

describe.each(platforms)('Nest adapter on %s', (platform, createPlatform) => {
  let nest: NestHarness

  beforeAll(async () => {
    nest = await createNestHarness(createPlatform)
  })
  afterEach(() => nest.close())

  const adminMissing = {
    status: 403,
    body: { detail: { error: 'insufficient_scope' } },
    challenges: expect.stringContaining('scope="admin"'),
    cacheControl: 'no-store',
    contentType: 'application/json; charset=utf-8',
  }

  it.each<[string, Route]>([
    ['at once', { handle: requireAdmin }],
    ['in a promise', { handle: async (auth) => requireAdmin(auth) }],
    ['in an Observable', { handle: (auth) => of(auth).pipe(map(requireAdmin)) }],
    ['on a route with a type of its own', { ofMethod: [Header('content-type', 'text/csv')], handle: requireAdmin }],
    ['on a route with events, before the first', { verb: Sse(), handle: (auth) => of(auth).pipe(map(requireAdmin)) }],
  ])('answers what a handler requires %s', async (_, route) => {
    expect(await nest.get(await nest.start({ routes: [route] }), 'user')).toMatchObject(adminMissing)
  })

  const check = (context: ExecutionContext) => requireAdmin(context.switchToHttp().getRequest().auth)

  it.each<[string, (app: INestApplication) => void]>([
    [
      'an interceptor of the app',
      (started) =>
        started.useGlobalInterceptors({
          intercept: (context, next) => {
            check(context)
            return next.handle()
          },
        }),
    ],
    [
      'another guard',
      (started) =>
        started.useGlobalGuards({
          canActivate: (context) => {
            check(context)
            return true
          },
        }),
    ],
  ])('answers what %s requires', async (_, prepare) => {
    const origin = await nest.start({ routes: [{}], prepare })
    expect(await nest.get(origin, 'user')).toMatchObject(adminMissing)
    expect(nest.handled()).toBe(0)
    expect((await nest.get(origin, 'admin')).status).toBe(200)
  })

  it.each([
    ['everything', []],
    ['HttpException', [HttpException]],
  ])("keeps status and headers where the app's own filter of %s answers", async (_, caught) => {
    const seen: unknown[] = []
    const prepare = (started: INestApplication) => started.useGlobalFilters(filterOf(started, caught, seen))
    const origin = await nest.start({ routes: [{ handle: requireAdmin }], prepare })
    expect(await nest.get(origin)).toMatchObject({
      status: 400,
      body: { own: 'The request has no access token.' },
      challenges: 'Bearer realm="api", DPoP algs="ES256 EdDSA"',
      cacheControl: 'no-store',
    })
    expect(await nest.get(origin, 'user')).toMatchObject({
      ...adminMissing,
      body: { own: 'The access token lacks a required scope.' },
    })
    expect(seen).toEqual([expect.any(AuthException), expect.any(AuthException)])
    const causes = (seen as AuthException[]).map(({ cause }) => cause)
    expect(causes).toEqual([expect.any(RequestRefused), expect.any(RequestRefused)])
    expect(causes).toMatchObject([{ code: 'credentials_missing' }, { code: 'scope_missing', scope: 'admin' }])
  })

  const unknownError = { statusCode: 500, message: 'Internal server error' }

  it.each([
    ['an HttpException', new HttpException({ own: true }, 418), 418, { own: true }],
    ['an Error', new Error('secret'), 500, unknownError],
    ['InvalidOptions', new InvalidOptions('scope', 'secret'), 500, unknownError],
  ])('leaves %s of a handler as it is', async (_, error, status, body) => {
    const handle = () => {
      throw error
    }
    const answer = await nest.get(await nest.start({ routes: [{ handle }] }), '')
    expect(answer).toMatchObject({ status, body, challenges: '', cacheControl: undefined })
  })

  it.each([
    ['sent', (response: PlatformResponse) => response.send({ in: true })],
    ['begun', (response: PlatformResponse) => (response.raw ?? response).write('{"in":true}')],
  ])('E27 does not answer again where a handler that has %s its own answer throws', async (_, begin) => {
    const handle = (auth: Auth, response: PlatformResponse) => {
      begin(response)
      requireAdmin(auth)
    }
    const origin = await nest.start({ routes: [{ parameters: [CurrentAuth(), Res()], handle }] })
    const headers = { authorization: `Bearer ${await nest.issuer.token()}` }
    const response = await fetch(origin, { headers, signal: AbortSignal.timeout(2000) })
    expect([response.status, await response.json()]).toEqual([200, { in: true }])
    expect((await nest.get(origin)).status).toBe(400)
  })

  it.runIf(platform === 'Fastify')('answers as it is, whatever a response schema of the app wants', async () => {
    const message = { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] }
    const origin = await nest.start({ routes: [{ ofMethod: [RouteSchema({ response: { '4xx': message } })] }] })
    expect(await nest.get(origin)).toMatchObject({ status: 400, body: { detail: { error: 'invalid_request' } } })
  })

  it('F31 guards a stream of events, and ends it without the details of what is thrown in it', async () => {
    const failing = () =>
      concat(
        of({ data: 'one' }),
        throwError(() => new RequestRefused('scope_missing')),
      )
    const origin = await nest.start({ routes: [{ verb: Sse(), handle: failing }] })
    expect((await nest.get(origin)).status).toBe(400)
    expect(nest.handled()).toBe(0)
    const response = await fetch(origin, { headers: { authorization: `Bearer ${await nest.issuer.token()}` } })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    const events = await response.text()
    expect(events).toContain('data: one')
    expect(events).toContain('event: error\nid: 2\ndata: The access token lacks a required scope.')
  })

  it('runs behind the guards of the app module, and before those of useGlobalGuards', async () => {
    const seen: string[] = []
    const guard = (name: string) => ({
      canActivate: (context: ExecutionContext) => {
        const { auth } = context.switchToHttp().getRequest()
        return seen.push(`${name} ${auth?.claims.sub}`) > 0
      },
    })
    const prepare = (started: INestApplication) => started.useGlobalGuards(guard('global'))
    const providers = [{ provide: APP_GUARD, useValue: guard('app') }]
    const origin = await nest.start({ routes: [{}], prepare, providers })
    expect((await nest.get(origin)).status).toBe(400)
    expect((await nest.get(origin, '')).status).toBe(200)
    expect(seen).toEqual(['app undefined', 'app undefined', 'global user|test'])
  })

  it('guards controllers that are made for each request', async () => {
    class RequestController {
      readonly request: { readonly auth: Auth }
      constructor(request: { readonly auth: Auth }) {
        this.request = request
      }
      handle(auth: Auth) {
        return { same: auth === this.request.auth, user: auth.claims.sub }
      }
    }
    Inject(REQUEST)(RequestController, undefined, 0)
    decorate(RequestController, { ofMethod: [Get(), RequireAuth({ scopes: 'a' })], parameters: [CurrentAuth()] })
    Controller({ scope: Scope.REQUEST })(RequestController)
    class RequestModule {}
    Module({ controllers: [RequestController] })(RequestModule)
    const origin = await nest.start({ imports: [nest.sallyport(), RequestModule] })
    expect((await nest.get(origin)).status).toBe(400)
    expect((await nest.get(origin, 'b')).status).toBe(403)
    const answers = await Promise.all(
      ['one', 'two'].map(async (sub) => {
        const token = await nest.issuer.token({ sub, scope: 'a' })
        return exchangeWith(origin, 'GET', ['Authorization', `Bearer ${token}`])
      }),
    )
    expect(answers.map(({ body }) => body)).toEqual(['one', 'two'].map((user) => ({ same: true, user })))
  })

  it('E24 leaves a preflight to CORS of the app, and answers it itself where there is none', async () => {
    const routes = [{ path: 'get' }, { path: 'all', verb: All() }]
    const corsOf = async (url: string, method: string, fields: readonly string[]) => {
      const response = await fetch(url, { method, headers: pairs(fields) })
      return [response.status, response.headers.get('access-control-allow-origin')]
    }
    const withCors = await nest.start({
      routes,
      prepare: (started) => started.enableCors({ origin: 'https://app.test' }),
    })
    for (const { path } of routes) {
      expect(await corsOf(`${withCors}/${path}`, 'OPTIONS', preflight)).toEqual([204, 'https://app.test'])
      expect(await corsOf(`${withCors}/${path}`, 'GET', preflight)).toEqual([400, 'https://app.test'])
    }
    await nest.close()
    const without = await nest.start({ routes })
    expect(await corsOf(`${without}/all`, 'OPTIONS', preflight)).toEqual([204, null])
    expect(await corsOf(`${without}/all`, 'OPTIONS', preflight.slice(0, 2))).toEqual([400, null])
    expect(await corsOf(`${without}/all`, 'OPTIONS', [...preflight, 'Authorization', 'x'])).toEqual([400, null])
    expect(await corsOf(`${without}/get`, 'HEAD', [])).toEqual([400, null])
    expect(nest.handled()).toBe(0)
    expect(await corsOf(`${without}/all`, 'OPTIONS', [...preflight, ...(await nest.bearer())])).toEqual([200, null])
    expect(await corsOf(`${without}/get`, 'HEAD', await nest.bearer())).toEqual([200, null])
    expect(nest.handled()).toBe(2)
  })

  it('F28 F30 admits a proof for the URI of a prefixed and versioned route that middleware rewrites', async () => {
    const origin = await nest.start({
      routes: [{ path: 'items', version: '1' }],
      prepare: (started) => {
        started.setGlobalPrefix('api')
        started.use((request: { url: string }, _response: unknown, next: () => void) => {
          request.url = request.url.replace('/items', '/ITEMS')
          next()
        })
        started.enableVersioning({ type: VersioningType.URI })
      },
    })
    const client = await dpopClient({ issuer: nest.issuer })
    const url = `${origin}/api/v1/items`
    expect((await fetch(url)).status).toBe(400)
    expect((await client.fetch(`${url}?page=1`)).status).toBe(200)
    const headers = await client.headers({ url: `${origin}/items` })
    expect((await fetch(url, { headers })).status).toBe(400)
  })

  it('F29 guards every spelling and every version that its handler is found by', async () => {
    const origin = await nest.start({
      routes: [
        { path: 'admin', version: '1' },
        { path: 'admin', version: '2', ofMethod: [Public()] },
      ],
      prepare: (started) => started.enableVersioning({ type: VersioningType.HEADER, header: 'v' }),
    })
    for (const path of ['/admin', '/%61dmin', '//admin', '/admin/', '/ADMIN', '/admin;x=1', '/admin?x'])
      expect([400, 404]).toContain((await exchangeWith(`${origin}${path}`, 'GET', ['v', '1'])).status)
    expect(nest.handled()).toBe(0)
    expect((await exchangeWith(`${origin}/admin`, 'GET', ['v', '2'])).status).toBe(200)
    expect((await exchangeWith(`${origin}/admin`, 'GET', ['v', '1', ...(await nest.bearer())])).status).toBe(200)
  })

  it.each([
    ['message', [], [RequireAuth()]],
    ['gateway', [RequireAuth()], []],
  ])('F31 refuses messages over a WebSocket where the %s demands a token', async (_, ofGateway, ofMessage) => {
    const messages = { closed: ofMessage, open: [Public()] }
    expect(await received(messages, ofGateway, ['closed', 'open', 'closed', 'open'])).toEqual(['open', 'open'])
    expect(nest.handled()).toBe(2)
  })

  it('F31 leaves messages that demand nothing to the app, as Nest does with its app-wide guards', async () => {
    expect(await received({ plain: [] }, [], ['plain'])).toEqual(['plain'])
  })

  /** The messages that are answered, up to the last of those that were sent. */
  async function received(
    handlers: Readonly<Record<string, readonly MethodDecorator[]>>,
    decorators: readonly ClassDecorator[],
    sent: readonly string[],
  ): Promise<readonly string[]> {
    const gateway = gatewayWith(handlers, decorators, nest.noteHandled)
    const prepare = (started: INestApplication) => started.useWebSocketAdapter(new WsAdapter(started))
    const socket = new WebSocket((await nest.start({ providers: [gateway], prepare })).replace('http', 'ws'))
    const events: string[] = []
    socket.on('message', (message) => events.push(JSON.parse(String(message)).event))
    await once(socket, 'open')
    for (const event of sent) socket.send(JSON.stringify({ event, data: event }))
    const answersToLast = (all: readonly string[]) => all.filter((event) => event === sent.at(-1)).length
    while (answersToLast(events) < answersToLast(sent)) await once(socket, 'message')
    socket.close()
    return events
  }

  it('closes handlers that are not called by HTTP unless they are public, and gives those no caller', async () => {
    class Calls {
      closed() {
        return 'in'
      }
      handle(auth: Auth | undefined) {
        return auth?.claims.sub ?? 'nobody'
      }
    }
    decorate(Calls, { ofMethod: [Public()], parameters: [CurrentAuth()] })
    await nest.start({ providers: [Calls] })
    const calls = nest.app().get(Calls)
    const contexts = nest.app().get(ExternalContextCreator)
    const call = (name: 'closed' | 'handle', ...parameters: unknown[]) => {
      const factory = { exchangeKeyForValue: () => undefined }
      const options = { guards: true, interceptors: true, filters: false }
      const context = [undefined, undefined, options, 'rpc'] as const
      const handler = calls[name] as (...parameters: unknown[]) => unknown
      return contexts.create(calls, handler, name, ROUTE_ARGS_METADATA, factory, ...context)(...parameters)
    }
    await expect(call('closed', {})).rejects.toThrow(InvalidOptions)
    expect(await call('handle', { auth: { claims: { sub: 'forged' } } })).toBe('nobody')
    expect(await call('handle', undefined)).toBe('nobody')
  })

  it('works in a testing module', async () => {
    const controllers = [controllerWith({})]
    const testing = await Test.createTestingModule({ imports: [nest.sallyport()], controllers }).compile()
    const app = testing.createNestApplication(createPlatform(), { logger: false })
    await app.init()
    const origin = await nest.serve(app)
    expect((await nest.get(origin)).status).toBe(400)
    expect((await nest.get(origin, '')).status).toBe(200)
  })
})

function gatewayWith(
  handlers: Readonly<Record<string, readonly MethodDecorator[]>>,
  decorators: readonly ClassDecorator[],
  onHandled: () => void,
): Type {
  class Gateway {}
  for (const [event, ofMessage] of Object.entries(handlers)) {
    const value = (data: string) => {
      onHandled()
      return { event: data }
    }
    Object.defineProperty(Gateway.prototype, event, { value, configurable: true, writable: true })
    decorate(Gateway, { name: event, ofMethod: [SubscribeMessage(event), ...ofMessage], parameters: [MessageBody()] })
  }
  for (const decorator of [...decorators, WebSocketGateway()]) decorator(Gateway)
  return Gateway
}

function filterOf(app: INestApplication, caught: readonly Type[], seen: unknown[]) {
  const adapter = app.getHttpAdapter()
  class OwnFilter {
    catch(exception: HttpException, host: ArgumentsHost) {
      seen.push(exception)
      adapter.reply(host.switchToHttp().getResponse(), { own: exception.message }, exception.getStatus())
    }
  }
  Catch(...caught)(OwnFilter)
  return new OwnFilter()
}

function pairs(fields: readonly string[]): [string, string][] {
  return fields.flatMap((name, index) => (index % 2 === 0 ? [[name, fields[index + 1] ?? '']] : []))
}
