import { prepareKey } from '#verify-signature'
import type { JsonObject } from '../encoding/strict-json.js'
import type { Algorithm, AlgorithmName } from '../signature/algorithms.js'
import { type AcceptedJwk, acceptJwk, type JwkRefusal } from '../signature/jwk.js'
import type { PreparedKey } from '../signature/prepared-key.js'
import { FetchFailed } from './bounded-fetch.js'

interface UsableKey {
  readonly kid: string | undefined
  readonly algorithm: Algorithm
  readonly verify: PreparedKey
}

/** The keys of one issuer that may verify signatures: replaced whole, never changed. */
export interface UsableKeys {
  readonly size: number
  /** Equal for two sets with the same keys. */
  readonly fingerprint: string
  has(kid: string): boolean
  /** The keys to try; without a `kid`, the one key there is for the algorithm. */
  select(kid: string | undefined, algorithm: Algorithm): readonly PreparedKey[]
}

const maxMembers = 100
/** Issuers may reuse a `kid`; trying more keys than this would let a token buy signature work. */
const maxCandidates = 4

/**
 * Reads a JWK Set: unusable members are skipped, a set without a usable key is refused.
 *
 * @throws {FetchFailed} `too_many_keys`, `no_usable_key`.
 * @see RFC 7517 section 5
 */
export async function readKeySet(
  keySet: JsonObject,
  allowed: readonly AlgorithmName[],
  onIgnored: (reason: JwkRefusal) => void,
): Promise<UsableKeys> {
  const members: unknown = keySet['keys']
  if (!Array.isArray(members)) throw new FetchFailed('no_usable_key')
  if (members.length > maxMembers) throw new FetchFailed('too_many_keys')
  const accepted: AcceptedJwk[] = []
  const keys: UsableKey[] = []
  for (const member of members) {
    const jwk = acceptJwk(member, allowed)
    const prepared = typeof jwk === 'string' ? jwk : await prepare(jwk)
    if (typeof jwk === 'string' || typeof prepared === 'string') {
      onIgnored(typeof prepared === 'string' ? prepared : 'malformed_parameters')
    } else {
      accepted.push(jwk)
      keys.push(...prepared)
    }
  }
  if (keys.length === 0) throw new FetchFailed('no_usable_key')
  return createUsableKeys(keys, accepted.length, JSON.stringify(accepted))
}

async function prepare({ kid, publicJwk, algorithms }: AcceptedJwk): Promise<readonly UsableKey[] | JwkRefusal> {
  try {
    return await Promise.all(
      algorithms.map(async (algorithm) => ({ kid, algorithm, verify: await prepareKey(publicJwk, algorithm) })),
    )
  } catch {
    return 'malformed_parameters'
  }
}

type Candidates = ReadonlyMap<Algorithm, readonly PreparedKey[]>

const noKeys: readonly PreparedKey[] = []

function createUsableKeys(keys: readonly UsableKey[], size: number, fingerprint: string): UsableKeys {
  const byKid = new Map<string, Candidates>()
  for (const { kid } of keys) {
    if (kid !== undefined && !byKid.has(kid)) byKid.set(kid, byAlgorithm(keys.filter((key) => key.kid === kid)))
  }
  const all = byAlgorithm(keys)
  return {
    size,
    fingerprint,
    has: (kid) => byKid.has(kid),
    select: (kid, algorithm) => {
      const candidates = (kid === undefined ? all : byKid.get(kid))?.get(algorithm) ?? noKeys
      return kid === undefined && candidates.length > 1 ? noKeys : candidates
    },
  }
}

function byAlgorithm(keys: readonly UsableKey[]): Candidates {
  const candidates = new Map<Algorithm, PreparedKey[]>()
  for (const { algorithm, verify } of keys) {
    const list = candidates.get(algorithm) ?? []
    if (list.length < maxCandidates) candidates.set(algorithm, [...list, verify])
  }
  return candidates
}
