import { decodeBase64url } from '../encoding/base64url.js'
import { type JsonObject, parseJsonObject } from '../encoding/strict-json.js'
import { RequestRefused } from '../errors.js'

/** A JWS in compact form, read but not verified. */
export interface CompactJws {
  /** The header as it was sent, the key under which its verdict may be remembered. */
  readonly encodedHeader: string
  readonly claims: JsonObject
  /** What the signature covers: the first two segments and the dot. */
  readonly signingInput: string
  readonly signature: Uint8Array
}

const token68 = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * Splits a token into its three segments and reads all but the header.
 *
 * @throws {RequestRefused} `token_encrypted`, `token_malformed`; `credentials_malformed` when it is not even token68.
 * @see RFC 7515 section 7.1, RFC 8725 section 3.12
 */
export function parseCompact(token: string): CompactJws {
  const firstDot = token.indexOf('.')
  const lastDot = token.indexOf('.', firstDot + 1)
  if (firstDot < 1 || lastDot === -1 || token.indexOf('.', lastDot + 1) !== -1) throw malformed(token)
  const signature = decodeBase64url(token.slice(lastDot + 1))
  const payload = decodeBase64url(token.slice(firstDot + 1, lastDot))
  const claims = payload && parseJsonObject(payload)
  if (signature === undefined || claims === undefined) throw malformed(token)
  return { encodedHeader: token.slice(0, firstDot), claims, signingInput: token.slice(0, lastDot), signature }
}

function malformed(token: string): RequestRefused {
  if (!token68.test(token)) return new RequestRefused('credentials_malformed')
  return new RequestRefused(hasFiveParts(token) ? 'token_encrypted' : 'token_malformed')
}

function hasFiveParts(token: string): boolean {
  let dots = 0
  for (let dot = token.indexOf('.'); dot !== -1 && dots < 5; dot = token.indexOf('.', dot + 1)) dots += 1
  return dots === 4
}
