import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** SHA-256 of bytes, or of text as UTF-8, in base64url. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64url')
}

/** HMAC with SHA-256 of text as UTF-8, in base64url. RFC 2104. */
export function hmacSha256(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}

/** Compares in a time that depends on the lengths alone. */
export function isEqualInConstantTime(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
