import { decodeBase64url } from '../encoding/base64url.js'
import { type Algorithm, type AlgorithmName, algorithms } from './algorithms.js'

/** The public members of a key, and nothing else: what is handed to the cryptography. RFC 7517, RFC 7518 section 6. */
export type PublicJwk =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC'; readonly crv: string; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: string; readonly x: string }

/** A member of a key set that may verify signatures. */
export interface AcceptedJwk {
  readonly kid: string | undefined
  readonly publicJwk: PublicJwk
  /** The allowed algorithms that this key can serve. */
  readonly algorithms: readonly Algorithm[]
}

/** Why a member of a key set is not used. */
export type JwkRefusal =
  | 'not_an_object'
  | 'kid_not_a_string'
  | 'symmetric_key'
  | 'private_key'
  | 'unknown_key_type'
  | 'use_not_sig'
  | 'key_ops_without_verify'
  | 'algorithm_not_allowed'
  | 'rsa_modulus_size'
  | 'rsa_exponent'
  | 'rsa_weak_prime_generator'
  | 'malformed_parameters'

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const
/** 8192 bits and a little: what is longer is not decoded. */
const maxEncodedModulus = 1400
const maxEncodedExponent = 16
const coordinateBytes: Readonly<Record<string, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66, Ed25519: 32 }

/**
 * Applies the key policy to one member of a key set, or to the key of a proof. A refused member of a key set is skipped; it
 * never fails the whole set.
 */
export function acceptJwk(
  member: unknown,
  allowed: readonly AlgorithmName[],
  maxModulusBits = 8192,
): AcceptedJwk | JwkRefusal {
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return 'not_an_object'
  const jwk = member as Readonly<Record<string, unknown>>
  const { kty, kid, use, key_ops: keyOps, alg } = jwk
  if (kid !== undefined && typeof kid !== 'string') return 'kid_not_a_string'
  if (kty === 'oct') return 'symmetric_key'
  if (privateMembers.some((name) => Object.hasOwn(jwk, name))) return 'private_key'
  if (use !== undefined && use !== 'sig') return 'use_not_sig'
  if (keyOps !== undefined && !allowsVerify(keyOps)) return 'key_ops_without_verify'
  const parameters = publicParameters(jwk, maxModulusBits)
  if (typeof parameters === 'string') return parameters
  const usable = allowed
    .flatMap((name) => algorithms.get(name) ?? [])
    .filter((algorithm) => serves(parameters, alg, algorithm))
  if (usable.length === 0) return 'algorithm_not_allowed'
  return { kid, publicJwk: parameters, algorithms: usable }
}

function allowsVerify(keyOps: unknown): boolean {
  return Array.isArray(keyOps) && keyOps.includes('verify') && new Set(keyOps).size === keyOps.length
}

function serves(jwk: PublicJwk, alg: unknown, algorithm: Algorithm): boolean {
  if (algorithm.kty !== jwk.kty) return false
  if (algorithm.crv !== undefined && (!('crv' in jwk) || algorithm.crv !== jwk.crv)) return false
  return (
    alg === undefined ||
    alg === algorithm.name ||
    (algorithm.scheme === 'eddsa' && (alg === 'EdDSA' || alg === 'Ed25519'))
  )
}

function publicParameters(jwk: Readonly<Record<string, unknown>>, maxModulusBits: number): PublicJwk | JwkRefusal {
  if (jwk['kty'] === 'RSA') return rsaParameters(jwk, maxModulusBits)
  if (jwk['kty'] !== 'EC' && jwk['kty'] !== 'OKP') return 'unknown_key_type'
  const { kty, crv, x, y } = jwk
  if (typeof crv !== 'string' || typeof x !== 'string') return 'malformed_parameters'
  const bytes = Object.hasOwn(coordinateBytes, crv) ? coordinateBytes[crv] : undefined
  if (bytes === undefined) return 'algorithm_not_allowed'
  if (decodeBase64url(x)?.length !== bytes) return 'malformed_parameters'
  if (kty === 'OKP') return { kty, crv, x }
  if (typeof y !== 'string' || decodeBase64url(y)?.length !== bytes) return 'malformed_parameters'
  return { kty, crv, x, y }
}

function rsaParameters({ n, e }: Readonly<Record<string, unknown>>, maxModulusBits: number): PublicJwk | JwkRefusal {
  if (typeof n !== 'string' || typeof e !== 'string') return 'malformed_parameters'
  const modulus = readModulus(n, maxModulusBits)
  if (typeof modulus === 'string') return modulus
  if (!isAllowedExponent(e)) return 'rsa_exponent'
  if (hasRocaFingerprint(modulus)) return 'rsa_weak_prime_generator'
  return { kty: 'RSA', n, e }
}

function readModulus(n: string, maxBits: number): bigint | JwkRefusal {
  if (n.length > maxEncodedModulus) return 'rsa_modulus_size'
  const bytes = decodeBase64url(n)
  if (bytes === undefined) return 'malformed_parameters'
  const modulus = toBigInt(bytes)
  const bits = modulus.toString(2).length
  return bits < 2048 || bits > maxBits ? 'rsa_modulus_size' : modulus
}

/** Odd, from 3, below 2^33. */
function isAllowedExponent(e: string): boolean {
  const bytes = e.length > maxEncodedExponent ? undefined : decodeBase64url(e)
  if (bytes === undefined) return false
  const exponent = toBigInt(bytes)
  return exponent >= 3n && exponent < 1n << 33n && exponent % 2n === 1n
}

function toBigInt(bytes: Uint8Array): bigint {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return BigInt(`0x${hex === '' ? '0' : hex}`)
}

// Primes for which the powers of 65537 are a proper subgroup: a modulus inside all of them was made by the faulty
// generator of CVE-2017-15361 ("ROCA"), and can be factored.
const rocaPrimes = [11n, 13n, 17n, 19n, 37n, 53n, 61n, 71n, 73n, 79n, 97n, 103n, 107n, 109n, 127n, 151n, 157n]

function hasRocaFingerprint(modulus: bigint): boolean {
  return rocaPrimes.every((prime) => {
    const remainder = modulus % prime
    let power = 1n
    do {
      if (power === remainder) return true
      power = (power * 65537n) % prime
    } while (power !== 1n)
    return false
  })
}
