import { base64url, calculateJwkThumbprint, type JWK } from 'jose'
import type { Clock, ProofAlgorithmName } from '../index.js'
import { signCompact } from './sign.js'
import type { TestIssuer, TokenOptions } from './test-issuer.js'
import { createTestKey, type TestKey } from './test-keys.js'

export interface DpopClientOptions {
  /** Where bound tokens come from. Anything that signs them will do. */
  readonly issuer: Pick<TestIssuer, 'token' | 'clock'>
  /** The algorithm of the client's key. Default `ES256`. */
  readonly algorithm?: ProofAlgorithmName
  /** Claims of the tokens that `fetch` and `headers` get for themselves, such as `{ scope: 'read:messages' }`. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** What `fetch` sends its requests with. Default: the global `fetch`. */
  readonly fetch?: typeof fetch
  /** Where `iat` of proofs comes from. Default: the issuer's clock. */
  readonly clock?: Pick<Clock, 'epochMilliseconds'>
}

export interface ProofOptions {
  /** The request's URI; query and fragment are left out of `htu`. */
  readonly url: string
  /** Default `GET`. */
  readonly method?: string
  /** The access token that the proof is for; without one there is no `ath`. */
  readonly token?: string
  readonly nonce?: string | undefined
  /** Claims besides `jti`, `htm`, `htu`, `iat`, `ath` and `nonce`, or instead of them; `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Header parameters besides `typ`, `alg` and `jwk`, or instead of them; `undefined` leaves one out. */
  readonly header?: Readonly<Record<string, unknown>>
  /** Signs with this key, without telling: the `jwk` stays the client's. */
  readonly signWith?: TestKey
}

export interface BoundRequest {
  readonly url: string
  /** Default `GET`. */
  readonly method?: string
  /** Default: a token of the client's own. */
  readonly token?: string
  readonly nonce?: string | undefined
}

/** A client that holds a key and proves it, as a real one would. */
export interface DpopClient {
  /** The thumbprint of the key, as `cnf.jkt` has it. */
  readonly jkt: string
  readonly key: TestKey
  /** The public key, as it stands in the header of a proof. */
  readonly publicJwk: JWK
  /** An access token that is bound to the client's key. */
  token(claims?: Readonly<Record<string, unknown>>, options?: TokenOptions): Promise<string>
  /** A proof for one request. */
  proof(options: ProofOptions): Promise<string>
  /** The two headers of a request, with a new proof. */
  headers(request: BoundRequest): Promise<{ authorization: string; dpop: string }>
  /**
   * Sends a request with a bound token and a new proof, remembers the nonce of each origin, and asks once more where the
   * answer is `use_dpop_nonce`. A token in the `authorization` header is used instead of the client's own.
   */
  readonly fetch: typeof fetch
}

/**
 * Creates a client with a new key.
 *
 * @example
 * const client = await dpopClient({ issuer, claims: { scope: 'read:messages' } })
 * const response = await client.fetch('http://localhost:3000/messages')
 */
export async function dpopClient(options: DpopClientOptions): Promise<DpopClient> {
  const { issuer, algorithm = 'ES256', clock = issuer.clock } = options
  const key = await createTestKey(algorithm)
  const publicJwk = bareJwk(key.publicJwk)
  const jkt = await calculateJwkThumbprint(publicJwk)
  const nonces = new Map<string, string>()
  let own: { readonly token: Promise<string>; readonly until: number } | undefined

  async function token(claims: Readonly<Record<string, unknown>> = {}, tokenOptions?: TokenOptions): Promise<string> {
    return issuer.token({ ...options.claims, cnf: { jkt }, ...claims }, tokenOptions)
  }

  async function proof({ url, method = 'GET', token: bound, nonce, claims, header, signWith = key }: ProofOptions) {
    const standard = {
      jti: crypto.randomUUID(),
      htm: method,
      htu: url.replace(/[?#].*$/s, ''),
      iat: Math.floor(clock.epochMilliseconds() / 1000),
      ...(bound === undefined ? {} : { ath: await hashOf(bound) }),
      ...(nonce === undefined ? {} : { nonce }),
    }
    return signCompact(
      { typ: 'dpop+jwt', alg: key.algorithm, jwk: publicJwk, ...header },
      { ...standard, ...claims },
      signWith,
    )
  }

  async function headers({ url, method, token: given, nonce }: BoundRequest) {
    const bound = given ?? (await ownToken())
    const parameters = { url, token: bound, nonce, ...(method === undefined ? {} : { method }) }
    return { authorization: `DPoP ${bound}`, dpop: await proof(parameters) }
  }

  /** Renewed before it expires, as a real client does. */
  function ownToken(): Promise<string> {
    const now = clock.epochMilliseconds()
    if (own === undefined || own.until <= now) own = { token: token(), until: now + ownTokenMilliseconds }
    return own.token
  }

  async function send(request: Request): Promise<Response> {
    const { origin } = new URL(request.url)
    const given = /^DPoP +(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    const { url, method } = request
    const fields = await headers({
      url,
      method,
      nonce: nonces.get(origin),
      ...(given === undefined ? {} : { token: given }),
    })
    for (const [name, value] of Object.entries(fields)) request.headers.set(name, value)
    const response = await (options.fetch ?? fetch)(request)
    const nonce = response.headers.get('dpop-nonce')
    if (nonce !== null) nonces.set(origin, nonce)
    return response
  }

  return {
    jkt,
    key,
    publicJwk,
    token,
    proof,
    headers,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const again = request.clone()
      const response = await send(request)
      return wantsNonce(response) ? send(again) : response
    },
  }
}

/** The test issuer's tokens are good for an hour. */
const ownTokenMilliseconds = 3_000_000

/** Without what only a key set needs. */
function bareJwk({ kty, crv, x, y, n, e }: JWK): JWK {
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }))
}

/** RFC 9449 section 9. */
function wantsNonce(response: Response): boolean {
  const challenge = response.headers.get('www-authenticate') ?? ''
  return response.status === 401 && challenge.includes('error="use_dpop_nonce"') && response.headers.has('dpop-nonce')
}

async function hashOf(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}
