import { LRUCache } from 'lru-cache'
import type { Caller } from '../auth.js'
import type { UsableKeys } from '../issuer/usable-keys.js'
import type { Binding } from './confirmation.js'

/** An access token that passed every check that does not depend on the request. */
export interface VerifiedToken {
  readonly auth: Caller
  /** The keys it was verified with: once the issuer has others, the token is verified anew. */
  readonly keys: UsableKeys
  /** What its sender has to hold; `undefined` for a bearer token. */
  readonly binding: Binding | undefined
}

export interface VerifiedTokens {
  recall(token: string): VerifiedToken | undefined
  remember(verified: VerifiedToken): VerifiedToken
  clear(): void
}

/** Enough of a signature to tell tokens apart, and short: looking a whole token up costs more than comparing it once. */
const tailLength = 32

/**
 * Remembers tokens within one resource server. A token is found by the end of its signature and recognised by its full
 * text, so that no two tokens can be taken for each other. Refusals are never remembered; issuer, keys and times are
 * checked again by the caller on every use.
 */
export function createVerifiedTokens(maxTokens: number): VerifiedTokens {
  if (maxTokens === 0) return { recall: () => undefined, remember: (verified) => verified, clear: () => {} }
  const byTail = new LRUCache<string, VerifiedToken>({ max: maxTokens })
  return {
    recall: (token) => {
      const found = byTail.get(token.slice(-tailLength))
      return found !== undefined && found.auth.token === token ? found : undefined
    },
    remember: (verified) => {
      byTail.set(verified.auth.token.slice(-tailLength), verified)
      return verified
    },
    clear: () => byTail.clear(),
  }
}
