import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Tokens on disk, one a line, so that another process can read them without holding them as strings. */
export interface TokenFile {
  readonly path: string
  remove(): void
}

export function writeTokenFile(tokens: readonly string[]): TokenFile {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const path = join(directory, 'tokens')
  writeFileSync(path, tokens.join('\n'))
  return { path, remove: () => rmSync(directory, { recursive: true }) }
}

/** The lines of a token file as views of one buffer: they weigh the same before and after a measurement. */
export function readTokenFile(path: string): readonly Buffer[] {
  const bytes = readFileSync(path)
  const tokens: Buffer[] = []
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf('\n', start)
    const end = newline === -1 ? bytes.length : newline
    tokens.push(bytes.subarray(start, end))
    start = end + 1
  }
  return tokens
}

/** A string as an HTTP parser makes it: flat, and without a hash that an earlier use left behind. */
export function freshString(bytes: Buffer): string {
  return bytes.toString('latin1')
}
