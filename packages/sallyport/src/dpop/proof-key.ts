import { LRUCache } from 'lru-cache'
import { sha256 } from '#digest'
import { prepareKey } from '#verify-signature'
import { parseJsonSegment } from '../encoding/json-segment.js'
import { member } from '../encoding/strict-json.js'
import { RequestRefused } from '../errors.js'
import { type Algorithm, algorithms } from '../signature/algorithms.js'
import { acceptJwk, type PublicJwk } from '../signature/jwk.js'
import type { PreparedKey } from '../signature/prepared-key.js'
import { isPromise, whenReady } from '../when-ready.js'

/** Algorithms that a proof may be signed with: those for which a client can hold a key that never leaves it. */
export type ProofAlgorithmName = 'ES256' | 'ES384' | 'ES512' | 'EdDSA' | 'Ed25519' | 'PS256' | 'RS256'

/** The key in the header of a proof. */
export interface ProofKey {
  /** RFC 7638 thumbprint with SHA-256, as `cnf.jkt` has it. */
  readonly jkt: string
  /** @throws {RequestRefused} `proof_key_refused` when the cryptography does not take the key. */
  prepared(): PreparedKey | Promise<PreparedKey>
}

const maxModulusBits = 4096

/**
 * Reads the JOSE header of a proof. Nothing is computed with the key yet but its thumbprint.
 *
 * @throws {RequestRefused} `proof_malformed`, `proof_type_refused`, `proof_algorithm_refused`, `proof_key_refused`.
 * @see RFC 9449 sections 4.2 and 4.3, checks 2 to 5 and 7
 */
export function readProofKey(
  encodedHeader: string,
  allowed: readonly ProofAlgorithmName[],
): ProofKey | Promise<ProofKey> {
  const header = parseJsonSegment(encodedHeader)
  if (header === undefined || member(header, 'crit') !== undefined || member(header, 'b64') !== undefined)
    throw new RequestRefused('proof_malformed')
  if (!isProofType(member(header, 'typ'))) throw new RequestRefused('proof_type_refused')
  const name = allowed.find((one) => one === member(header, 'alg'))
  const algorithm = name && algorithms.get(name)
  if (algorithm === undefined) throw new RequestRefused('proof_algorithm_refused')
  const accepted = acceptJwk(member(header, 'jwk'), [algorithm.name], maxModulusBits)
  if (typeof accepted === 'string') throw new RequestRefused('proof_key_refused')
  const { publicJwk } = accepted
  return whenReady(thumbprint(publicJwk), (jkt) => ({ jkt, prepared: () => prepared(publicJwk, algorithm) }))
}

export interface ProofKeys {
  /** @param jkt The thumbprint that the access token names: where its key was kept. */
  read(encodedHeader: string, jkt: string): ProofKey | Promise<ProofKey>
  /** For keys of proofs that passed every check: strangers cannot fill the memory. */
  keep(encodedHeader: string, key: ProofKey, prepared: PreparedKey): void
}

/**
 * `readProofKey` with a memory of the header's exact text: the proofs of a client all begin alike. One header for each of
 * the last 10,000 keys, so that a client that varies its header takes no more room than another.
 */
export function createProofKeys(allowed: readonly ProofAlgorithmName[]): ProofKeys {
  const byThumbprint = new LRUCache<string, { readonly encodedHeader: string; readonly key: ProofKey }>({ max: 10_000 })
  return {
    read: (encodedHeader, jkt) => {
      const known = byThumbprint.get(jkt)
      return known?.encodedHeader === encodedHeader ? known.key : readProofKey(encodedHeader, allowed)
    },
    keep: (encodedHeader, { jkt }, preparedKey) => {
      if (byThumbprint.get(jkt)?.encodedHeader === encodedHeader) return
      // A copy: a slice keeps the whole proof in memory.
      const copy = ` ${encodedHeader}`.slice(1)
      byThumbprint.set(jkt, { encodedHeader: copy, key: { jkt, prepared: () => preparedKey } })
    },
  }
}

function isProofType(typ: unknown): boolean {
  return typeof typ === 'string' && typ.toLowerCase().replace(/^application\//, '') === 'dpop+jwt'
}

/** The members that RFC 7638 section 3.2 requires, in the order of their names. */
function thumbprint(jwk: PublicJwk): string | Promise<string> {
  const names = Object.keys(jwk).sort()
  return sha256(JSON.stringify(jwk, names))
}

function prepared(jwk: PublicJwk, algorithm: Algorithm): PreparedKey | Promise<PreparedKey> {
  const refuse = (cause: unknown): never => {
    throw new RequestRefused('proof_key_refused', { cause })
  }
  try {
    const key = prepareKey(jwk, algorithm) as PreparedKey | Promise<PreparedKey>
    return isPromise(key) ? key.catch(refuse) : key
  } catch (error) {
    return refuse(error)
  }
}
