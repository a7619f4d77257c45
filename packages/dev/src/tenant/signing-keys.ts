import { type CryptoKey, calculateJwkThumbprint, exportJWK, importJWK, type JWK } from 'jose'
import { takePrivateKey } from './key-pair.js'

export interface SigningKey {
  readonly kid: string
  readonly privateJwk: JWK
  readonly publicJwk: JWK
  readonly state: 'next' | 'current' | 'previous' | 'revoked'
  /** Seconds since 1970. */
  readonly created_at: number
  readonly revoked_at?: number
}

/** What an RSA key can be used with: one key does both. */
type SigningAlgorithm = 'RS256' | 'PS256'

/** The keys that a tenant signs with: one at a time, the next one published beforehand, the previous ones until revoked. */
export interface SigningKeys {
  list(): readonly SigningKey[]
  /** @param algorithm Default `RS256`. */
  current(algorithm?: SigningAlgorithm): Promise<{ readonly kid: string; readonly key: CryptoKey }>
  /** The public halves of all that are not revoked. */
  published(): Promise<readonly JWK[]>
  rotate(): Promise<SigningKey>
  /** @returns `undefined` when there is no such key, or it is the current one. */
  revoke(kid: string): Promise<SigningKey | undefined>
}

export interface SigningKeyRules {
  readonly kept: readonly SigningKey[]
  onChange(keys: readonly SigningKey[]): void
  nowSeconds(): number
}

export async function createSigningKeys({ kept, onChange, nowSeconds }: SigningKeyRules): Promise<SigningKeys> {
  let keys = kept
  if (!keys.some(({ state }) => state === 'current')) keys = [...keys, await createKey('current', nowSeconds())]
  let loaded = await load(keys)
  // The next key is not needed to begin with, and takes as long as all else.
  let next = keys.some(({ state }) => state === 'next') ? Promise.resolve() : addNext()

  let turn: Promise<unknown> = Promise.resolve()

  /** One change after the other: two at once would leave a tenant without a current key, or with two. */
  function inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const done = turn.then(change)
    turn = done.catch(() => {})
    return done
  }

  function replace(changed: readonly SigningKey[]): void {
    keys = changed
    onChange(keys)
  }

  async function addNext(): Promise<void> {
    const key = await createKey('next', nowSeconds())
    replace([...keys, key])
  }

  async function rotate(): Promise<SigningKey> {
    await next
    const states = { next: 'current', current: 'previous', previous: 'previous', revoked: 'revoked' } as const
    replace(keys.map((key) => ({ ...key, state: states[key.state] })))
    loaded = await load(keys)
    next = addNext()
    await next
    return currentOf(keys)
  }

  async function revoke(kid: string): Promise<SigningKey | undefined> {
    await next
    const key = keys.find((one) => one.kid === kid)
    if (key === undefined || key.state === 'current') return undefined
    const revoked = { ...key, state: 'revoked', revoked_at: nowSeconds() } as const
    replace(keys.map((one) => (one.kid === kid ? revoked : one)))
    if (key.state === 'next') await addNext()
    return revoked
  }

  return {
    list: () => keys,
    current: async (algorithm = 'RS256') => ({ kid: loaded.kid, key: loaded[algorithm] }),
    published: async () => {
      await next
      return keys.filter(({ state }) => state !== 'revoked').map(({ publicJwk }) => publicJwk)
    },
    rotate: () => inTurn(rotate),
    revoke: (kid) => inTurn(() => revoke(kid)),
  }
}

function currentOf(keys: readonly SigningKey[]): SigningKey {
  const current = keys.find(({ state }) => state === 'current')
  if (current === undefined) throw new Error('The tenant has no signing key.')
  return current
}

async function load(keys: readonly SigningKey[]) {
  const { kid, privateJwk } = currentOf(keys)
  const usable = async (algorithm: SigningAlgorithm) => (await importJWK(privateJwk, algorithm)) as CryptoKey
  return { kid, RS256: await usable('RS256'), PS256: await usable('PS256') }
}

async function createKey(state: SigningKey['state'], createdAt: number): Promise<SigningKey> {
  const privateJwk = await exportJWK(await takePrivateKey())
  const { kty, n, e } = privateJwk
  const bare = { kty, n, e } as JWK
  const kid = await calculateJwkThumbprint(bare)
  return { kid, privateJwk, publicJwk: { ...bare, kid, use: 'sig', alg: 'RS256' }, state, created_at: createdAt }
}
