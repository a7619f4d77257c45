import type { Context, Hono } from 'hono'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { readOpaque } from './access-token.js'
import { authenticateClient } from './client-authentication.js'
import { keySetOf } from './discovery.js'
import { type Parameters, readParameters, wordsOf } from './form.js'
import { endFamily } from './grants/refresh-token.js'
import { userClaims } from './id-token.js'
import { randomText, sha256 } from './identifiers.js'
import { failure, OAuthFailure } from './oauth-error.js'
import type { Once } from './once.js'
import { proofsOf } from './proof.js'
import { type TenantContext, userinfoAudience } from './tenant-context.js'

const pushedLifetimeSeconds = 60

/** `/userinfo`, `/oauth/revoke` and `/oauth/par`. */
export function serveOauthEndpoints(app: Hono, context: TenantContext, pushed: Once<Parameters>): void {
  const { state } = context

  app.on(['GET', 'POST'], '/userinfo', async (c) => {
    const [, scheme = '', token = ''] = /^(Bearer|DPoP) +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
    const known = token === '' ? undefined : await subjectOf(token, context)
    const user = known === undefined ? undefined : state.users.get(known.sub)
    const unauthorized = (challenge: string, headers = {}) =>
      c.text('Unauthorized', 401, { ...headers, 'www-authenticate': challenge })
    if (known === undefined || user === undefined) return unauthorized('Bearer realm="userinfo", error="invalid_token"')
    const fault = await faultOfPossession(c, { scheme, token, jkt: known.jkt }, context)
    if (fault !== undefined) return unauthorized(`DPoP realm="userinfo", error="${fault.error}"`, fault.headers)
    return c.json({ sub: user.user_id, ...userClaims(user, known.scopes) })
  })

  app.post('/oauth/revoke', async (c) => {
    const parameters = await readParameters(c)
    const { client } = await authenticateClient(c.req.header('authorization'), parameters, context)
    const token = parameters['token']
    if (token === undefined) throw failure.missing('token')
    const kept = state.refreshTokens.get(sha256(token))
    if (kept !== undefined && kept.client_id === client.client_id) endFamily(kept, state)
    // RFC 7009 section 2.2: also for a token that is not known.
    return c.body(null, 200)
  })

  app.post('/oauth/par', async (c) => {
    const parameters = await readParameters(c)
    const { client } = await authenticateClient(c.req.header('authorization'), parameters, context)
    if (parameters['request_uri'] !== undefined) throw failure.malformed('A pushed request has no request_uri.')
    const { client_secret: _, client_assertion: __, client_assertion_type: ___, ...kept } = parameters
    const jkt = await proofsOf(context).verify({
      proof: c.req.header('dpop'),
      method: 'POST',
      uri: `${context.issuer}oauth/par`,
      nonceWanted: false,
    })
    const named = parameters['dpop_jkt']
    if (jkt !== undefined && named !== undefined && named !== jkt)
      throw failure.badProof('The proof is signed with another key than dpop_jkt names')
    const requestUri = `urn:ietf:params:oauth:request_uri:${randomText(43)}`
    // RFC 9449 section 10.1: a proof here is as good as dpop_jkt.
    const bound = jkt === undefined ? {} : { dpop_jkt: jkt }
    pushed.put(requestUri, { ...kept, ...bound, client_id: client.client_id }, pushedLifetimeSeconds)
    return c.json({ request_uri: requestUri, expires_in: pushedLifetimeSeconds }, 201)
  })
}

/** @returns What is wrong where a token is bound to a key and the request does not show that key, RFC 9449 section 7. */
async function faultOfPossession(
  c: Context,
  { scheme, token, jkt }: { readonly scheme: string; readonly token: string; readonly jkt: string | undefined },
  context: TenantContext,
): Promise<Pick<OAuthFailure, 'error' | 'headers'> | undefined> {
  if (jkt === undefined) return undefined
  const notBound = { error: 'invalid_token', headers: {} }
  if (scheme.toLowerCase() !== 'dpop') return notBound
  try {
    const shown = await proofsOf(context).verify({
      proof: c.req.header('dpop'),
      method: c.req.method,
      uri: userinfoAudience(context),
      nonceWanted: false,
      accessToken: token,
    })
    return shown === jkt ? undefined : notBound
  } catch (error) {
    if (error instanceof OAuthFailure) return error
    throw error
  }
}

interface KnownSubject {
  readonly sub: string
  readonly scopes: readonly string[]
  readonly jkt: string | undefined
}

async function subjectOf(token: string, context: TenantContext): Promise<KnownSubject | undefined> {
  if (token.split('.').length === 5) {
    const opaque = await readOpaque(token, context)
    return opaque && { sub: opaque.sub, scopes: wordsOf(opaque.scope), jkt: opaque.jkt }
  }
  try {
    const keySet = createLocalJWKSet(await keySetOf(context))
    const { payload } = await jwtVerify(token, keySet, {
      issuer: context.issuer,
      audience: userinfoAudience(context),
      currentDate: new Date(context.clock.nowSeconds() * 1000),
    })
    const { sub = '', scope, cnf } = payload as { sub?: string; scope?: string; cnf?: { jkt?: string } }
    return { sub, scopes: wordsOf(scope), jkt: cnf?.jkt }
  } catch {
    return undefined
  }
}
