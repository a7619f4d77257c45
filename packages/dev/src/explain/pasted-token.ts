import type { Known } from './facts.js'
import { type Finding, fails } from './finding.js'
import { decodedPart, type JsonObject } from './json-part.js'

/** What somebody has pasted: a JWT, not checked yet, or why it is none. */
export type Pasted =
  | { readonly token: string; readonly header: JsonObject; readonly claims: JsonObject }
  | { readonly token?: undefined; readonly problem: Finding }

const maxTokenLength = 8192

const askForAudience =
  'Ask for a token with the API’s identifier as "audience", at /authorize and at the token endpoint.'

/** What programs write where they have no token. */
const notTokens = ['undefined', 'null', '[object Object]', 'NaN', 'false', 'true']

/** A pasted token without the header field and the quotation marks around it. */
export function bareToken(pasted: string): string {
  return pasted
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .replace(/^authorization:\s*/i, '')
    .replace(/^(?:bearer|dpop)\s+/i, '')
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim()
}

/** Reads what was pasted, be it with the header field around it. */
export async function readPasted(pasted: string, known: Known): Promise<Pasted> {
  const text = bareToken(pasted)
  const problem = notOneWord(text) ?? otherThing(text, known)
  if (problem !== undefined) return { problem }
  const parts = text.split('.')
  if (parts.length === 5) return { problem: opaque(await ownerOf(text, known)) }
  if (parts.length !== 3) return { problem: malformed(text, wrongCount(parts.length), fewParts(parts.length)) }
  const [header, claims] = parts.slice(0, 2).map(decodedPart)
  if (header === undefined) return { problem: malformed(text, notJson('first'), notWhole) }
  if (claims === undefined) return { problem: malformed(text, notJson('second'), notWhole) }
  return { token: text, header, claims }
}

function notOneWord(text: string): Finding | undefined {
  if (notTokens.includes(text))
    return fails(
      text.includes(' ') ? 'credentials_malformed' : 'token_malformed',
      `This is the word “${text}”, not a token.`,
      'A program has put a variable in without a value: look at where it takes the token from.',
    )
  if (text.startsWith('{'))
    return fails('token_malformed', 'This is JSON, not a token.', 'Paste the value of "access_token" out of it alone.')
  if (/\s/.test(text))
    return fails(
      'credentials_malformed',
      'There are spaces or line breaks in it.',
      'A terminal or an editor may have wrapped it: copy it again as one line, and one token alone.',
    )
  if (text.length > maxTokenLength)
    return fails(
      'token_too_large',
      `It has ${text.length} characters; an API takes ${maxTokenLength} at most.`,
      'Mostly hundreds of permissions or groups in one token: ask for fewer, or look them up at the API.',
    )
  return undefined
}

function otherThing(text: string, known: Known): Finding | undefined {
  if (known.isRefreshToken?.(text) === true || /^v1\.[^.]+$/.test(text))
    return fails(
      'token_malformed',
      'This is a refresh token: it is for the token endpoint alone, which gives an access token for it.',
      'Paste the value of "access_token".',
    )
  return undefined
}

/** ASCII that is neither of a token nor of a percent-escape: an API does not even take it for a credential. */
const foreignCharacter = /[^\w.~+/=%\u0080-\uffff-]/

function malformed(text: string, problem: string, advice: string): Finding {
  return fails(foreignCharacter.test(text) ? 'credentials_malformed' : 'token_malformed', problem, advice)
}

function wrongCount(count: number): string {
  return `A JWT has three parts with dots between them; this has ${count === 1 ? 'only one' : count}.`
}

function fewParts(count: number): string {
  const copy = 'Copy the whole token, from "eyJ" to the end of the signature.'
  return count === 1 ? `${copy} If this is all of it, it is an opaque token: ${askForAudience}` : copy
}

function notJson(which: 'first' | 'second'): string {
  return `Its ${which} part is not base64url of a JSON object.`
}

const notWhole = 'It was not copied whole, or something has changed it: get it again.'

/** Nothing where there is nobody who could know. */
async function ownerOf(token: string, { opaqueSubject }: Known): Promise<string> {
  if (opaqueSubject === undefined) return ''
  const subject = await opaqueSubject(token)
  return subject === undefined ? ' (it is not of this tenant, or has expired)' : ` (this tenant gave it for ${subject})`
}

function opaque(whose: string): Finding {
  return fails(
    'token_encrypted',
    `This is an opaque token, in five parts, encrypted: only /userinfo can read it, no API${whose}. It comes where nobody asked for an audience.`,
    askForAudience,
  )
}
