import { createHash, createPublicKey, KeyObject, sign } from 'node:crypto'
import { createTestIssuer, dpopClient } from 'sallyport/testing'
import type { BenchIssuer } from './issuer.ts'
import { audience, tokenClaims } from './issuer.ts'

/** An access token that is bound to a key, and a proof for one request with it; as bytes, to make fresh strings from. */
export interface BoundRequest {
  readonly token: Buffer
  readonly proof: Buffer
}

/** A client that holds an ES256 key, and the issuer of its tokens. */
export interface BoundClient {
  readonly issuer: Omit<BenchIssuer, 'publicKeyPem' | 'tokens' | 'close'>
  /** The public half of the key that signs proofs. */
  readonly proofKey: KeyObject
  /** The same request for the same number. Every number has a proof of its own; tokens take turns. */
  request(number: number): BoundRequest
  /** A request like any other, but for another URL. */
  requestElsewhere(): BoundRequest
  close(): Promise<void>
}

export const targetMethod = 'GET'
export const targetHost = 'api.example.com'
export const targetPath = '/messages'
export const targetUrl = `http://${targetHost}${targetPath}`

const distinctTokens = 300

/** @param proofsAhead How many proofs are signed now. Where more are wanted they are signed when they are asked for. */
export async function createBoundClient(proofsAhead: number): Promise<BoundClient> {
  const algorithm = 'RS256'
  const issuer = await createTestIssuer({ algorithm, audience, listen: true })
  const client = await dpopClient({ issuer, algorithm: 'ES256' })
  const claims = tokenClaims(issuer.issuer)
  const token = () => client.token(claims, { typ: 'JWT', expiresInSeconds: 86_400 })
  const tokens = (await Promise.all(Array.from({ length: distinctTokens }, token))).map(boundToken)

  const privateKey = KeyObject.from(client.key.privateKey)
  const header = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: client.publicJwk })
  const signed = (number: number, htu: string): BoundRequest => {
    const { bytes, ath } = tokens[number % tokens.length] ?? noToken
    const iat = Math.floor(Date.now() / 1000)
    const input = `${header}.${encode({ jti: crypto.randomUUID(), htm: targetMethod, htu, iat, ath })}`
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return { token: bytes, proof: Buffer.from(`${input}.${signature.toString('base64url')}`) }
  }
  const requests: BoundRequest[] = []
  const request = (number: number): BoundRequest => {
    while (requests.length <= number) requests.push(signed(requests.length, targetUrl))
    return requests[number] ?? signed(number, targetUrl)
  }
  request(proofsAhead - 1)

  const jwk = issuer.currentKey().publicJwk as BenchIssuer['jwks']['keys'][number]
  return {
    issuer: {
      issuer: issuer.issuer,
      audience,
      algorithm,
      jwksUri: new URL('/.well-known/jwks.json', issuer.issuer).href,
      publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
      jwks: { keys: [jwk] },
    },
    proofKey: createPublicKey({ key: client.publicJwk, format: 'jwk' }),
    request,
    requestElsewhere: () => signed(0, `${targetUrl}/1`),
    close: () => issuer.close(),
  }
}

const noToken = { bytes: Buffer.alloc(0), ath: '' }

function boundToken(token: string): typeof noToken {
  return { bytes: Buffer.from(token), ath: createHash('sha256').update(token).digest('base64url') }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
