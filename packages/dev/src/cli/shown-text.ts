import { unsafeCharacters } from '../explain/unsafe-characters.js'

/** A text that somebody else has written, as a terminal may show it: it cannot move the cursor, or say what it does not. */
export function shownText(text: string): string {
  const spelled = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`
  return text.replace(unsafeCharacters, (character) => (/[\t\n]/.test(character) ? character : spelled(character)))
}

/** On one line, and not too long. */
export function shownLine(text: string, most = 300): string {
  const line = shownText(text.slice(0, most).replace(/\s+/g, ' ').trim())
  return text.length > most ? `${line}…` : line
}

/** Takes out what nobody shall see, wherever an answer repeats it. */
export function without(secrets: readonly (string | undefined)[], text: string): string {
  return secrets.reduce<string>(
    (rest, secret) => (secret === undefined || secret.length < 8 ? rest : rest.replaceAll(secret, '(hidden)')),
    text,
  )
}
