import 'reflect-metadata'
import type { Server } from 'node:http'
import { All, Controller, Get, HttpCode, type INestApplication, Module, Post, Req, type Type } from '@nestjs/common'
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core'
import { CurrentAuth, Public, RequireAuth, SallyportModule } from '../../src/adapters/nestjs.js'
import type { Auth } from '../../src/index.js'
import { adapterOptions } from './adapter-options.js'
import type { Stack, StackOptions } from './contract.js'

interface HandledRequest {
  readonly method: string
  readonly originalUrl: string
}

/** The app of the contract on Nest. Decorators are called as functions: the tests are compiled without decorator syntax. */
export async function startNest(adapter: AbstractHttpAdapter, options: StackOptions): Promise<Stack> {
  const handled: string[] = []
  const note = ({ method, originalUrl }: HandledRequest) => handled.push(`${method} ${originalUrl}`)

  class AppController {
    public(request: HandledRequest) {
      note(request)
      return { message: 'hello' }
    }
    private(request: HandledRequest, auth: Auth) {
      note(request)
      return { user: auth.claims.sub }
    }
    messages(request: HandledRequest, auth: Auth) {
      note(request)
      return auth.scopes
    }
    data(request: HandledRequest) {
      note(request)
      return { created: true }
    }
    permitted(request: HandledRequest) {
      note(request)
      return { in: true }
    }
    maybe(request: HandledRequest, auth: Auth | undefined) {
      note(request)
      return { user: auth?.claims.sub ?? null }
    }
    inside(request: HandledRequest, auth: Auth) {
      note(request)
      auth.require({ scopes: 'admin' })
      return { admin: true }
    }
    twice(request: HandledRequest) {
      note(request)
      return { in: true }
    }
    root(request: HandledRequest) {
      note(request)
      return { in: true }
    }
    files(request: HandledRequest) {
      note(request)
      return { in: true }
    }
  }
  decorate(AppController, 'public', [Get('public'), Public()])
  decorate(AppController, 'private', [Get('private')])
  decorate(AppController, 'messages', [Get('messages'), RequireAuth({ scopes: 'read:messages' })])
  decorate(AppController, 'data', [Post('data'), HttpCode(200), RequireAuth({ scopes: ['read:data', 'write:data'] })])
  decorate(AppController, 'permitted', [Get('permitted'), RequireAuth({ permissions: 'delete:data' })])
  decorate(AppController, 'maybe', [Get('maybe'), RequireAuth({ optional: true })])
  decorate(AppController, 'inside', [Get('inside'), RequireAuth()])
  decorate(AppController, 'twice', [Get('twice'), RequireAuth({ scopes: 'read:messages' }), RequireAuth()])
  decorate(AppController, 'root', [Get()])
  decorate(AppController, 'files', [All('files/*'), HttpCode(200)])
  Controller()(AppController)

  class AppModule {}
  Module({ imports: [SallyportModule.forRoot(adapterOptions(options))], controllers: [AppController] })(AppModule)
  const app: INestApplication<Server> = await NestFactory.create(AppModule, adapter, { logger: false })
  await app.listen(0, '127.0.0.1')
  return { origin: await app.getUrl(), takeHandled: () => handled.splice(0), close: () => app.close() }
}

/** The first parameter is the request, the second the caller. */
function decorate(controller: Type, name: string, decorators: readonly MethodDecorator[]): void {
  Req()(controller.prototype, name, 0)
  CurrentAuth()(controller.prototype, name, 1)
  const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, name)
  if (descriptor === undefined) throw new Error(`The controller has no ${name}.`)
  for (const decorator of decorators) decorator(controller.prototype, name, descriptor)
}
