import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { permissionsOfUser, scopesOfClient, scopesOfUser } from '../access-policy.js'
import { makeAccessToken } from '../access-token.js'
import { bindingFor } from '../binding.js'
import type { Client, ResourceServer, User } from '../model.js'
import { OAuthFailure } from '../oauth-error.js'
import type { TenantContext } from '../tenant-context.js'

/** A token as the token endpoint would give it, for a person to try an API with. */
export interface TestToken {
  readonly token: string
  readonly expiresInSeconds: number
  readonly scopes: readonly string[]
  /** What was asked for and is not in it. */
  readonly leftOut: readonly string[]
  /** What it is bound to. */
  readonly privateJwk?: JWK
  /** It is plain although it was asked for with a proof: the API knows no bound tokens. */
  readonly isPlainDespiteProof: boolean
}

interface TestTokenRequest {
  readonly client: Client
  readonly api: ResourceServer
  /** Whether the token is asked for with a proof. */
  readonly isProven: boolean
  /** Without one the token is for the application itself. */
  readonly user?: { readonly user: User; readonly scopes: readonly string[] }
}

/** @throws {OAuthFailure} as the token endpoint does. */
export async function testToken(request: TestTokenRequest, context: TenantContext): Promise<TestToken> {
  const { client, api, isProven, user } = request
  if (user?.user.blocked === true) throw new OAuthFailure(403, 'unauthorized', 'user is blocked')
  const key = isProven ? await newKey() : undefined
  const isConfidential = client.token_endpoint_auth_method !== 'none'
  const jkt = bindingFor({ jkt: key && (await calculateJwkThumbprint(key)), client, isConfidential, api })
  const rights = user === undefined ? rightsOfClient(request, context) : rightsOfUser(request, user, context)
  const { token, expiresInSeconds } = await makeAccessToken({ client, api, jkt, ...rights }, context)
  const { scopes } = rights
  const leftOut = (user?.scopes ?? []).filter((scope) => !scopes.includes(scope))
  const isPlainDespiteProof = isProven && jkt === undefined
  const bound = jkt === undefined || key === undefined ? {} : { privateJwk: key }
  return { token, expiresInSeconds, scopes, leftOut, isPlainDespiteProof, ...bound }
}

function rightsOfClient({ client, api }: TestTokenRequest, context: TenantContext) {
  const scopes = scopesOfClient(client, api, undefined, context)
  return { subject: `${client.client_id}@clients`, scopes, permissions: scopes, gty: 'client-credentials' }
}

function rightsOfUser(
  { client, api }: TestTokenRequest,
  { user, scopes }: { readonly user: User; readonly scopes: readonly string[] },
  context: TenantContext,
) {
  return {
    subject: user.user_id,
    scopes: scopesOfUser({ client, user, api, scopes }, context),
    permissions: permissionsOfUser({ user, api }, context),
  }
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return exportJWK(privateKey)
}
