import { posix } from 'node:path'
import type { Project } from '../project.js'
import type { SourceFile } from '../source-file.js'
import { importsAny, importsOf } from '../syntax/imports.js'
import { exportsFetch, webMethodsIn } from './web-methods.js'

const serverModule =
  /^(?:fastify|express|hono|koa|restify|polka|h3|elysia|@koa\/router|@nestjs\/(?:common|core)|@hono\/node-server|(?:node:)?https?|sallyport(?:\/(?!testing).*)?)$/

/** Files that a server runs: they are of one themselves, import such a file, or are imported by one. */
export function serverFilesOf(project: Project): readonly SourceFile[] {
  const own = new Set(project.sources.filter(isServerFile))
  const known = new Set([
    ...own,
    ...project.sources.filter((source) => importedBy(project, source).some((next) => own.has(next))),
  ])
  for (const source of known) for (const next of importedBy(project, source)) known.add(next)
  return project.sources.filter((source) => known.has(source))
}

/** It imports a framework, or exports what a runtime calls with requests. */
export function isServerFile(source: SourceFile): boolean {
  return importsAny(source, serverModule) || webMethodsIn(source).length > 0 || exportsFetch(source)
}

function importedBy(project: Project, source: SourceFile): readonly SourceFile[] {
  return importsOf(source).flatMap(({ module, isTypeOnly }) =>
    isTypeOnly ? [] : (resolvedIn(project, source, module) ?? []),
  )
}

/** The file of the project that a relative import means. */
export function resolvedIn(project: Project, { file }: SourceFile, module: string): SourceFile | undefined {
  if (!module.startsWith('.')) return undefined
  const path = posix.join(posix.dirname(file), module)
  const files = filesOf(project)
  return files.get(path) ?? files.get(bare(path)) ?? files.get(posix.join(path, 'index'))
}

const known = new WeakMap<Project, ReadonlyMap<string, SourceFile>>()

/** By path, and by path without its ending: `./app.js` may mean `app.ts`. */
function filesOf(project: Project): ReadonlyMap<string, SourceFile> {
  const files =
    known.get(project) ??
    new Map(project.sources.flatMap((source) => [[bare(source.file), source] as const, [source.file, source] as const]))
  known.set(project, files)
  return files
}

function bare(path: string): string {
  return path.replace(/\.[cm]?[jt]sx?$/, '')
}
