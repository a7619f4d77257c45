import { randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import type { Tenant } from '../../src/index.js'

/** A client's key, and the proofs that are made with it. */
export interface ProofKey {
  readonly jkt: string
  readonly publicJwk: JWK
  readonly privateJwk: JWK
  /** @param changed A member that is `undefined` is left out. */
  prove(changed?: ProofChanges): Promise<string>
}

export interface ProofChanges {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
}

/** @param path What the proofs are for. */
export async function createProofKey({ issuer, clock }: Tenant, path = 'oauth/token'): Promise<ProofKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const publicJwk = await exportJWK(publicKey)
  return {
    jkt: await calculateJwkThumbprint(publicJwk),
    publicJwk,
    privateJwk: await exportJWK(privateKey),
    prove: ({ claims, header } = {}) => {
      const payload = { htm: 'POST', htu: `${issuer}${path}`, iat: clock.nowSeconds(), jti: randomUUID(), ...claims }
      return new SignJWT(payload as JWTPayload)
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: publicJwk, ...header })
        .sign(privateKey)
    },
  }
}

/** The nonce that a tenant wants from public clients. */
export async function nonceOf(tenant: Tenant, key: ProofKey): Promise<string> {
  const response = await tenant.fetch(`${tenant.issuer}oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', client_id: 'page', refresh_token: 'none' }),
    headers: { dpop: await key.prove() },
  })
  return response.headers.get('dpop-nonce') ?? ''
}
