import { createPublicKey, type KeyObject } from 'node:crypto'
import type { AlgorithmName } from 'sallyport'
import { createTestIssuer } from 'sallyport/testing'

/** What a verifier has to know about an issuer; plain data, so that it can be sent to another process. */
export interface IssuerFacts {
  readonly issuer: string
  readonly audience: string
  readonly algorithm: AlgorithmName
  readonly jwksUri: string
  readonly publicKeyPem: string
}

/** An issuer on loopback that every contender trusts. */
export interface BenchIssuer extends IssuerFacts {
  readonly publicKey: KeyObject
  readonly jwks: { readonly keys: readonly PublicJwk[] }
  /** Tokens as Auth0 issues them, each with a `jti` of its own; about 850 characters with RS256. */
  tokens(count: number): Promise<readonly string[]>
  close(): Promise<void>
}

type PublicJwk = Readonly<Record<string, unknown>> & { readonly kty: string; readonly kid: string }

export const audience = 'https://api.example.com'

/** Those of a token that Auth0 issues to a user, but for what the test issuer adds by itself. */
export function tokenClaims(issuer: string): Readonly<Record<string, unknown>> {
  return {
    aud: [audience, `${issuer}userinfo`],
    sub: 'auth0|5f7c8ec7c33c6c004bbafe82',
    client_id: undefined,
    azp: 'my1CLieNtIdOf32CharactersAtAuth0',
    scope: 'openid profile email read:messages',
    permissions: ['read:messages', 'write:messages'],
  }
}

export async function createBenchIssuer(algorithm: AlgorithmName): Promise<BenchIssuer> {
  const issuer = await createTestIssuer({ algorithm, audience, listen: true })
  const jwk = issuer.currentKey().publicJwk as PublicJwk
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' })

  const claims = tokenClaims(issuer.issuer)

  return {
    issuer: issuer.issuer,
    audience,
    algorithm,
    jwksUri: new URL('/.well-known/jwks.json', issuer.issuer).href,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    publicKey,
    jwks: { keys: [jwk] },
    tokens: (count) =>
      Promise.all(Array.from({ length: count }, () => issuer.token(claims, { typ: 'JWT', expiresInSeconds: 86_400 }))),
    close: () => issuer.close(),
  }
}

/** The part of an issuer that goes to another process. */
export function factsOf({ issuer, audience, algorithm, jwksUri, publicKeyPem }: BenchIssuer): IssuerFacts {
  return { issuer, audience, algorithm, jwksUri, publicKeyPem }
}
