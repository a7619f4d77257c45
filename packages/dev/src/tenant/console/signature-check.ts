import { compactVerify, importJWK, type JWK } from 'jose'
import type { SigningKey } from '../signing-keys.js'
import type { Finding, TokenFacts } from './inspect-token.js'

/** By the keys of the tenant, or by the secret of an API that has one. */
export async function signatureCheck({ token, header, api, context }: TokenFacts): Promise<Finding> {
  const { alg, kid } = header
  if (typeof alg !== 'string' || alg.toLowerCase() === 'none')
    return { verdict: 'fails', text: 'It is not signed (alg “none”): anybody could have written it.' }
  if (api.signing_alg === 'HS256') return symmetric(token, alg, api.signing_secret ?? '')
  if (alg !== 'RS256')
    return {
      verdict: 'fails',
      text: `It says that it is signed with ${alg.slice(0, 20)}. This tenant signs with RS256, and an API takes nothing else.`,
    }
  const key = context.keys.list().find((one) => one.kid === kid)
  if (key === undefined) return unknownKey(kid)
  if (!(await isSignedWith(token, key.publicJwk, 'RS256')))
    return {
      verdict: 'fails',
      text: 'The signature does not fit: the token was changed after it was signed, or not copied whole.',
    }
  return ofKnownKey(key)
}

function ofKnownKey({ state }: SigningKey): Finding {
  if (state === 'revoked')
    return {
      verdict: 'fails',
      text: 'The signature fits, but its key was revoked and is not published any more.',
      advice: 'Get a new token.',
    }
  const which = state === 'current' ? 'the current key' : `the ${state} key`
  return { verdict: 'passes', text: `Signed with ${which} of this tenant.` }
}

function unknownKey(kid: unknown): Finding {
  if (kid === undefined)
    return { verdict: 'fails', text: 'It does not say which key it is signed with (no “kid” in its header).' }
  return {
    verdict: 'fails',
    text: 'It is signed with a key that is none of this tenant’s.',
    advice:
      'It comes from another issuer, or from an earlier run of this tenant: without --persist a new run has new keys. Get a new token.',
  }
}

async function symmetric(token: string, alg: string, secret: string): Promise<Finding> {
  if (alg !== 'HS256')
    return {
      verdict: 'fails',
      text: 'The API’s tokens are signed with HS256 and its own secret; this says another algorithm.',
    }
  const k = Buffer.from(secret).toString('base64url')
  return (await isSignedWith(token, { kty: 'oct', k }, 'HS256'))
    ? { verdict: 'passes', text: 'Signed with the secret of the API (HS256).' }
    : { verdict: 'fails', text: 'The signature does not fit the secret of the API.' }
}

async function isSignedWith(token: string, jwk: JWK, alg: string): Promise<boolean> {
  try {
    await compactVerify(token, await importJWK(jwk, alg), { algorithms: [alg] })
    return true
  } catch {
    return false
  }
}
