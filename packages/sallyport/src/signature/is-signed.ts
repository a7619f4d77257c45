import { whenReady } from '../when-ready.js'
import type { PreparedKey } from './prepared-key.js'

export interface Signed {
  readonly signingInput: string
  readonly signature: Uint8Array
}

/** Whether one of the candidates verifies the signature, tried in order. RFC 7515 section 5.2. */
export function isSigned(signed: Signed, candidates: readonly PreparedKey[], from = 0): boolean | Promise<boolean> {
  const candidate = candidates[from]
  if (candidate === undefined) return false
  const verified = candidate(signed.signingInput, signed.signature)
  return whenReady(verified, (isGood) => isGood === true || isSigned(signed, candidates, from + 1))
}
