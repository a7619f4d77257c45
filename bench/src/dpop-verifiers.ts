import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { calculateJwkThumbprint, createLocalJWKSet, EmbeddedJWK, type JSONWebKeySet, jwtVerify } from 'jose'
import { createResourceServer, memoryReplayStore, type ReplayStore } from 'sallyport'
import { redisReplayStore } from 'sallyport/redis'
import { type BoundClient, type BoundRequest, targetHost, targetMethod, targetPath, targetUrl } from './bound-client.ts'
import { createExpressDpop } from './express-bearer.ts'
import { freshString } from './token-file.ts'
import { rawVerifier } from './verifiers.ts'

/** Prepares one verification, outside of the measured time. The call throws, rejects or is falsy for a bad request. */
export type DpopVerifier = (request: BoundRequest) => () => unknown

export interface DpopRow {
  readonly name: string
  /** Where used proofs are kept; `-`: nowhere. */
  readonly usedProofs: 'memory' | 'Redis' | '-'
  /** Raw verification checks signatures and nothing else. */
  readonly checks: 'proof signature' | 'signatures' | 'request'
  create(client: BoundClient, redis: Redis): DpopVerifier | Promise<DpopVerifier>
}

/** Has been in use for a while: its entries expire in any second of five minutes. One client fills it, so it has no limits. */
function usedMemoryStore(): ReplayStore {
  const store = memoryReplayStore({ maxEntries: 10_000_000, maxEntriesPerKey: 10_000_000 })
  for (let number = 0; number < entriesHeld; number += 1)
    store.claim(String(number).padStart(43, '_'), 120 + (number % 300), 'another client')
  return store
}

export const entriesHeld = 30_000

export const rawProofRow: DpopRow = {
  name: 'raw crypto.verify of the proof',
  usedProofs: '-',
  checks: 'proof signature',
  create: ({ proofKey }) => {
    const verifier = rawVerifier({ algorithm: 'ES256', publicKey: proofKey })
    return ({ proof }) => verifier(proof)
  },
}

export const warmMemoryRow: DpopRow = {
  name: 'Sallyport, token remembered',
  usedProofs: 'memory',
  checks: 'request',
  create: (client) => sallyport(client, 10_000, usedMemoryStore()),
}

/** Every row of the table; the first is the limit that the others are compared with. */
export const dpopRows: readonly DpopRow[] = [
  rawProofRow,
  {
    name: 'raw crypto.verify of token and proof',
    usedProofs: '-',
    checks: 'signatures',
    create: ({ issuer, proofKey }) => {
      const tokenVerifier = rawVerifier(issuer)
      const proofVerifier = rawVerifier({ algorithm: 'ES256', publicKey: proofKey })
      return ({ token, proof }) => {
        const [isToken, isProof] = [tokenVerifier(token), proofVerifier(proof)]
        return () => isToken() && isProof()
      }
    },
  },
  warmMemoryRow,
  {
    name: 'Sallyport, token remembered',
    usedProofs: 'Redis',
    checks: 'request',
    create: (client, redis) => sallyport(client, 10_000, redisReplayStore(redis, { keyPrefix: 'remembered:' })),
  },
  {
    name: 'Sallyport, every token new',
    usedProofs: 'memory',
    checks: 'request',
    create: (client) => sallyport(client, 0, usedMemoryStore()),
  },
  {
    name: 'Sallyport, every token new',
    usedProofs: 'Redis',
    checks: 'request',
    create: (client, redis) => sallyport(client, 0, redisReplayStore(redis, { keyPrefix: 'new:' })),
  },
  { name: 'jose', usedProofs: 'memory', checks: 'request', create: withJose },
  { name: 'express-oauth2-jwt-bearer', usedProofs: '-', checks: 'request', create: createExpressDpop },
]

async function sallyport({ issuer }: BoundClient, verifiedTokens: number, replay: ReplayStore): Promise<DpopVerifier> {
  const { issuer: name, audience, algorithm } = issuer
  const api = createResourceServer({
    issuer: name,
    audience,
    algorithms: [algorithm],
    cache: { verifiedTokens },
    dpop: { replay },
  })
  await api.warmUp()
  return (bound) => {
    const request = dpopRequest(bound)
    return () => api.authenticate(request)
  }
}

const scheme = Buffer.from('DPoP ')

/** A request as `node:http` gives it to an adapter. */
function dpopRequest({ token, proof }: BoundRequest) {
  const authorization = freshString(Buffer.concat([scheme, token]))
  const credentials = ['Authorization', authorization, 'DPoP', freshString(proof)]
  return {
    method: targetMethod,
    url: targetPath,
    headers: ['Host', targetHost, 'Accept', '*/*', ...credentials, 'Connection', 'keep-alive'],
    scheme: 'http',
  } as const
}

/** The checks of RFC 9449 section 4.3, written with jose. */
function withJose({ issuer: { issuer, audience, algorithm, jwks } }: BoundClient): DpopVerifier {
  const keys = createLocalJWKSet(jwks as unknown as JSONWebKeySet)
  const used = new Set<string>()

  async function verify(token: string, proof: string): Promise<boolean> {
    const { payload: claims } = await jwtVerify(token, keys, { issuer, audience, algorithms: [algorithm] })
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['jti', 'htm', 'htu', 'iat', 'ath'],
    })
    const jkt = await calculateJwkThumbprint(protectedHeader.jwk ?? {})
    const age = Date.now() / 1000 - (payload.iat ?? 0)
    const isForThis =
      (claims['cnf'] as { readonly jkt?: unknown } | undefined)?.jkt === jkt &&
      payload['ath'] === createHash('sha256').update(token).digest('base64url') &&
      payload['htm'] === targetMethod &&
      withoutQuery(String(payload['htu'])) === withoutQuery(targetUrl) &&
      age <= 300 &&
      age >= -30
    const entry = `${jkt} ${payload.jti}`
    if (!isForThis || used.has(entry)) throw new Error('The proof is not for this request, or was used.')
    used.add(entry)
    return true
  }

  return (bound) => {
    const [token, proof] = [freshString(bound.token), freshString(bound.proof)]
    return () => verify(token, proof)
  }
}

function withoutQuery(uri: string): string {
  const { origin, pathname } = new URL(uri)
  return origin + pathname
}
