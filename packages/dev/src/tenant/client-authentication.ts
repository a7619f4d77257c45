import { createHash, timingSafeEqual } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import type { Parameters } from './form.js'
import type { Client } from './model.js'
import { failure } from './oauth-error.js'
import { createOnce, oncePerTenant } from './once.js'
import type { TenantContext } from './tenant-context.js'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** Shared by all endpoints: an assertion that one of them has taken is good at no other. */
const usedAssertionsOf = oncePerTenant(({ clock }) => createOnce<true>(clock.nowSeconds))

export interface AuthenticatedClient {
  readonly client: Client
  /** It has shown that it is the client. A public client, which has nothing to show, has not. */
  readonly isConfidential: boolean
}

/**
 * Tells which client sends a request: by HTTP Basic, by a secret in the body, by a signed assertion, or by its name alone where
 * it is public.
 *
 * @throws {OAuthFailure} 401.
 * @see RFC 6749 section 2.3, RFC 7523 section 2.2
 */
export async function authenticateClient(
  authorization: string | undefined,
  parameters: Parameters,
  context: TenantContext,
): Promise<AuthenticatedClient> {
  const basic = readBasic(authorization)
  if (basic !== undefined && (parameters['client_id'] ?? basic.id) !== basic.id) throw failure.unauthorizedClient()
  const assertion = parameters['client_assertion']
  const clientId = basic?.id ?? parameters['client_id'] ?? (assertion === undefined ? undefined : subjectOf(assertion))
  const client = clientId === undefined ? undefined : context.state.clients.get(clientId)
  if (client === undefined) throw failure.unauthorizedClient()
  if (client.jwks !== undefined) {
    if (assertion === undefined || parameters['client_assertion_type'] !== assertionType)
      throw failure.unauthorizedClient()
    await verifyAssertion(assertion, client, context)
    return { client, isConfidential: true }
  }
  const secret = basic?.secret ?? parameters['client_secret']
  if (client.token_endpoint_auth_method === 'none') return { client, isConfidential: false }
  if (secret === undefined || !isEqual(secret, client.client_secret)) throw failure.unauthorizedClient()
  return { client, isConfidential: true }
}

function readBasic(authorization: string | undefined): { readonly id: string; readonly secret: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) throw failure.unauthorizedClient()
  return { id: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) }
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw failure.unauthorizedClient()
  }
}

function subjectOf(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).sub
  } catch {
    return undefined
  }
}

async function verifyAssertion(assertion: string, client: Client, context: TenantContext): Promise<void> {
  const { issuer, clock } = context
  const used = usedAssertionsOf(context)
  try {
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(client.jwks as JSONWebKeySet), {
      issuer: client.client_id,
      subject: client.client_id,
      audience: [issuer, `${issuer}oauth/token`],
      algorithms: ['RS256', 'RS384', 'PS256', 'ES256'],
      requiredClaims: ['exp', 'jti'],
      currentDate: new Date(clock.nowSeconds() * 1000),
    })
    const key = `${client.client_id} ${payload.jti}`
    if (used.peek(key)) throw failure.unauthorizedClient()
    used.put(key, true, (payload.exp ?? 0) - clock.nowSeconds())
  } catch {
    throw failure.unauthorizedClient()
  }
}

function isEqual(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
