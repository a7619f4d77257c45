import { checkPrimeSync, generatePrimeSync } from 'node:crypto'
import { pkcs1Encode, type Signer, segment } from './forgery.js'

export interface NumberKey {
  readonly jwk: { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  /** RS256. */
  readonly signer: Signer
}

const primeBits = 512
const rocaPrimeBits = 1024
const publicExponent = 65537n

/** An RSA key of exactly this size that works: of many primes, because two large ones take minutes to find. */
export function createNumberKey(bits: number): NumberKey {
  // The last prime makes up the size, so it must not be left with too few bits to be one.
  const primes = Array.from({ length: Math.floor(bits / primeBits) - 1 }, () => randomPrime(primeBits))
  const wanted = bits - bitLength(product(primes))
  for (let attempt = 0; ; attempt += 1) {
    const all = [...primes, randomPrime(wanted + (attempt % 2))]
    if (bitLength(product(all)) === bits && new Set(all).size === all.length) return keyOfPrimes(all)
  }
}

/** A key whose two primes look as the faulty generator of CVE-2017-15361 made them: k·M + (65537^a mod M). */
export function createRocaKey(): NumberKey {
  const generatorModulus = product(firstPrimes(126))
  return keyOfPrimes([rocaPrime(generatorModulus), rocaPrime(generatorModulus)])
}

function rocaPrime(generatorModulus: bigint): bigint {
  const largest = (1n << BigInt(rocaPrimeBits)) / generatorModulus
  for (let power = randomPrime(40); ; power += 1n) {
    const multiple = largest - 1n - (power % (largest / 4n))
    const candidate = multiple * generatorModulus + modularPower(65537n, power, generatorModulus)
    if (checkPrimeSync(candidate) && isUsable(candidate)) return candidate
  }
}

/** Signs prime by prime and puts the results together by the Chinese remainder theorem, so that size costs little. */
function keyOfPrimes(primes: readonly bigint[]): NumberKey {
  const modulus = product(primes)
  const bytes = Math.ceil(bitLength(modulus) / 8)
  const signer: Signer = (signingInput) => {
    const message = toNumber(pkcs1Encode(signingInput, bytes))
    const parts = primes.map((prime) => {
      const others = modulus / prime
      const root = modularPower(message % prime, inverse(publicExponent, prime - 1n), prime)
      return root * others * inverse(others, prime)
    })
    return toBytes(parts.reduce((sum, part) => sum + part, 0n) % modulus, bytes)
  }
  return { jwk: { kty: 'RSA', n: segment(toBytes(modulus, bytes)), e: segment(toBytes(publicExponent, 3)) }, signer }
}

export function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

export function toBytes(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex')
}

function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest % 2n === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

/** By the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, nextRest] = [modulus, value % modulus]
  let [factor, nextFactor] = [0n, 1n]
  while (nextRest !== 0n) {
    const quotient = rest / nextRest
    ;[rest, nextRest] = [nextRest, rest - quotient * nextRest]
    ;[factor, nextFactor] = [nextFactor, factor - quotient * nextFactor]
  }
  if (rest !== 1n) throw new Error('There is no inverse.')
  return ((factor % modulus) + modulus) % modulus
}

function firstPrimes(count: number): readonly bigint[] {
  const primes: bigint[] = []
  for (let number = 2n; primes.length < count; number += 1n) {
    if (primes.every((prime) => number % prime !== 0n)) primes.push(number)
  }
  return primes
}

function product(factors: readonly bigint[]): bigint {
  return factors.reduce((result, factor) => result * factor, 1n)
}

function bitLength(value: bigint): number {
  return value.toString(2).length
}

/** One that goes with the public exponent. */
function randomPrime(bits: number): bigint {
  for (;;) {
    const prime = generatePrimeSync(bits, { bigint: true })
    if (isUsable(prime)) return prime
  }
}

function isUsable(prime: bigint): boolean {
  return (prime - 1n) % publicExponent !== 0n
}
