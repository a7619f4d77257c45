import { unsafeCharacters } from './unsafe-characters.js'

/** The words of a claim such as `scope`. */
export function wordsIn(text: unknown): readonly string[] {
  return typeof text === 'string' ? [...new Set(text.split(' '))].filter((word) => word !== '') : []
}

export function listed(words: readonly string[]): string {
  if (words.length === 0) return 'nothing'
  const shownWords = words.map((word) => shown(word))
  return words.length > 20
    ? `${shownWords.slice(0, 20).join(', ')} and ${words.length - 20} more`
    : shownWords.join(', ')
}

/** A value of a token that is not checked yet, no longer than a sentence can bear. */
export function shown(value: unknown): string {
  return shownUpTo(120, value)
}

/** Without what could move the cursor of a terminal, or turn the direction of what follows. */
export function shownUpTo(most: number, value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  const plain = text.replace(unsafeCharacters, '\ufffd')
  return plain.length > most ? `${plain.slice(0, most)}…` : plain
}
