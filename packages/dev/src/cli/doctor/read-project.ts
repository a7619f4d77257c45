import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { usageMistake } from '../failure.js'
import { jsonObjectIn } from '../json.js'
import { entriesOf } from '../project/env-text.js'
import { findSources } from './find-sources.js'
import { parseSource } from './parse-source.js'
import type { EnvFile, PackageJson, Project } from './project.js'
import type { Finding } from './rule.js'
import type { SourceFile } from './source-file.js'

export interface Reading {
  readonly project: Project
  /** Files that the parser makes nothing of. */
  readonly unparsed: readonly Finding[]
  readonly leftOut: readonly string[]
}

/** @throws {CliFailure} There is no such folder. */
export async function readProject(folder: string): Promise<Reading> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) throw usageMistake(`There is no folder ${folder}.`, 'sallyport doctor [folder]')
  const { sources: found, leftOut } = await findSources(folder)
  const sources: SourceFile[] = []
  const unparsed: Finding[] = []
  for (const { file, text } of found) {
    try {
      sources.push(parseSource(file, text))
    } catch (error) {
      unparsed.push(unparsedFinding(file, error))
    }
  }
  const packageJson = packageJsonOf(await textOf(join(folder, 'package.json')))
  const envFile = envFileOf(await textOf(join(folder, '.env')))
  const environment = environmentWith(envFile)
  return { project: { folder, sources, packageJson, envFile, environment }, unparsed, leftOut }
}

function unparsedFinding(file: string, error: unknown): Finding {
  const { line = 1, column = 0 } = (error as { loc?: { line: number; column: number } }).loc ?? {}
  const reason = error instanceof Error ? error.message.replace(/ \(\d+:\d+\)$/, '').split('\n')[0] : 'no reason given'
  return { place: { file, line, column: column + 1 }, message: `This file was not looked at: ${reason}` }
}

function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

function packageJsonOf(text: string | undefined): PackageJson | undefined {
  if (text === undefined) return undefined
  const { scripts, dependencies, devDependencies } = (jsonObjectIn(text) ?? {}) as PackageJsonParts
  return { text, scripts: textsOf(scripts), dependencies: { ...textsOf(devDependencies), ...textsOf(dependencies) } }
}

interface PackageJsonParts {
  readonly scripts?: unknown
  readonly dependencies?: unknown
  readonly devDependencies?: unknown
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(Object(value)).map(([name, text]) => [name, String(text)]))
}

function envFileOf(text: string | undefined): EnvFile | undefined {
  if (text === undefined) return undefined
  const variables = entriesOf(text).map(({ name, value, start }) => ({
    name,
    value,
    line: text.slice(0, start).split('\n').length,
  }))
  return { text, variables }
}

function environmentWith(envFile: EnvFile | undefined): Project['environment'] {
  const file = parseEnv(envFile?.text ?? '')
  const names = new Set([...Object.keys(file), ...Object.keys(process.env)])
  return Object.fromEntries([...names].map((name) => [name, process.env[name] || file[name]]))
}
