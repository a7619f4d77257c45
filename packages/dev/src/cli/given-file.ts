import { readFile } from 'node:fs/promises'
import { usageMistake } from './failure.js'

/** A file that somebody has named. @throws {CliFailure} It cannot be read. */
export function readGivenFile(file: string, fix?: string): Promise<Buffer> {
  return readFile(file).catch(({ code }: NodeJS.ErrnoException) => {
    throw usageMistake(`${file.slice(0, 200)} cannot be read (${code}).`, fix)
  })
}
