export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a part of a token is base64url as RFC 7515 section 2 wants it: unpadded, and in its one spelling. */
export function isCanonical(part: string): boolean {
  return /^[\w-]*$/.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part
}

/** The JSON object in a part of a token. */
export function decodedPart(part: string): JsonObject | undefined {
  if (part === '' || !isCanonical(part)) return undefined
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url')))
    return isJsonObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
