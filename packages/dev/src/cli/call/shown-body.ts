import { jsonIn } from '../json.js'
import { shownText, without } from '../shown-text.js'
import type { ApiAnswer } from './send.js'

/** A body for people: JSON indented, other text as it is, of anything else its size. */
export async function shownBody(answer: ApiAnswer): Promise<string> {
  const { body, isCut } = answer
  if (body.length === 0) return '(no body)'
  const text = textOf(answer)
  if (text === undefined) return `(${body.length}${isCut ? ' or more' : ''} bytes that are not text)`
  const shown = shownText(isCut ? text : await indented(text))
  return isCut ? `${shown}\n(cut at 64 KB)` : shown
}

/** A body for programs: the value where it is JSON, else text; `undefined` where it is neither. */
export function dataOf(answer: ApiAnswer): unknown {
  const text = textOf(answer)
  if (text === undefined || text === '') return undefined
  const value = jsonIn(text)
  return value === undefined ? text : value
}

function textOf({ body, isCut, secrets }: ApiAnswer): string | undefined {
  try {
    // What is cut may end in the middle of a character.
    const text = new TextDecoder('utf-8', { fatal: !isCut }).decode(body)
    return text.includes('\u0000') ? undefined : without(secrets, text)
  } catch {
    return undefined
  }
}

/** By edits of the text: a number of many digits stays as it is, and so does a member that is there twice. */
async function indented(text: string): Promise<string> {
  if (jsonIn(text) === undefined) return text
  const { applyEdits, format } = await import('jsonc-parser')
  return applyEdits(text, format(text, undefined, { insertSpaces: true, tabSize: 2, eol: '\n' }))
}
