/** A word as a POSIX shell reads it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** A command that a person can paste. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}
