export type JsonObject = Readonly<Record<string, unknown>>

const maxDepth = 64
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads a JSON object from bytes, deeply frozen, or gives `undefined` for everything that two readers could understand
 * differently: ill-formed UTF-8, a byte order mark, a member name twice, a number beyond the doubles, nesting deeper than
 * 64. RFC 7515 section 4, RFC 8725 section 3.7, RFC 8259 sections 4 and 8.
 */
export function parseJsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    return parseJsonText(utf8.decode(bytes))
  } catch {
    return undefined
  }
}

/** As `parseJsonObject`, from text whose encoding was checked before. */
export function parseJsonText(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return freezeAndCount(value, 1) === membersWritten(text) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

/** A member that the JSON itself has: a name that is absent stays absent, whatever was done to `Object.prototype`. */
export function member(json: JsonObject, name: string): unknown {
  return Object.hasOwn(json, name) ? json[name] : undefined
}

class NotStrict extends Error {}

function freezeAndCount(container: object, depth: number): number {
  if (depth > maxDepth) throw new NotStrict()
  const values = Array.isArray(container) ? container : Object.values(container)
  let members = Array.isArray(container) ? 0 : values.length
  for (const value of values) {
    if (typeof value === 'object') {
      if (value !== null) members += freezeAndCount(value, depth + 1)
    } else if (typeof value === 'number' && !Number.isFinite(value)) throw new NotStrict()
  }
  Object.freeze(container)
  return members
}

/**
 * How many members the text spells out. The parser keeps the last of two members with one name, so a text that spells
 * more members than the value has names one of them twice, however the names are escaped.
 */
function membersWritten(text: string): number {
  let members = 0
  let opening = text.indexOf('"')
  while (opening !== -1) {
    const closing = closingQuote(text, opening)
    if (isFollowedByColon(text, closing + 1)) members += 1
    opening = text.indexOf('"', closing + 1)
  }
  return members
}

function closingQuote(text: string, opening: number): number {
  let quote = text.indexOf('"', opening + 1)
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1)
  return quote
}

const backslash = 0x5c
const colon = 0x3a

function isEscaped(text: string, index: number): boolean {
  let before = index - 1
  while (text.charCodeAt(before) === backslash) before -= 1
  return (index - before) % 2 === 0
}

function isFollowedByColon(text: string, from: number): boolean {
  let index = from
  let code = text.charCodeAt(index)
  while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
    index += 1
    code = text.charCodeAt(index)
  }
  return code === colon
}
