import { ConfigurableModuleBuilder, type ConfigurableModuleCls, Global, Inject, Module } from '@nestjs/common'
import { APP_GUARD, ModuleRef } from '@nestjs/core'
import { createNestGuard, type NestGuard, type NestOptions } from './nestjs-guard.js'

export { CurrentAuth, Public, RequireAuth, type RouteDecorator } from './nestjs-decorators.js'
export { AuthException, type NestOptions } from './nestjs-guard.js'

/** Injects the `ResourceServer`: `constructor(@Inject(RESOURCE_SERVER) private readonly api: ResourceServer) {}`. */
export const RESOURCE_SERVER: unique symbol = Symbol('sallyport resource server')
const NEST_GUARD = Symbol('sallyport guard')

const module = new ConfigurableModuleBuilder<NestOptions>().setClassMethodName('forRoot').build()
const ConfigurableModule: ConfigurableModuleCls<NestOptions, 'forRoot'> = module.ConfigurableModuleClass

/**
 * Guards every route of a Nest app, on Express or on Fastify. A mistake in the options stops the start of the app with
 * `InvalidOptions`.
 *
 * @example
 * SallyportModule.forRoot({ domain: 'tenant.eu.auth0.com', audience: 'https://api.example.com' })
 * SallyportModule.forRootAsync({ inject: [ConfigService], useFactory: (config: ConfigService) => config.get('auth') })
 */
export class SallyportModule extends ConfigurableModule {
  readonly #moduleRef: ModuleRef

  constructor(moduleRef: ModuleRef) {
    super()
    this.#moduleRef = moduleRef
  }

  /** Throws when the guard would be one per request, as its options are: not every Nest 11 asks such a guard. */
  onModuleInit(): void {
    this.#moduleRef.get(NEST_GUARD)
  }
}

Inject(ModuleRef)(SallyportModule, undefined, 0)
Global()(SallyportModule)
Module({
  providers: [
    { provide: NEST_GUARD, useFactory: createNestGuard, inject: [module.MODULE_OPTIONS_TOKEN] },
    { provide: APP_GUARD, useExisting: NEST_GUARD },
    { provide: RESOURCE_SERVER, useFactory: ({ resourceServer }: NestGuard) => resourceServer, inject: [NEST_GUARD] },
  ],
  exports: [RESOURCE_SERVER],
})(SallyportModule)
