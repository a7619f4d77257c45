// Prevents a demo with tokens that no client could get: each comes from the tenant's token endpoint, as a real client asks.
import { startTenant, type Tenant, type TenantSeed } from '@sallyport/dev'
import { type DpopClient, dpopClient } from 'sallyport/testing'

const api = 'https://api.example.com'
const otherApi = 'https://other.example.com'
const permissions = { 'read:messages': '', 'read:data': '', 'write:data': '', 'delete:data': '' }

function machine(name: string, granted: string[], audience = api): NonNullable<TenantSeed['applications']>[number] {
  return {
    name,
    type: 'm2m',
    clientId: name,
    clientSecret: `${name}-secret`,
    grants: [{ api: audience, permissions: granted }],
  }
}

const seed: TenantSeed = {
  apis: [
    { name: 'Demo API', identifier: api, permissions, tokenDialect: 'access_token_authz', rbac: true, dpop: 'allowed' },
    { name: 'Another API', identifier: otherApi },
  ],
  applications: [
    machine('messages-reader', ['read:messages']),
    machine('data-reader', ['read:data']),
    machine('data-editor', ['read:data', 'write:data']),
    machine('data-cleaner', ['delete:data']),
    machine('everything', Object.keys(permissions)),
    machine('stranger', [], otherApi),
  ],
}

/** A tenant, and what clients get from it. */
export interface DemoTenant {
  readonly tenant: Tenant
  readonly audience: string
  /** @param client The name of a machine-to-machine application. */
  token(client: string): Promise<string>
  expiredToken(): Promise<string>
  /** A token of another tenant. */
  foreignToken(): Promise<string>
  tokenForAnotherApi(): Promise<string>
  /** A client with a key of its own, and a token that is bound to it. */
  boundClient(client: string): Promise<BoundClient>
  close(): Promise<void>
}

interface BoundClient extends DpopClient {
  readonly bound: string
}

export async function startDemoTenant(): Promise<DemoTenant> {
  const tenant = await startTenant({ port: 0, seed })
  const foreign = await startTenant({ port: 0, seed })
  const token = (client: string) => tokenOf(tenant, client)

  return {
    tenant,
    audience: api,
    token,
    tokenForAnotherApi: () => tokenOf(tenant, 'stranger', otherApi),
    foreignToken: () => tokenOf(foreign, 'everything'),
    expiredToken: async () => {
      tenant.clock.skew(-2 * 86_400)
      const expired = await token('everything')
      tenant.clock.skew(0)
      return expired
    },
    boundClient: async (name) => {
      const clock = { epochMilliseconds: () => Date.now() }
      const client = await dpopClient({ issuer: { clock, token: () => tokenOf(tenant, name) } })
      const proof = await client.proof({ url: `${tenant.issuer}oauth/token`, method: 'POST' })
      return { ...client, bound: await tokenOf(tenant, name, api, { dpop: proof }) }
    },
    close: async () => {
      await tenant.close()
      await foreign.close()
    },
  }
}

/** The client credentials grant. RFC 6749 section 4.4. */
async function tokenOf(
  { issuer }: Tenant,
  client: string,
  audience = api,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(`${issuer}oauth/token`, {
    method: 'POST',
    headers: { ...headers, authorization: `Basic ${btoa(`${client}:${client}-secret`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', audience }),
  })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`The tenant gave ${client} no token: ${response.status}`)
  return token
}
