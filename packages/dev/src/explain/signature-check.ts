import { compactVerify, importJWK, type JWK } from 'jose'
import type { Facts, Keys, PublishedKey } from './facts.js'
import { type Finding, fails, passes, unknown } from './finding.js'
import { isCanonical } from './json-part.js'

/** By the keys that the issuer publishes, or by the secret of an API that has one. */
export async function signatureCheck(facts: Facts): Promise<Finding> {
  const { token, header, known, algorithms } = facts
  const { alg } = header
  const signature = token.slice(token.lastIndexOf('.') + 1)
  if (!isCanonical(signature))
    return fails(
      'token_malformed',
      'The signature is not whole: its last characters cannot end one.',
      'Copy the token again, to its end.',
    )
  if (typeof alg !== 'string' || !algorithms.includes(alg))
    return { verdict: 'open', text: 'Not looked at: the API does not take the algorithm.' }
  const keys = await facts.keys()
  if (keys.kind === 'withheld') return unknown(keys.why, keys.advice)
  if (keys.kind === 'secret') return bySecret(token, alg, keys.secret)
  const candidates = candidatesFor(header['kid'], alg, keys)
  if (candidates.length === 0) return unknownKey(header['kid'], known.issuerName)
  for (const key of candidates) if (await isSignedWith(token, key.jwk, alg)) return ofKnownKey(key, known.issuerName)
  return fails(
    'signature_invalid',
    'The signature does not fit: the token was changed after it was signed, or not copied whole.',
    lengthAdvice(signature, candidates[0]?.jwk) ?? 'Get the token again, and copy it from "eyJ" to its end.',
  )
}

/** Without a `kid`, the one key there is for the algorithm. */
function candidatesFor(
  kid: unknown,
  alg: string,
  { keys }: Extract<Keys, { kind: 'published' }>,
): readonly PublishedKey[] {
  if (kid !== undefined) return keys.filter(({ jwk }) => jwk.kid === kid)
  const fitting = keys.filter(({ jwk, state }) => state !== 'revoked' && (jwk.alg ?? alg) === alg)
  return fitting.length === 1 ? fitting : []
}

function ofKnownKey({ state }: PublishedKey, issuerName: string): Finding {
  if (state === 'revoked')
    return fails(
      'key_unknown',
      'The signature fits, but its key was revoked and is not published any more.',
      'Get a new token.',
    )
  const which = state === undefined ? 'a key' : state === 'current' ? 'the current key' : `the ${state} key`
  return passes(`Signed with ${which} of ${issuerName}.`)
}

function unknownKey(kid: unknown, issuerName: string): Finding {
  if (kid === undefined)
    return fails('key_unknown', 'It does not say which key it is signed with (no “kid” in its header).')
  return fails(
    'key_unknown',
    `It is signed with a key that is none of ${issuerName}’s.`,
    'It comes from another issuer, or is older than a change of keys (a local tenant without --persist has new keys with every run). Get a new token.',
  )
}

async function bySecret(token: string, alg: string, secret: string): Promise<Finding> {
  const k = Buffer.from(secret).toString('base64url')
  return (await isSignedWith(token, { kty: 'oct', k }, alg))
    ? passes('Signed with the secret of the API (HS256).')
    : fails('signature_invalid', 'The signature does not fit the secret of the API.')
}

/** An RSA signature is as long as the modulus: what is shorter was cut off. RFC 8017 section 8.2.2. */
function lengthAdvice(signature: string, jwk: JWK | undefined): string | undefined {
  const wanted = jwk?.n === undefined ? undefined : Buffer.from(jwk.n, 'base64url').length
  const given = Buffer.from(signature, 'base64url').length
  if (wanted === undefined || given === wanted) return undefined
  return given < wanted
    ? `The signature has ${given} bytes instead of ${wanted}: the copy was cut off. Copy the token again, to its end.`
    : `The signature has ${given} bytes instead of ${wanted}: something was added at the end. Copy the token again.`
}

async function isSignedWith(token: string, jwk: JWK, alg: string): Promise<boolean> {
  try {
    await compactVerify(token, await importJWK(jwk, alg), { algorithms: [alg] })
    return true
  } catch {
    return false
  }
}
