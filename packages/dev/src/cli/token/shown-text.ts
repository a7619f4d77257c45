/** Control characters, those that turn the direction of what follows, and those that cannot be seen. */
const unsafe = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** A text that somebody else has written, as a terminal may show it: it cannot move the cursor, or say what it does not. */
export function shownText(text: string): string {
  return text.replace(unsafe, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
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
