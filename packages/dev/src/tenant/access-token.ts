import { createHash, createHmac, randomUUID } from 'node:crypto'
import { EncryptJWT, jwtDecrypt, SignJWT } from 'jose'
import { organizationClaims } from './access-policy.js'
import type { Client, Organization, ResourceServer } from './model.js'
import { type TenantContext, userinfoAudience } from './tenant-context.js'

export interface AccessTokenFacts {
  readonly client: Client
  /** `undefined`: a token for `/userinfo` alone, which no API can read. */
  readonly api: ResourceServer | undefined
  readonly subject: string
  readonly scopes: readonly string[]
  /** With `enforce_policies` and a dialect that carries them. */
  readonly permissions: readonly string[]
  readonly gty?: string
  readonly organization?: Organization | undefined
  readonly jkt?: string | undefined
  readonly act?: object | undefined
}

export interface MadeAccessToken {
  readonly token: string
  readonly expiresInSeconds: number
}

const opaqueLifetimeSeconds = 86_400

export async function makeAccessToken(facts: AccessTokenFacts, context: TenantContext): Promise<MadeAccessToken> {
  return facts.api === undefined ? makeOpaque(facts, context) : makeJwt(facts, facts.api, context)
}

async function makeJwt(facts: AccessTokenFacts, api: ResourceServer, context: TenantContext): Promise<MadeAccessToken> {
  const { client, subject, scopes, permissions, gty, organization, jkt, act } = facts
  const isProfile = api.token_dialect.startsWith('rfc9068_profile')
  const now = context.clock.nowSeconds()
  // The one "for web" is of the implicit and hybrid flows alone, which this tenant does not have.
  const expiresInSeconds = api.token_lifetime
  const claims = {
    iss: context.issuer,
    sub: subject,
    aud:
      scopes.includes('openid') && api.signing_alg !== 'HS256'
        ? [api.identifier, userinfoAudience(context)]
        : api.identifier,
    iat: now,
    exp: now + expiresInSeconds,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...organizationClaims(organization, context),
    ...(isProfile ? { client_id: client.client_id, jti: randomUUID() } : { azp: client.client_id }),
    ...(isProfile || gty === undefined ? {} : { gty }),
    ...(api.enforce_policies && api.token_dialect.endsWith('_authz') ? { permissions } : {}),
    ...(jkt === undefined ? {} : { cnf: { jkt } }),
    ...(act === undefined ? {} : { act }),
  }
  const typ = isProfile ? 'at+jwt' : 'JWT'
  if (api.signing_alg === 'HS256') {
    const secret = new TextEncoder().encode(api.signing_secret)
    return { token: await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ }).sign(secret), expiresInSeconds }
  }
  const { kid, key } = await context.keys.current(api.signing_alg)
  const token = await new SignJWT(claims).setProtectedHeader({ alg: api.signing_alg, typ, kid }).sign(key)
  return { token, expiresInSeconds }
}

/** A 5-part JWE that says nothing to anybody else, as Auth0 gives it where nobody asked for an audience. */
async function makeOpaque(facts: AccessTokenFacts, context: TenantContext): Promise<MadeAccessToken> {
  const { subject, scopes, client, jkt } = facts
  const now = context.clock.nowSeconds()
  const token = await new EncryptJWT({
    scope: scopes.join(' '),
    azp: client.client_id,
    ...(jkt === undefined ? {} : { cnf: { jkt } }),
  })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', iss: context.issuer })
    .setIssuer(context.issuer)
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + opaqueLifetimeSeconds)
    .encrypt(await opaqueKey(context))
  return { token, expiresInSeconds: opaqueLifetimeSeconds }
}

export interface OpaqueClaims {
  readonly sub: string
  readonly scope: string
  readonly jkt?: string
}

/** @returns `undefined` for anything that is not such a token of this tenant, or has expired. */
export async function readOpaque(token: string, context: TenantContext): Promise<OpaqueClaims | undefined> {
  try {
    const currentDate = new Date(context.clock.nowSeconds() * 1000)
    const { payload } = await jwtDecrypt(token, await opaqueKey(context), { currentDate })
    const { sub = '', scope, cnf } = payload as { sub?: string; scope?: string; cnf?: { jkt?: string } }
    return { sub, scope: scope ?? '', ...(cnf?.jkt === undefined ? {} : { jkt: cnf.jkt }) }
  } catch {
    return undefined
  }
}

/** Outlives a restart, as the signing key does: it is made of it. */
async function opaqueKey({ keys, issuer }: TenantContext): Promise<Uint8Array> {
  const first = keys.list()[0]
  return createHmac('sha256', first?.privateJwk.d ?? '')
    .update(`opaque ${issuer}`)
    .digest()
}

/** OpenID Connect Core section 3.1.3.6: the left half of the hash. */
export function halfHash(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
}
