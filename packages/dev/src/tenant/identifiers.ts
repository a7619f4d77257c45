import { createHash, randomBytes } from 'node:crypto'

/** Identifiers as Auth0 makes them. */
export const newId: Readonly<
  Record<'resourceServer' | 'clientGrant' | 'role' | 'organization' | 'connection' | 'user' | 'client', () => string>
> = {
  resourceServer: () => hexId(),
  clientGrant: () => `cgr_${randomText(16)}`,
  role: () => `rol_${randomText(16)}`,
  organization: () => `org_${randomText(16)}`,
  connection: () => `con_${randomText(16)}`,
  user: () => `auth0|${hexId()}`,
  client: () => randomText(32),
}

function hexId(): string {
  return randomBytes(12).toString('hex')
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Letters and digits, from a source that cannot be guessed. */
export function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // Beyond the last whole multiple a character would come up more often than others.
      if (byte < 248 && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
