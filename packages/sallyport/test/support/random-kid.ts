import { randomUUID } from 'node:crypto'

/** The token with another header. The signature no longer fits, which nobody learns who does not find the key first. */
export function withKid(token: string, kid: string, alg = 'ES256'): string {
  const header = Buffer.from(JSON.stringify({ alg, kid, typ: 'at+jwt' })).toString('base64url')
  return `${header}${token.slice(token.indexOf('.'))}`
}

export function withRandomKid(token: string): string {
  return withKid(token, randomUUID())
}
