import type { AlgorithmName, Clock } from '../index.js'
import { type Outage, outageResponse } from './outages.js'
import { fetchFrom, listenOnLoopback, type Served } from './serve.js'
import { signCompact } from './sign.js'
import { createTestKey, type TestKey } from './test-keys.js'

export interface TestIssuerOptions {
  /** The issuer identifier. Default `https://issuer.test/`; with `listen`, the loopback address. */
  readonly issuer?: string
  /** The `aud` of tokens that name none. Default `https://api.test`. */
  readonly audience?: string | readonly string[]
  /** The algorithm of the first key. Default `RS256`. */
  readonly algorithm?: AlgorithmName
  /** Serves over HTTP on a loopback port: `true` for a free one, or its number. Default `false`: only by `fetch`. */
  readonly listen?: boolean | number
  /** Where `iat` and `exp` of tokens come from. Default: the system's clock. */
  readonly clock?: Pick<Clock, 'epochMilliseconds'>
}

export interface TokenOptions {
  /** Header parameters besides `alg`, `kid` and `typ`, or instead of them; `undefined` leaves one out. */
  readonly header?: Readonly<Record<string, unknown>>
  /** `at+jwt` by default. */
  readonly typ?: string
  /** Seconds from now to `exp`. Default 3600; negative for a token that has expired. */
  readonly expiresInSeconds?: number
  /** Signs with this key instead of the issuer's newest. */
  readonly key?: TestKey
}

/** An authorization server for tests: signs real tokens and serves real metadata and keys, well or badly. */
export interface TestIssuer {
  readonly issuer: string
  /** The issuer's host, as the option `domain` takes it. For an issuer with a path use the option `issuer`. */
  readonly domain: string
  readonly audience: string | readonly string[]
  /** Where `iat` and `exp` of tokens come from. */
  readonly clock: Pick<Clock, 'epochMilliseconds'>
  /** Give this to `createAuth` to reach the issuer without a network. */
  readonly fetch: typeof fetch
  /** How often each document was asked for, by path. */
  readonly requests: ReadonlyMap<string, number>
  /** An access token with these claims besides or instead of `iss`, `aud`, `sub`, `client_id`, `jti`, `iat` and `exp`. */
  token(claims?: Readonly<Record<string, unknown>>, options?: TokenOptions): Promise<string>
  /** The key that signs now. */
  currentKey(): TestKey
  /** Signs with a new key from now on. The old one stays in the key set unless `dropOld` is set. */
  rotateKey(options?: { readonly algorithm?: AlgorithmName; readonly dropOld?: boolean }): Promise<TestKey>
  /** Publishes these members instead of the issuer's own keys, or the own keys again with no argument. */
  publish(members?: readonly unknown[]): void
  /** Headers of the key set's responses, such as `cache-control`. */
  jwksHeaders(headers: Readonly<Record<string, string>>): void
  /** Fails in this way until `restore()`. */
  outage(outage: Outage): void
  restore(): void
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const jwksPath = '/.well-known/jwks.json'

/**
 * Creates a test issuer.
 *
 * @example
 * const issuer = await createTestIssuer()
 * const auth0 = createAuth({ domain: issuer.domain, audience: issuer.audience, fetch: issuer.fetch })
 * const token = await issuer.token({ scope: 'read:messages' })
 */
export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const {
    audience = 'https://api.test',
    algorithm = 'RS256',
    clock = { epochMilliseconds: () => Date.now() },
  } = options
  const requests = new Map<string, number>()
  let keys = [await createTestKey(algorithm)]
  let published: readonly unknown[] | undefined
  let headers: Readonly<Record<string, string>> = {}
  let outage: Outage | undefined
  let tokensMade = 0

  async function respond(path: string): Promise<Served> {
    const document = documentAt(path)
    if (document === undefined) return new Response(null, { status: 404 })
    requests.set(path, (requests.get(path) ?? 0) + 1)
    if (outage === 'down') return 'no-connection'
    if (outage === 'silent') return 'no-answer'
    const broken = outage === undefined ? undefined : outageResponse(outage, document)
    return broken ?? Response.json(document, path === jwksPath ? { headers } : {})
  }

  function documentAt(path: string): Readonly<Record<string, unknown>> | undefined {
    if (path === jwksPath) return { keys: published ?? keys.map((key) => key.publicJwk) }
    if (metadataPaths(issuer).includes(path)) return { issuer, jwks_uri: new URL(jwksPath, issuer).href }
    return undefined
  }

  const server =
    options.listen === undefined || options.listen === false
      ? undefined
      : await listenOnLoopback(options.listen === true ? 0 : options.listen, respond)
  const issuer = options.issuer ?? (server === undefined ? 'https://issuer.test/' : `http://localhost:${server.port}/`)

  async function token(
    claims: Readonly<Record<string, unknown>> = {},
    tokenOptions: TokenOptions = {},
  ): Promise<string> {
    const { typ = 'at+jwt', expiresInSeconds = 3600, header, key = newest(keys) } = tokenOptions
    const exp = Math.floor(clock.epochMilliseconds() / 1000) + expiresInSeconds
    // An expired token was valid once.
    const iat = exp - Math.max(expiresInSeconds, 3600)
    tokensMade += 1
    const standard = {
      iss: issuer,
      aud: audience,
      sub: 'user|test',
      client_id: 'test-client',
      jti: `test-token-${tokensMade}`,
      iat,
      exp,
    }
    return signCompact({ alg: key.algorithm, kid: key.kid, typ, ...header }, { ...standard, ...claims }, key)
  }

  async function close(): Promise<void> {
    await server?.close()
  }

  return {
    issuer,
    domain: new URL(issuer).host,
    audience,
    clock,
    fetch: async (input, init) => fetchFrom(respond, new Request(input, init)),
    requests,
    token,
    currentKey: () => newest(keys),
    rotateKey: async ({ algorithm: next = algorithm, dropOld = false } = {}) => {
      const key = await createTestKey(next)
      keys = dropOld ? [key] : [...keys, key]
      return key
    },
    publish: (members) => {
      published = members
    },
    jwksHeaders: (given) => {
      headers = given
    },
    outage: (given) => {
      outage = given
    },
    restore: () => {
      outage = undefined
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** OpenID Connect Discovery 1.0 section 4 appends to the issuer, RFC 8414 section 3.1 inserts behind the host. */
function metadataPaths(issuer: string): readonly string[] {
  const path = new URL(issuer).pathname.replace(/\/$/, '')
  return [`${path}/.well-known/openid-configuration`, `/.well-known/oauth-authorization-server${path}`]
}

function newest(keys: readonly TestKey[]): TestKey {
  const key = keys.at(-1)
  if (key === undefined) throw new Error('The test issuer has no key.')
  return key
}
