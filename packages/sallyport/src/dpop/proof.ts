import type { Clock } from '../clock.js'
import { type JsonObject, member } from '../encoding/strict-json.js'
import { RequestRefused } from '../errors.js'
import { formatHttpUri, parseHttpUri } from '../request/http-uri.js'
import { isSigned } from '../signature/is-signed.js'
import { readCompact } from '../token/compact.js'
import { whenReady } from '../when-ready.js'
import type { AcceptedNonce } from './nonce.js'
import { createProofKeys, type ProofAlgorithmName, type ProofKey } from './proof-key.js'
import type { UsableProof } from './replay.js'

export interface ProofRules {
  readonly algorithms: readonly ProofAlgorithmName[]
  readonly proofMaxAgeSeconds: number
  readonly clockToleranceSeconds: number
  /** `undefined`: nonces are off, and a proof's `nonce` has no meaning. */
  readonly checkNonce: ((nonce: unknown) => AcceptedNonce | Promise<AcceptedNonce>) | undefined
  readonly clock: Clock
}

/** What a proof has to match. */
export interface ProofSubject {
  /** `cnf.jkt` of the access token. */
  readonly jkt: string
  /** SHA-256 of the access token, in base64url. */
  readonly ath: string
  readonly method: string
  /** Asked for once the proof names one. In normal form. */
  targetUri(): string
}

export interface CheckedProof extends UsableProof {
  /** The nonce that the client shall use from now on, if it is another. */
  readonly newerNonce: string | undefined
}

/**
 * Checks a proof of possession, all but whether it was used before; a signature is only looked at when nothing else is wrong.
 *
 * @throws {RequestRefused} `proof_key_mismatch`, `nonce_wanted`, and those that begin with `proof_`.
 * @see RFC 9449 section 4.3
 */
export function createProofCheck(
  rules: ProofRules,
): (proof: string, subject: ProofSubject) => CheckedProof | Promise<CheckedProof> {
  const proofKeys = createProofKeys(rules.algorithms)

  return (proof, subject) => {
    const jws = readCompact(proof)
    if (jws === undefined) throw new RequestRefused('proof_malformed')
    return whenReady(proofKeys.read(jws.encodedHeader, subject.jkt), (key) => {
      checkBinding(key, jws.claims, subject)
      checkTarget(jws.claims, subject)
      const life = lifeOf(jws.claims, rules)
      return whenReady(life, ({ usableUntil, newer }) =>
        whenReady(key.prepared(), (prepared) =>
          whenReady(isSigned(jws, [prepared]), (signed) => {
            if (signed !== true) throw new RequestRefused('proof_signature_invalid')
            const jti = readJti(jws.claims)
            proofKeys.keep(jws.encodedHeader, key, prepared)
            return { jti, jkt: key.jkt, usableUntil, newerNonce: newer }
          }),
        ),
      )
    })
  }
}

function checkBinding({ jkt }: ProofKey, claims: JsonObject, subject: ProofSubject): void {
  if (jkt !== subject.jkt) throw new RequestRefused('proof_key_mismatch')
  if (member(claims, 'ath') !== subject.ath) throw new RequestRefused('proof_token_mismatch')
}

function checkTarget(claims: JsonObject, subject: ProofSubject): void {
  if (member(claims, 'htm') !== subject.method) throw new RequestRefused('proof_method_mismatch')
  const htu = member(claims, 'htu')
  const expected = subject.targetUri()
  // Most clients write the normal form, which is its own.
  if (htu === expected) return
  const uri = typeof htu === 'string' ? parseHttpUri(htu, 'removed') : undefined
  const received = uri && formatHttpUri(uri)
  if (received !== expected) throw new RequestRefused('proof_uri_mismatch', { uriMismatch: { expected, received } })
}

/**
 * How long the proof is good. With nonces they are the measure, by this server's own clock: what the client's clock says
 * does not count then. RFC 9449 section 11.1.
 */
function lifeOf(claims: JsonObject, rules: ProofRules): AcceptedNonce | Promise<AcceptedNonce> {
  const iat = seconds(claims, 'iat')
  if (iat === undefined) throw new RequestRefused('proof_claim_refused')
  const now = rules.clock.epochMilliseconds() / 1000
  checkOwnLimits(claims, now, rules)
  if (rules.checkNonce !== undefined) return rules.checkNonce(member(claims, 'nonce'))
  const usableUntil = iat + rules.proofMaxAgeSeconds
  // Each says what has to hold, so that a clock that gives no number refuses.
  if (!(now <= usableUntil) || !(iat <= now + rules.clockToleranceSeconds))
    throw new RequestRefused('proof_time_refused')
  return { usableUntil, newer: undefined }
}

/** A proof may have the times of any JWT besides. RFC 7519 sections 4.1.4 and 4.1.5. */
function checkOwnLimits(claims: JsonObject, now: number, { clockToleranceSeconds }: ProofRules): void {
  const exp = seconds(claims, 'exp')
  const nbf = seconds(claims, 'nbf')
  if (exp !== undefined && !(now < exp + clockToleranceSeconds)) throw new RequestRefused('proof_time_refused')
  if (nbf !== undefined && !(nbf <= now + clockToleranceSeconds)) throw new RequestRefused('proof_time_refused')
}

function seconds(claims: JsonObject, name: string): number | undefined {
  const value = member(claims, name)
  if (value === undefined) return undefined
  if (typeof value !== 'number' || value < 0 || value > Number.MAX_SAFE_INTEGER)
    throw new RequestRefused('proof_claim_refused')
  return value
}

const maxJtiLength = 256

function readJti(claims: JsonObject): string {
  const jti = member(claims, 'jti')
  if (typeof jti !== 'string' || jti === '' || jti.length > maxJtiLength || !jti.isWellFormed())
    throw new RequestRefused('proof_claim_refused')
  return jti
}
