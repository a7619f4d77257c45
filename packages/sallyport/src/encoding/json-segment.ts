import { decodeBase64url, isCanonical } from './base64url.js'
import { type JsonObject, parseJsonObject, parseJsonText } from './strict-json.js'

/** Reads the JSON object in a base64url segment of a token, or gives `undefined` where either has more than one reading. */
export const parseJsonSegment: (segment: string) => JsonObject | undefined =
  typeof Buffer === 'function' ? parseWithScratch : parseWithBytes

// As long as the longest token. One for all: it is written, read and done with in one turn.
const scratch = typeof Buffer === 'function' ? Buffer.allocUnsafeSlow(8192) : undefined

function parseWithScratch(segment: string): JsonObject | undefined {
  if (scratch === undefined || segment.length > scratch.length) return parseWithBytes(segment)
  const length = scratch.write(segment, 0, scratch.length, 'base64url')
  if (!isCanonical(segment, length)) return undefined
  const text = scratch.toString('utf8', 0, length)
  // The decoder put a replacement character where the bytes are ill-formed, or it stands there by right.
  return text.includes('\ufffd') ? parseWithBytes(segment) : parseJsonText(text)
}

function parseWithBytes(segment: string): JsonObject | undefined {
  const bytes = decodeBase64url(segment)
  return bytes && parseJsonObject(bytes)
}
