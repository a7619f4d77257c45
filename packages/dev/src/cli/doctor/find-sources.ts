import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ignoredBy } from './ignored-paths.js'

interface FoundSource {
  /** Relative to the folder, with slashes. */
  readonly file: string
  readonly text: string
}

export interface Search {
  readonly sources: readonly FoundSource[]
  /** What was left out that a person would expect to be looked at. */
  readonly leftOut: readonly string[]
}

const mostFiles = 2000
const mostBytes = 500 * 1024

const isProgram = /\.[cm]?[jt]sx?$/
const isNoSource = /\.d\.[cm]?ts$|\.(?:test|spec|stories|min|bundle|gen|generated)\.[^.]+$/
const isNoSourceFolder =
  /^(?:node_modules|bower_components|vendor|dist|build|out|coverage|tests?|__\w+__|e2e|spec|fixtures|generated)$|^\./
const isGenerated = /^(?:\s|\/[/*]|\*)[^\n]*(?:@generated|\bdo not edit\b)/im

/** JavaScript and TypeScript of a folder that people have written, tests left out. */
export async function findSources(folder: string): Promise<Search> {
  const gitignore = await readFile(join(folder, '.gitignore'), 'utf8').catch(() => '')
  const isIgnored = ignoredBy(gitignore)
  const sources: FoundSource[] = []
  const leftOut: string[] = []
  for await (const file of filesIn(folder, '', isIgnored)) {
    if (sources.length === mostFiles) {
      leftOut.push(`all files after the first ${mostFiles}`)
      break
    }
    const text = await textOf(join(folder, file))
    if (text === undefined) leftOut.push(`${file} (unreadable, or larger than 500 KB)`)
    else if (!isGenerated.test(text.slice(0, 1000)) && !isMinified(text)) sources.push({ file, text })
  }
  return { sources, leftOut }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).size > mostBytes ? undefined : await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

async function* filesIn(folder: string, inside: string, isIgnored: (path: string) => boolean): AsyncGenerator<string> {
  for (const entry of await entriesOf(join(folder, inside))) {
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`
    if (isIgnored(path)) continue
    if (entry.isDirectory() && !isNoSourceFolder.test(entry.name)) yield* filesIn(folder, path, isIgnored)
    if (entry.isFile() && isProgram.test(entry.name) && !isNoSource.test(entry.name)) yield path
  }
}

async function entriesOf(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1))
}

function isMinified(text: string): boolean {
  return text.length > 5000 && text.length / text.split('\n').length > 500
}
