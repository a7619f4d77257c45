import { verify } from 'node:crypto'
import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import { createVerifier } from 'fast-jwt'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { createResourceServer, type ProtectedRequest } from 'sallyport'
import { createExpressBearer } from './express-bearer.ts'
import type { BenchIssuer } from './issuer.ts'
import { freshString } from './token-file.ts'

/**
 * Prepares the verification of one token, outside of the measured time, from its bytes. The call that it gives throws,
 * rejects or is falsy for a token that is not good.
 */
export type Verifier = (token: Buffer) => () => unknown

export const rawName = 'raw crypto.verify'
export const sallyportCold = 'Sallyport, every token new'
export const sallyportWarm = 'Sallyport, token remembered'

/** Every contender; the first is the limit that the others are compared with. `undefined` where it lacks the algorithm. */
export const verifiers: Readonly<
  Record<string, (issuer: BenchIssuer) => Verifier | undefined | Promise<Verifier | undefined>>
> = {
  [rawName]: rawVerifier,
  [sallyportCold]: (issuer) => sallyport(issuer, 0),
  [sallyportWarm]: (issuer) => sallyport(issuer, 10_000),
  'fast-jwt': (issuer) => fastJwt(issuer, false),
  'fast-jwt, cached': (issuer) => fastJwt(issuer, true),
  jsonwebtoken: jsonWebToken,
  'aws-jwt-verify': awsJwtVerify,
  jose,
  'express-oauth2-jwt-bearer': createExpressBearer,
}

/** Only the signature: the data, the signature and the key are ready. */
export function rawVerifier({ algorithm, publicKey }: Pick<BenchIssuer, 'algorithm' | 'publicKey'>): Verifier {
  const hash = algorithm === 'EdDSA' ? null : 'sha256'
  const key = algorithm === 'ES256' ? ({ key: publicKey, dsaEncoding: 'ieee-p1363' } as const) : publicKey
  return (token) => {
    const dot = token.lastIndexOf('.')
    const data = Buffer.from(token.subarray(0, dot))
    const signature = Buffer.from(freshString(token.subarray(dot + 1)), 'base64url')
    return () => verify(hash, data, key, signature)
  }
}

async function sallyport({ issuer, audience, algorithm }: BenchIssuer, verifiedTokens: number): Promise<Verifier> {
  const api = createResourceServer({ issuer, audience, algorithms: [algorithm], cache: { verifiedTokens } })
  await api.warmUp()
  return (token) => {
    const request = bearerRequest(token)
    return () => api.authenticate(request)
  }
}

/** A request as `node:http` gives it to an adapter. */
export function bearerRequest(token: Buffer): ProtectedRequest {
  const authorization = freshString(Buffer.concat([bearer, token]))
  return {
    method: 'GET',
    url: '/messages',
    headers: ['Host', 'api.example.com', 'Accept', '*/*', 'Authorization', authorization, 'Connection', 'keep-alive'],
  }
}

const bearer = Buffer.from('Bearer ')

function fastJwt({ issuer, audience, algorithm, publicKeyPem }: BenchIssuer, cache: boolean): Verifier {
  const algorithms = [algorithm as 'RS256' | 'ES256' | 'EdDSA']
  const verifyToken = createVerifier({
    key: publicKeyPem,
    algorithms,
    allowedIss: issuer,
    allowedAud: audience,
    cache,
  })
  return (token) => {
    const text = freshString(token)
    return () => verifyToken(text)
  }
}

function jsonWebToken({ issuer, audience, algorithm, publicKey }: BenchIssuer): Verifier | undefined {
  if (algorithm === 'EdDSA') return undefined
  const options = { issuer, audience, algorithms: [algorithm as jsonwebtoken.Algorithm] }
  return (token) => {
    const text = freshString(token)
    return () => jsonwebtoken.verify(text, publicKey, options)
  }
}

function awsJwtVerify({ issuer, audience, jwksUri, jwks }: BenchIssuer): Verifier {
  const verifier = JwtVerifier.create({ issuer, audience, jwksUri })
  verifier.cacheJwks(jwks as unknown as Jwks)
  return (token) => {
    const text = freshString(token)
    return () => verifier.verifySync(text)
  }
}

function jose({ issuer, audience, algorithm, jwks }: BenchIssuer): Verifier {
  const keys = createLocalJWKSet(jwks as JSONWebKeySet)
  const options = { issuer, audience, algorithms: [algorithm] }
  return (token) => {
    const text = freshString(token)
    return () => jwtVerify(text, keys, options)
  }
}
