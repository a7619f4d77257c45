import { decodeJwt } from 'jose'
import { CliFailure } from '../failure.js'
import type { TenantAnswer } from './post-form.js'
import type { ProofKey } from './proof-key.js'
import type { WantedToken } from './wanted-token.js'

/** A token, and what is worth knowing of it. */
export interface IssuedToken {
  readonly token: string
  readonly type: 'Bearer' | 'DPoP'
  /** When it ends, if the tenant has said so. */
  readonly expiresAt: Date | undefined
  readonly lifetimeSeconds: number | undefined
  readonly scopes: readonly string[]
  /** Asked for, and not granted. */
  readonly missing: readonly string[]
  /** The key that it is bound to. */
  readonly key: ProofKey | undefined
}

/** @throws {CliFailure} The answer has no token that could be sent. */
export function issuedToken({ body = {} }: TenantAnswer, wanted: WantedToken, key: ProofKey | undefined): IssuedToken {
  const { access_token: token, token_type: type, expires_in: lifetime, scope } = body
  // It is printed as it is: whatever is in it reaches the terminal.
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
    throw new CliFailure('no_token', `${wanted.host} has answered without a token.`)
  const isBound = typeof type === 'string' && type.toLowerCase() === 'dpop'
  const lifetimeSeconds = typeof lifetime === 'number' && lifetime > 0 ? lifetime : undefined
  const scopes = wordsIn(scope) ?? scopesIn(token) ?? wanted.scopes
  return {
    token,
    type: isBound ? 'DPoP' : 'Bearer',
    expiresAt: lifetimeSeconds === undefined ? undefined : new Date(Date.now() + lifetimeSeconds * 1000),
    lifetimeSeconds,
    scopes,
    missing: wanted.scopes.filter((one) => !scopes.includes(one)),
    key: isBound ? key : undefined,
  }
}

/** RFC 6749 section 5.1: an answer without `scope` grants what was asked for; the token itself knows better. */
function scopesIn(token: string): readonly string[] | undefined {
  try {
    return wordsIn(decodeJwt(token)['scope']) ?? []
  } catch {
    return undefined
  }
}

function wordsIn(text: unknown): readonly string[] | undefined {
  return typeof text === 'string' ? text.split(' ').filter((word) => word !== '') : undefined
}
