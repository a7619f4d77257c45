/** A program that uses one of the package's exports as an app does. */
export interface Use {
  readonly subpath: string
  readonly imports: string
  /** The body of a function that returns what to print. A line under `@ts-expect-error` has to be an error. */
  readonly body: string
  readonly prints: string
}

export const uses = {
  core: {
    subpath: '.',
    imports: `import { answerTo, type Auth, createResourceServer, type ProtectedRequest } from 'sallyport'`,
    body: `
      const api = createResourceServer(options)
      const attempt = async (request: ProtectedRequest) => api.authenticate(request, { scopes: 'a' })
      const auth: Auth = await attempt({ method: 'GET', url: '/', headers })
      // @ts-expect-error: the claim has a type
      auth.claims.sub satisfies number
      const refused = await attempt(new Request('https://api.test/')).catch((error: unknown) => answerTo(error, api))
      // @ts-expect-error: there is no such requirement
      const option = refusedOption(() => auth.require({ scope: 'a' }))
      return [auth.claims.sub, 'status' in refused && refused.status, option]
    `,
    prints: 'user|test 400 scope',
  },
  express: {
    subpath: './express',
    imports: `
      import { once } from 'node:events'
      import type { AddressInfo } from 'node:net'
      import express from 'express'
      import type { Auth } from 'sallyport'
      import { createAuth } from 'sallyport/express'
    `,
    body: `
      const auth0 = createAuth(options)
      const app = express()
      app.get('/', auth0.requireAuth({ scopes: 'a' }), (request, response) => {
        // @ts-expect-error: the claim has a type
        request.auth.claims.sub satisfies number
        // @ts-expect-error: there may be no caller
        auth0.authOf(request) satisfies Auth
        response.send(request.auth.claims.sub)
      })
      app.get('/of/:id', auth0.requireAuth(), (request, response) => {
        response.send(request.params.id satisfies string)
      })
      app.use(auth0.errorHandler)
      const server = app.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const origin = 'http://127.0.0.1:' + (server.address() as AddressInfo).port
      const answer = await fetch(origin, { headers })
      const refused = await fetch(origin)
      server.close()
      server.closeAllConnections()
      // @ts-expect-error: there is no such requirement
      const option = refusedOption(() => auth0.requireAuth({ scope: 'a' }))
      return [answer.status, await answer.text(), refused.status, option]
    `,
    prints: '200 user|test 400 scope',
  },
  fastify: {
    subpath: './fastify',
    imports: `
      import Fastify from 'fastify'
      import type { Auth } from 'sallyport'
      import { createAuth } from 'sallyport/fastify'
    `,
    body: `
      const auth0 = createAuth(options)
      const app = Fastify()
      await app.register(auth0.plugin)
      app.get('/', { onRequest: auth0.requireAuth({ scopes: 'a' }) }, async (request) => {
        // @ts-expect-error: the claim has a type
        request.auth.claims.sub satisfies number
        // @ts-expect-error: there may be no caller
        auth0.authOf(request) satisfies Auth
        return request.auth.claims.sub
      })
      const answer = await app.inject({ url: '/', headers })
      const refused = await app.inject('/')
      // @ts-expect-error: there is no such requirement
      const option = refusedOption(() => auth0.requireAuth({ scope: 'a' }))
      return [answer.statusCode, answer.payload, refused.statusCode, option]
    `,
    prints: '200 user|test 400 scope',
  },
  fetchHandler: {
    subpath: './fetch',
    imports: `
      import type { Auth } from 'sallyport'
      import { createAuth } from 'sallyport/fetch'
    `,
    body: `
      const auth0 = createAuth(options)
      const handle = auth0.protect((request, auth, parameters: { id: string }) => {
        // @ts-expect-error: the claim has a type
        auth.claims.sub satisfies number
        return new Response(auth.claims.sub + ' reads ' + parameters.id)
      }, { scopes: 'a' })
      auth0.protect((request, auth) => {
        // @ts-expect-error: there may be no caller
        auth satisfies Auth
        return new Response()
      }, { optional: true })
      const answer = await handle(new Request('https://api.test/', { headers }), { id: 'x' })
      const refused = await handle(new Request('https://api.test/'), { id: 'x' })
      // @ts-expect-error: there is no such requirement
      const option = refusedOption(() => auth0.protect(() => new Response(), { scope: 'a' }))
      return [answer.status, await answer.text(), refused.status, option]
    `,
    prints: '200 user|test reads x 400 scope',
  },
  hono: {
    subpath: './hono',
    imports: `
      import { Hono } from 'hono'
      import type { Auth } from 'sallyport'
      import { createAuth } from 'sallyport/hono'
    `,
    body: `
      const auth0 = createAuth(options)
      const app = new Hono()
      app.get('/', auth0.requireAuth({ scopes: 'a' }), (c) => {
        // @ts-expect-error: the claim has a type
        c.var.auth.claims.sub satisfies number
        return c.text(c.var.auth.claims.sub ?? 'nobody')
      })
      app.get('/maybe', auth0.requireAuth({ optional: true }), (c) => {
        // @ts-expect-error: there may be no caller
        c.var.auth satisfies Auth
        return c.text(c.var.auth?.claims.sub ?? 'nobody')
      })
      const answer = await app.request('/', { headers })
      const refused = await app.request('/')
      const open = await app.request('/maybe')
      // @ts-expect-error: there is no such requirement
      const option = refusedOption(() => auth0.requireAuth({ scope: 'a' }))
      return [answer.status, await answer.text(), refused.status, await open.text(), option]
    `,
    prints: '200 user|test 400 nobody scope',
  },
  /** There is no platform here: Nest calls a handler as it does for GraphQL, through its guards and interceptors. */
  nest: {
    subpath: './nestjs',
    imports: `
      import 'reflect-metadata'
      import { Controller, Get, Inject, Module } from '@nestjs/common'
      import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js'
      import { ExternalContextCreator, NestFactory } from '@nestjs/core'
      import type { Auth, ResourceServer } from 'sallyport'
      import { AuthException, CurrentAuth, Public, RequireAuth, RESOURCE_SERVER, SallyportModule } from 'sallyport/nestjs'
    `,
    body: `
      @Controller()
      @RequireAuth()
      class AppController {
        constructor(@Inject(RESOURCE_SERVER) readonly api: ResourceServer) {}
        @Get()
        @RequireAuth({ scopes: 'a' })
        user(@CurrentAuth() auth: Auth) {
          return auth.claims.sub
        }
        @Get('public')
        @Public()
        hello() {
          return 'hello ' + this.api.errorProfile
        }
      }
      @Module({ imports: [SallyportModule.forRoot(options)], controllers: [AppController] })
      class AppModule {}
      const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false })
      const controller = app.get(AppController)
      const call = async (name: 'user' | 'hello', authorization: string[]): Promise<unknown> => {
        const method = controller[name] as (...parameters: unknown[]) => unknown
        const parameters = { exchangeKeyForValue: () => undefined }
        const handle = app.get(ExternalContextCreator).create(controller, method, name, ROUTE_ARGS_METADATA, parameters)
        const request = { method: 'GET', originalUrl: '/', headers: {}, rawHeaders: authorization }
        return handle(request, { header: () => undefined })
      }
      const user = await call('user', Object.entries(headers).flat())
      const refused = await call('user', []).catch((error: unknown) => error)
      const hello = await call('hello', [])
      // @ts-expect-error: there is no such requirement
      const option = refusedOption(() => RequireAuth({ scope: 'a' }))
      // @ts-expect-error: there is no such way
      const unchecked = () => SallyportModule.forRootAsync({ useFactory: () => ({ ...options, protect: 'nothing' }) })
      return [user, refused instanceof AuthException && refused.getStatus(), hello, option]
    `,
    prints: 'user|test 400 hello auth0 scope',
  },
  ownClient: redisWith(
    '',
    `const entries = new Map<string, string>()
      const client = {
        get: async (key: string) => entries.get(key) ?? null,
        set: async (key: string, value: string, { NX }: { NX: boolean }) => {
          if (NX && entries.has(key)) return null
          entries.set(key, value)
          return 'OK'
        },
      }`,
    '',
  ),
  ioredis: redisWith(
    `import { Redis } from 'ioredis'`,
    `const client = new Redis(Number(process.env['REDIS_PORT']))`,
    'await client.quit()',
  ),
  nodeRedis: redisWith(
    `import { createClient } from 'redis'`,
    `const client = await createClient({ url: 'redis://127.0.0.1:' + process.env['REDIS_PORT'] }).connect()`,
    'await client.close()',
  ),
  testKit: {
    subpath: './testing',
    imports: `
      import { createResourceServer, memoryReplayStore } from 'sallyport'
      import { createTestClock, dpopClient, replayStoreContract } from 'sallyport/testing'
    `,
    body: `
      const clock = createTestClock()
      const api = createResourceServer({ ...options, clock })
      const client = await dpopClient({ issuer, clock })
      const bound = await client.headers({ url: 'https://api.test/' })
      const proved = { method: 'GET', url: '/', headers: { ...bound, host: 'api.test' }, scheme: 'https' as const }
      const auth = await api.authenticate(proved)
      // @ts-expect-error: the claim has a type
      auth.claims.sub satisfies number
      // @ts-expect-error: there is no such outage
      const unchecked = () => issuer.outage('tired')
      const [firstRule] = replayStoreContract(() => memoryReplayStore())
      await firstRule?.run()
      return [auth.claims.sub, auth.scheme, firstRule?.name]
    `,
    prints: 'user|test DPoP gives true to the first claim of a key',
  },
} satisfies Readonly<Record<string, Use>>

function redisWith(imports: string, open: string, close: string): Use {
  return {
    subpath: './redis',
    imports: `${imports}
import { createResourceServer } from 'sallyport'
import { redisReplayStore } from 'sallyport/redis'
import { dpopClient } from 'sallyport/testing'
    `,
    body: `
      ${open}
      const instance = () => createResourceServer({ ...options, dpop: { replay: redisReplayStore(client) } })
      const bound = await (await dpopClient({ issuer })).headers({ url: 'https://api.test/' })
      const request = { method: 'GET', url: '/', headers: { ...bound, host: 'api.test' }, scheme: 'https' as const }
      const auth = await instance().authenticate(request)
      const again = await Promise.resolve(instance().authenticate(request)).catch((error: unknown) => error)
      // @ts-expect-error: there is no such option
      const option = refusedOption(() => redisReplayStore(client, { prefix: 'a' }))
      // @ts-expect-error: a Map does not answer by a promise
      const unchecked = () => redisReplayStore(new Map<string, string>())
      ${close}
      return [auth.scheme, again instanceof RequestRefused && again.code, option]
    `,
    prints: 'DPoP proof_replayed prefix',
  }
}
