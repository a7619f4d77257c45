import { CliFailure } from '../failure.js'

export interface EnvEntry {
  readonly name: string
  readonly value: string
  /** Where the value stands, quotes included. */
  readonly start: number
  readonly end: number
  /** Whether it stands behind a byte order mark, where `node --env-file` does not see it. */
  readonly isMarked: boolean
}

/**
 * Sets variables in the text of an `.env` file, and leaves all else as it is: comments, order, line ends, `export`, quotes. A
 * variable that is there several times is set everywhere, as readers differ in which one counts.
 *
 * @throws {CliFailure} A value cannot be written so that every reader reads the same.
 */
export function withVariables(text: string, values: Readonly<Record<string, string>>): string {
  const entries = entriesOf(text)
  const isToSet = ({ name, value }: EnvEntry) => Object.hasOwn(values, name) && values[name] !== value
  const set = entries
    .filter(isToSet)
    .reduceRight(
      (result, { name, start, end }) =>
        result.slice(0, start) + written(name, values[name] ?? '', text[start]) + result.slice(end),
      text,
    )
  const isThere = (name: string) => entries.some((entry) => entry.name === name && !entry.isMarked)
  const missing = Object.entries(values).filter(([name]) => !isThere(name))
  const lineEnd = /\r?\n/.exec(text)?.[0] ?? '\n'
  const isOpen = !/(?:^\uFEFF?|\n)$/.test(set)
  const lines = missing.map(([name, value]) => `${name}=${written(name, value)}${lineEnd}`)
  return checked(missing.length === 0 ? set : set + (isOpen ? lineEnd : '') + lines.join(''), values)
}

/** A quote that somebody forgot to close would end at one that is written here. */
function checked(text: string, values: Readonly<Record<string, string>>): string {
  if (Object.entries(values).every(([name, value]) => variableOf(text, name) === value)) return text
  throw new CliFailure(
    'env_quote',
    '.env has a quote that is never closed. Mend that first; nothing was changed in it.',
  )
}

/** The value that counts: the last one, as for `node --env-file`. */
export function variableOf(text: string, name: string): string | undefined {
  return entriesOf(text).findLast((entry) => entry.name === name)?.value
}

/** Reads as `node --env-file` does: a quoted value may have several lines, and ends at the next quote of its kind. */
export function entriesOf(text: string): readonly EnvEntry[] {
  const entries: EnvEntry[] = []
  const first = text.startsWith('\uFEFF') ? 1 : 0
  let at = first
  while (at < text.length) {
    const lineEnd = endOfLine(text, at)
    const [prefix, key] = /^[^\S\n]*([^\s=#][^=\n]*)= */.exec(text.slice(at, lineEnd)) ?? []
    if (prefix === undefined || key === undefined) {
      at = lineEnd + 1
      continue
    }
    const start = at + prefix.length
    const { value, end } = valueAt(text, start, lineEnd)
    const name = key.trim().replace(/^export\s+/, '')
    entries.push({ name, value, start, end, isMarked: first === 1 && at === first })
    at = endOfLine(text, end) + 1
  }
  return entries
}

function valueAt(text: string, start: number, lineEnd: number): { readonly value: string; readonly end: number } {
  const quote = text[start] ?? ''
  const closing = quotes.includes(quote) ? text.indexOf(quote, start + 1) : -1
  if (closing >= 0) {
    const inner = text.slice(start + 1, closing).replaceAll('\r', '')
    return { value: quote === '"' ? inner.replaceAll('\\n', '\n') : inner, end: closing + 1 }
  }
  const line = text.slice(start, lineEnd)
  const value = (quotes.includes(quote) ? line : line.replace(/#.*$/s, '')).trimEnd()
  return { value, end: start + value.length }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

const quotes: readonly string[] = ["'", '"', '`']

/** What no reader, and no shell, takes for anything else. */
const plain = /^[\w.:/@%+,=-]*$/

/** @param before The first character of what stood there: its quotes are kept. */
function written(name: string, value: string, before = ''): string {
  // Node 20 misreads empty quotes.
  const isQuoted = quotes.includes(before) && value !== ''
  if (!isQuoted && plain.test(value)) return value
  const quote = [...(isQuoted ? [before] : []), ...quotes].find((one) => fits(value, one))
  if (quote === undefined || /\p{Cc}/u.test(value))
    throw new CliFailure('env_value', `The value for ${name} has characters that an .env file cannot have.`)
  return `${quote}${value}${quote}`
}

/** Within double quotes some readers replace `\n` and `$NAME`. */
function fits(value: string, quote: string): boolean {
  return !value.includes(quote) && (quote === "'" || !/[\\$]/.test(value))
}
