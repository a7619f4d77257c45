import { decodedPart, isCanonical, type JsonObject } from '../json-part.js'

/** A proof in its parts, not checked yet. */
export interface ReadProof {
  readonly text: string
  readonly header: JsonObject
  readonly claims: JsonObject
  /** Whether it is a JWT at all; if not, the two above are empty. */
  readonly isWellFormed: boolean
}

export function readProof(text: string): ReadProof {
  const parts = text.split('.')
  const [header, claims] = parts.slice(0, 2).map(decodedPart)
  if (parts.length !== 3 || header === undefined || claims === undefined || !isCanonical(parts[2] ?? ''))
    return { text, header: {}, claims: {}, isWellFormed: false }
  return { text, header, claims, isWellFormed: true }
}
