import { RequestRefused } from '../errors.js'
import type { PreparedKey } from './prepared-key.js'

/** @throws {RequestRefused} `signature_invalid` when no candidate verifies the signature. RFC 7515 section 5.2. */
export async function verifySignature(
  { signingInput, signature }: { readonly signingInput: string; readonly signature: Uint8Array },
  candidates: readonly PreparedKey[],
  kid: string | undefined,
): Promise<void> {
  for (const verify of candidates) {
    if (await verify(signingInput, signature)) return
  }
  throw new RequestRefused('signature_invalid', { kid })
}
