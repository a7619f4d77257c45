import 'reflect-metadata'
import { Controller, Get, type INestApplication, Inject, Injectable, Module, Scope, type Type } from '@nestjs/common'
import { LazyModuleLoader, REQUEST } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type NestOptions, Public, RESOURCE_SERVER, RequireAuth, SallyportModule } from '../../src/adapters/nestjs.js'
import { type Auth, InvalidOptions, type ResourceServer } from '../../src/index.js'
import { dpopClient } from '../../src/testing/index.js'
import { exchangeWith } from '../support/exchange.js'
import { controllerWith, createNestHarness, decorate, type NestHarness, platforms } from '../support/nest-app.js'

/** Who asks: nobody, somebody with a broken token, or a token with these scopes. */
type Caller = 'nobody' | 'broken' | '' | 'a' | 'b' | 'a b'
const everyone: readonly Caller[] = ['nobody', 'broken', '', 'a', 'b', 'a b']
const anyToken: readonly Caller[] = ['', 'a', 'b', 'a b']
const maybe: readonly Caller[] = ['nobody', ...anyToken]

const a = RequireAuth({ scopes: 'a' })
const b = RequireAuth({ scopes: 'b' })
const optional = RequireAuth({ optional: true })

type Row<Decorator> = readonly [name: string, readonly Decorator[], readonly Decorator[], admitted: readonly Caller[]]
const rules: readonly Row<ClassDecorator & MethodDecorator>[] = [
  ['none, none', [], [], anyToken],
  ['none, public', [], [Public()], everyone],
  ['none, a', [], [a], ['a', 'a b']],
  ['none, optional', [], [optional], maybe],
  ['none, a and b', [], [a, b], ['a b']],
  ['none, public twice', [], [Public(), Public()], everyone],
  ['public, none', [Public()], [], everyone],
  ['public, any token', [Public()], [RequireAuth()], anyToken],
  ['public, a', [Public()], [a], ['a', 'a b']],
  ['public, optional', [Public()], [optional], maybe],
  ['a, none', [a], [], ['a', 'a b']],
  ['a, public', [a], [Public()], everyone],
  ['a, any token', [a], [RequireAuth()], ['a', 'a b']],
  ['a, b', [a], [b], ['a b']],
  ['a, optional', [a], [optional], ['a', 'a b']],
  ['a and b, none', [a, b], [], ['a b']],
  ['optional, none', [optional], [], maybe],
  ['optional, a', [optional], [a], ['a', 'a b']],
  ['optional, public', [optional], [Public()], everyone],
]

