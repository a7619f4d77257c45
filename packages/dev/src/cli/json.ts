import { isJsonObject, type JsonObject } from '../explain/json-part.js'

/** The value of a JSON text, with or without a byte order mark; `undefined` where it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** The object in a JSON text; `undefined` where it is none. */
export function jsonObjectIn(text: string): JsonObject | undefined {
  const value = jsonIn(text)
  return isJsonObject(value) ? value : undefined
}
