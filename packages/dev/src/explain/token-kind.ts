import type { JsonObject } from './json-part.js'

/** Whether an application got the token for itself, so that no user is involved. */
export function isMachineToken({ gty, sub, azp, client_id }: JsonObject): boolean {
  if (gty === 'client-credentials') return true
  return typeof sub === 'string' && (sub.endsWith('@clients') || sub === azp || sub === client_id)
}

export function audiencesOf({ aud }: JsonObject): readonly string[] {
  return [aud ?? []].flat().filter((one) => typeof one === 'string')
}

/** The type without `application/`, in lower case. RFC 7515 section 4.1.9. */
export function typeOf({ typ }: JsonObject): string | undefined {
  if (typ === undefined) return undefined
  return String(typ)
    .toLowerCase()
    .replace(/^application\//, '')
}