describe.each(platforms)('Nest adapter on %s', (_, createPlatform) => {
  let nest: NestHarness

  beforeAll(async () => {
    nest = await createNestHarness(createPlatform)
  })
  afterEach(() => nest.close())

  async function get(url: string, caller: Caller) {
    if (caller === 'broken') return exchangeWith(url, 'GET', ['Authorization', 'Bearer broken'])
    return caller === 'nobody' ? nest.get(url) : nest.get(url, caller)
  }

  /** Whom the handler answers. Each of the others gets the status that is meant for him. */
  async function admittedBy(url: string): Promise<readonly Caller[]> {
    const admitted: Caller[] = []
    for (const caller of everyone) {
      const { status, body } = await get(url, caller)
      if (status !== 200)
        expect([caller, status]).toEqual([caller, { nobody: 400, broken: 401 }[caller as string] ?? 403])
      else admitted.push((body as { in: true }).in && caller)
    }
    return admitted
  }

  it.each(rules)(
    'admits by the decorators of controller and method: %s',
    async (_, ofController, ofMethod, admitted) => {
      const origin = await nest.start({ routes: [{ ofController, ofMethod }] })
      expect(await admittedBy(origin)).toEqual(admitted)
    },
  )

  it.each<[string, ClassDecorator[], list: Caller[]]>([
    ['none', [], ['a b']],
    ['any token', [RequireAuth()], ['a b']],
    ['scope c', [RequireAuth({ scopes: 'c' })], []],
    ['public', [Public()], ['b', 'a b']],
  ])('adds the decorators of a controller to those that it inherits, or opens it: %s', async (_, own, list) => {
    class Base {
      list() {
        return { in: true }
      }
      open() {
        return { in: true }
      }
    }
    decorate(Base, { name: 'list', ofMethod: [Get('list'), b] })
    decorate(Base, { name: 'open', ofMethod: [Get('open'), Public()] })
    a(Base)
    class Derived extends Base {}
    for (const decorator of [...own, Controller()]) decorator(Derived)
    const origin = await nest.start({ controllers: [Derived] })
    expect(await admittedBy(`${origin}/list`)).toEqual(list)
    expect(await admittedBy(`${origin}/open`)).toEqual(everyone)
  })

  it('looks at a proof once, whatever controller and method demand', async () => {
    const origin = await nest.start({ routes: [{ ofController: [a], ofMethod: [b, RequireAuth()] }] })
    const client = await dpopClient({ issuer: nest.issuer, claims: { scope: 'a b' } })
    const headers = await client.headers({ url: `${origin}/` })
    expect((await fetch(origin, { headers })).status).toBe(200)
    expect((await fetch(origin, { headers })).status).toBe(400)
  })

  it('keeps what a controller demands that another decorator has wrapped', async () => {
    const wrapped = new Proxy(controllerWith({}), {})
    for (const decorator of [a, Controller()]) decorator(wrapped)
    expect(await admittedBy(await nest.start({ controllers: [wrapped] }))).toEqual(['a', 'a b'])
  })

  it('guards decorated routes only, where the app wants it so', async () => {
    const origin = await nest.start({
      routes: [
        { path: 'none' },
        { path: 'public', ofMethod: [Public()] },
        { path: 'method', ofMethod: [RequireAuth()] },
        { path: 'controller', ofController: [a] },
      ],
      imports: [nest.sallyport({ protect: 'decoratedRoutes' })],
    })
    expect(await admittedBy(`${origin}/none`)).toEqual(everyone)
    expect(await admittedBy(`${origin}/public`)).toEqual(everyone)
    expect(await admittedBy(`${origin}/method`)).toEqual(anyToken)
    expect(await admittedBy(`${origin}/controller`)).toEqual(['a', 'a b'])
  })

  it.each([
    ['a wrong "protect"', { protect: 'all' }],
    ['an unknown option', { isGlobal: true }],
    ['a wrong domain', { domain: 'not a host' }],
    ['a wrong "onRefusal"', { onRefusal: 'sorry' }],
  ])('does not start with %s', async (_, wrong) => {
    await expect(nest.start({ imports: [nest.sallyport(wrong)] })).rejects.toThrow(InvalidOptions)
    const useFactory = async () => nest.options(wrong)
    const sallyport = SallyportModule.forRootAsync({ useFactory })
    await expect(nest.start({ imports: [sallyport] })).rejects.toThrow(InvalidOptions)
  })

  it('does not start without options', async () => {
    vi.stubEnv('AUTH0_AUDIENCE', '')
    const useFactory = () => undefined as unknown as NestOptions
    const sallyport = SallyportModule.forRootAsync({ useFactory })
    await expect(nest.start({ imports: [sallyport] })).rejects.toThrow(InvalidOptions)
  })

  it('does not start with options that depend on a request, as then there would be no guard', async () => {
    class Settings {}
    Injectable({ scope: Scope.REQUEST })(Settings)
    const imports = [moduleWith(Settings)]
    for (const asked of [{ inject: [REQUEST] }, { inject: [Settings], imports }]) {
      const sallyport = SallyportModule.forRootAsync({ ...asked, useFactory: () => nest.options() })
      await expect(nest.start({ routes: [{}], imports: [sallyport] })).rejects.toThrow()
    }
  })

  it('takes its options from a module of the app, when that is ready', async () => {
    const later = <Value>(value: Value) => new Promise<Value>((resolve) => setTimeout(resolve, 10, value))
    const settings = { provide: 'settings', useFactory: () => later(nest.options({ protect: 'decoratedRoutes' })) }
    const sallyport = SallyportModule.forRootAsync({
      imports: [moduleWith(settings)],
      inject: ['settings'],
      useFactory: (given: NestOptions) => later(given),
    })
    const routes = [{ path: 'open' }, { path: 'closed', ofMethod: [a] }]
    const origin = await nest.start({ routes, imports: [sallyport] })
    expect(await admittedBy(`${origin}/open`)).toEqual(everyone)
    expect(await admittedBy(`${origin}/closed`)).toEqual(['a', 'a b'])
  })

  it('takes its options from a class', async () => {
    class Settings {
      create() {
        return nest.options({ onRefusal: ({ status }: { status: number }) => ({ problem: status }) })
      }
    }
    const imports = [SallyportModule.forRootAsync({ useClass: Settings })]
    const origin = await nest.start({ routes: [{}], imports })
    expect(await get(origin, 'nobody')).toMatchObject({ status: 400, body: { problem: 400 } })
    expect((await get(origin, '')).status).toBe(200)
  })

  it('gives its resource server to providers of other modules, of lazy ones too', async () => {
    class Keys {
      readonly api: ResourceServer
      constructor(api: ResourceServer) {
        this.api = api
      }
    }
    Inject(RESOURCE_SERVER)(Keys, undefined, 0)
    const origin = await nest.start({ routes: [{}], imports: [nest.sallyport(), moduleWith(Keys)] })
    const keys = nest.app().get(Keys, { strict: false })
    expect(keys.api.health().status).toBe('degraded')
    expect((await get(origin, '')).status).toBe(200)
    expect(keys.api.health().status).toBe('ok')
    class LazyKeys extends Keys {}
    const loader = nest.app().get(LazyModuleLoader)
    const lazy = await loader.load(() => moduleWith(LazyKeys))
    expect(lazy.get(LazyKeys).api).toBe(keys.api)
  })

  it('demands what each of two resource servers demands, and gives the handler one caller', async () => {
    const other = nest.sallyport({ audience: 'https://other.test' })
    const handle = ({ claims }: Auth) => ({ aud: claims.aud })
    const origin = await nest.start({ routes: [{ handle }], imports: [nest.sallyport(), other] })
    expect((await get(origin, '')).status).toBe(401)
    const client = await dpopClient({
      issuer: nest.issuer,
      claims: { aud: [nest.issuer.audience, 'https://other.test'].flat() },
    })
    expect((await client.fetch(`${origin}/`)).status).toBe(200)
  })

  const user = (auth: Auth | undefined) => ({ user: auth?.claims.sub ?? null })

  it.each([
    ['public', Public(), null, null],
    ['optional', optional, null, 'user|test'],
    ['guarded', RequireAuth(), undefined, 'user|test'],
  ])('tells the handler of a %s route its caller', async (_, decorator, nobody, somebody) => {
    const origin = await nest.start({ routes: [{ ofMethod: [decorator], handle: user }] })
    if (nobody !== undefined) expect((await get(origin, 'nobody')).body).toEqual({ user: nobody })
    expect((await get(origin, '')).body).toEqual({ user: somebody })
  })

  it.each([
    ['public', Public(), null],
    ['optional', optional, null],
    ['guarded', RequireAuth(), undefined],
  ])(
    'takes nobody for the caller of a %s route whom another library left on the request',
    async (_, decorator, nobody) => {
      const forged = { claims: { sub: 'forged' }, scopes: ['a'], require: () => {} }
      const origin = await nest.start({
        routes: [{ ofMethod: [decorator], handle: user }],
        prepare: (app) => leaveOnRequests(app, { auth: forged }),
      })
      const { status, body } = await get(origin, 'nobody')
      if (nobody === undefined) expect(status).toBe(400)
      else expect(body).toEqual({ user: nobody })
    },
  )
})

