import 'reflect-metadata'
import type { Server } from 'node:http'
import { Controller, Get, Module, type ModuleMetadata, UseGuards } from '@nestjs/common'
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core'
import { AuthGuard, PassportStrategy } from '@nestjs/passport'
import { Strategy } from 'passport-jwt'
import { SallyportModule } from 'sallyport/nestjs'
import { type Apps, noGuard } from './http-app.ts'
import { passportOptions } from './passport-options.ts'

type MethodGuard = ReturnType<typeof UseGuards>

/** The same app on either platform of Nest. */
export function createNestApps(createAdapter: () => AbstractHttpAdapter): Apps {
  const start = async (metadata: ModuleMetadata, ...guards: readonly MethodGuard[]): Promise<Server> => {
    const app = await NestFactory.create(createModule(metadata, guards), createAdapter(), { logger: false })
    await app.listen(0, '127.0.0.1')
    return app.getHttpServer() as Server
  }
  return {
    [noGuard]: () => start({}),
    Sallyport: ({ issuer, audience }) => start({ imports: [SallyportModule.forRoot({ issuer, audience })] }),
    'passport-jwt': (issuer) => {
      class JwtStrategy extends PassportStrategy(Strategy) {
        validate(payload: object): object {
          return payload
        }
      }
      const strategy = { provide: JwtStrategy, useFactory: () => new JwtStrategy(passportOptions(issuer)) }
      return start({ providers: [strategy] }, UseGuards(AuthGuard('jwt')))
    },
  }
}

/** One controller with one route. Decorators are called as the functions that they are: this code runs uncompiled. */
function createModule(metadata: ModuleMetadata, guards: readonly MethodGuard[]): new () => object {
  class Messages {
    list(): object {
      return { messages: [] }
    }
  }
  class App {}
  const list = Object.getOwnPropertyDescriptor(Messages.prototype, 'list') ?? {}
  for (const decorate of [Get('messages'), ...guards]) decorate(Messages.prototype, 'list', list)
  Controller()(Messages)
  Module({ ...metadata, controllers: [Messages] })(App)
  return App
}
