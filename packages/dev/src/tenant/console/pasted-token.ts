import { readOpaque } from '../access-token.js'
import { sha256 } from '../identifiers.js'
import type { TenantContext } from '../tenant-context.js'

export type JsonObject = Readonly<Record<string, unknown>>

/** What somebody has pasted: a JWT, not checked yet, or why it is none. */
export type Pasted =
  | { readonly token: string; readonly header: JsonObject; readonly claims: JsonObject }
  | { readonly token?: undefined; readonly problem: string; readonly advice?: string }

const askForAudience =
  'Ask for a token with the API’s identifier as "audience", at /authorize and at the token endpoint.'

/** Reads what was pasted, be it with the header field around it. */
export async function readPasted(pasted: string, context: TenantContext): Promise<Pasted> {
  const text = pasted
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^(?:bearer|dpop)\s+/i, '')
    .replace(/^(["'])(.*)\1$/s, '$2')
  if (text.startsWith('{'))
    return { problem: 'This is JSON, not a token.', advice: 'Paste the value of "access_token" out of it alone.' }
  if (/\s/.test(text))
    return {
      problem: 'There are spaces or line breaks in it.',
      advice: 'A terminal or an editor may have wrapped it: copy it again as one line, and one token alone.',
    }
  if (context.state.refreshTokens.get(sha256(text)) !== undefined || /^v1\.[^.]+$/.test(text))
    return {
      problem: 'This is a refresh token: it is for the token endpoint alone, which gives an access token for it.',
      advice: 'Paste the value of "access_token".',
    }
  const parts = text.split('.')
  if (parts.length === 5) return opaque(await readOpaque(text, context))
  if (parts.length !== 3)
    return {
      problem: `A JWT has three parts with dots between them; this has ${parts.length === 1 ? 'only one' : parts.length}.`,
      advice: 'Copy the whole token, from "eyJ" to the end of the signature.',
    }
  const [header, claims] = parts.slice(0, 2).map(decoded)
  if (header === undefined) return { problem: 'Its first part is not base64url of a JSON object.' }
  if (claims === undefined) return { problem: 'Its second part is not base64url of a JSON object.' }
  return { token: text, header, claims }
}

function opaque(known: Awaited<ReturnType<typeof readOpaque>>): Pasted {
  const whose =
    known === undefined ? 'it is not of this tenant, or has expired' : `this tenant gave it for ${known.sub}`
  return {
    problem: `This is an opaque token, in five parts, encrypted: only /userinfo can read it, no API (${whose}). It comes where nobody asked for an audience.`,
    advice: askForAudience,
  }
}

function decoded(part: string): JsonObject | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined
  try {
    const json: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as JsonObject) : undefined
  } catch {
    return undefined
  }
}
