import { decodeBase64url } from '../encoding/base64url.js'
import { parseJsonSegment } from '../encoding/json-segment.js'
import type { JsonObject } from '../encoding/strict-json.js'
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

/**
 * Reads an access token in compact form.
 *
 * @throws {RequestRefused} `token_encrypted`, `token_malformed`; `credentials_malformed` when it is not even one word.
 */
export function parseCompact(token: string): CompactJws {
  const jws = readCompact(token)
  if (jws === undefined) throw malformed(token, countSegments(token))
  return jws
}

/**
 * Splits a JWS into its three segments and reads all but the header, or gives `undefined` where that cannot be done in one
 * way only.
 *
 * @see RFC 7515 section 7.1, RFC 8725 section 3.12
 */
export function readCompact(text: string): CompactJws | undefined {
  const firstDot = text.indexOf('.')
  const lastDot = text.indexOf('.', firstDot + 1)
  if (firstDot < 1 || lastDot === -1 || text.indexOf('.', lastDot + 1) !== -1) return undefined
  const signature = decodeBase64url(text.slice(lastDot + 1))
  const claims = parseJsonSegment(text.slice(firstDot + 1, lastDot))
  if (signature === undefined || claims === undefined) return undefined
  return { encodedHeader: text.slice(0, firstDot), claims, signingInput: text.slice(0, lastDot), signature }
}

/** ASCII that is neither token68 nor part of a percent-escape. */
const foreignCharacter = /[^\w.~+/=%\u0080-\uffff-]/

/**
 * Tells a malformed header from a malformed token: what is more than one word is no credential, but one badly spelled word,
 * or a JWS in the JSON serialisation, is a token.
 */
export function malformed(text: string, segments: number): RequestRefused {
  if (!text.startsWith('{') && foreignCharacter.test(text)) return new RequestRefused('credentials_malformed')
  return new RequestRefused(segments === 5 ? 'token_encrypted' : 'token_malformed')
}

/** Up to 6; a token of dots alone is not counted to its end. */
function countSegments(token: string): number {
  let segments = 1
  for (let dot = token.indexOf('.'); dot !== -1 && segments < 6; dot = token.indexOf('.', dot + 1)) segments += 1
  return segments
}