describe('The decorators of the Nest adapter', () => {
  it.each([
    [[Public(), a]],
    [[a, Public()]],
    [[a, b, Public()]],
    [[Public(), copyOfMethod, a]],
    [[a, copyOfMethod, Public()]],
  ])('do not let a method be public and demand a token: %#', (ofMethod) => {
    class Routes {
      handle() {}
    }
    expect(() => decorate(Routes, { ofMethod })).toThrow(InvalidOptions)
  })

  it.each([
    [Public(), a],
    [a, Public()],
  ])('do not let a controller be public and demand a token: %#', (first, second) => {
    class Base {}
    class Derived extends Base {}
    first(Base)
    expect(() => second(Base)).toThrow(InvalidOptions)
    second(Derived)
    expect(() => first(Derived)).toThrow(InvalidOptions)
  })

  it('refuse a wrong requirement', () => {
    expect(() => RequireAuth({ scope: 'a' } as never)).toThrow(InvalidOptions)
    expect(() => RequireAuth({ scopes: [] })).toThrow(InvalidOptions)
  })
})

/** A decorator that replaces a method and copies what is known of it, as those that measure or log do. */
function copyOfMethod(_target: object, _name: string | symbol, descriptor: PropertyDescriptor): void {
  const method = descriptor.value
  descriptor.value = (...parameters: unknown[]) => method(...parameters)
  for (const key of Reflect.getMetadataKeys(method))
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), descriptor.value)
}

function moduleWith(provider: Type | { readonly provide: string; useFactory(): unknown }): Type {
  class OtherModule {}
  Module({ providers: [provider], exports: [provider] })(OtherModule)
  return OtherModule
}

/** As the middleware or the plugin of another library does. */
function leaveOnRequests(app: INestApplication, members: object): void {
  const adapter = app.getHttpAdapter()
  if (adapter instanceof FastifyAdapter)
    adapter.getInstance().addHook('onRequest', async (request: object) => void Object.assign(request, members))
  else
    app.use((request: object, _response: unknown, next: () => void) => {
      Object.assign(request, members)
      next()
    })
}
