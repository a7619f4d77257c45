import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { createTenantClock, type TenantClock } from './clock.js'
import { defaultSeed } from './default-seed.js'
import { createFaults, type Faults } from './faults.js'
import { createPersistence, movedTo, type Snapshot } from './persistence.js'
import { createRequestLog, type RequestLog } from './request-log.js'
import { entitiesOfSeed } from './seed-entities.js'
import { checkSeed } from './seed-file.js'
import type { TenantSeed } from './seed-schema.js'
import { createSigningKeys, type SigningKey, type SigningKeys } from './signing-keys.js'
import { createState, entitiesOf, type TenantState } from './state.js'
import { createTenantApp } from './tenant-app.js'
import type { ExchangeCallbacks } from './tenant-context.js'

export interface TenantOptions {
  /** What there is to begin with. Default: an API with permissions, six applications, three users, an organization. */
  readonly seed?: TenantSeed
  /** A folder that keeps what changes. Default: none, everything is gone in the end. */
  readonly persist?: string
  /** Forgets what the folder has, and begins anew. Default `false`. */
  readonly reset?: boolean
  /** Narrows what client credentials get to their `scope`. Auth0 gives all that is granted. Default `false`. */
  readonly strictClientScope?: boolean
  /** Lets `/faults` make the tenant fail. Default `false`. */
  readonly faults?: boolean
  /** Who a custom token exchange is for, by `subject_token_type`. */
  readonly exchangeProfiles?: ExchangeCallbacks['profiles']
}

export interface StartOptions extends TenantOptions {
  /** Default 4490; 0 for a free one. */
  readonly port?: number
}

/** A tenant in this process. */
export interface Tenant {
  /** With a slash at the end, as `iss` has it. */
  readonly issuer: string
  /** As the option `domain` takes it. */
  readonly domain: string
  /** Reaches the tenant without a network. */
  readonly fetch: typeof fetch
  readonly state: TenantState
  readonly keys: SigningKeys
  readonly clock: TenantClock
  readonly log: RequestLog
  readonly faults: Faults
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Creates a tenant that listens nowhere, for tests: reach it by its `fetch`.
 *
 * @param issuer Any `https` URL with a slash at the end.
 * @throws {SeedMistake}
 */
export async function createTenant(issuer: string, options: TenantOptions = {}): Promise<Tenant> {
  return (await build(issuer, options)).tenant
}

/** @returns The app too, which a server hands its connection to. */
async function build(issuer: string, options: TenantOptions): Promise<{ readonly tenant: Tenant; readonly app: Hono }> {
  const persistence = options.persist === undefined ? undefined : createPersistence(options.persist)
  await persistence?.open()
  if (options.reset === true) await persistence?.forget()
  const kept = await persistence?.load()
  const clock = createTenantClock()
  const log = createRequestLog()
  let keptKeys: readonly SigningKey[] = kept?.keys ?? []
  const save = () => persistence?.save(snapshot)
  const entities =
    kept === undefined ? entitiesOfSeed(checkSeed(options.seed ?? defaultSeed), issuer) : movedTo(kept, issuer)
  const state = createState(entities, save)
  const snapshot = (): Snapshot => ({ version: 1, issuer, entities: entitiesOf(state), keys: keptKeys })
  const keys = await createSigningKeys({
    kept: keptKeys,
    nowSeconds: clock.nowSeconds,
    onChange: (next) => {
      keptKeys = next
      save()
    },
  })
  keptKeys = keys.list()
  save()
  const { strictClientScope = false, exchangeProfiles = {} } = options
  const faults = createFaults({ clock, keys })
  const app = createTenantApp({
    issuer,
    state,
    keys,
    clock,
    log,
    strictClientScope,
    exchange: { profiles: exchangeProfiles },
    faults,
    servesFaults: options.faults === true,
  })
  const close = async () => {
    if (persistence === undefined) return
    // Otherwise a key that is being made would be written after the end.
    await keys.published()
    await persistence.close()
  }
  const tenant: Tenant = {
    issuer,
    domain: new URL(issuer).host,
    fetch: async (input, init) => app.fetch(new Request(input, init)),
    state,
    keys,
    clock,
    log,
    faults,
    close,
    [Symbol.asyncDispose]: close,
  }
  return { tenant, app }
}

const defaultPort = 4490

/**
 * Starts a tenant on a port of this machine, which nobody else can reach.
 *
 * @throws {SeedMistake}
 * @example
 * const tenant = await startTenant({ port: 0 })
 * const auth0 = createAuth({ domain: tenant.domain, audience: 'https://api.example.com' })
 */
export async function startTenant({ port = defaultPort, ...options }: StartOptions = {}): Promise<Tenant> {
  if (process.env['NODE_ENV'] === 'production')
    throw new Error('The local tenant does not run where NODE_ENV is "production": everybody can log in to it.')
  let answer: Hono['fetch'] = () => new Response(null, { status: 503 })
  const server = serve({ hostname: 'localhost', port, fetch: (request, env) => answer(request, env) })
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', reject)
  })
  const { port: taken } = server.address() as AddressInfo
  const { tenant, app } = await build(`http://localhost:${taken}/`, options).catch((error: unknown) => {
    server.close()
    throw error
  })
  answer = app.fetch
  const close = async () => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await tenant.close()
  }
  return { ...tenant, close, [Symbol.asyncDispose]: close }
}
