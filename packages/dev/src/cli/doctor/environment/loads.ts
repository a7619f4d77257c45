import type { Node } from '@babel/types'
import type { SourceFile } from '../source-file.js'
import { callsIn } from '../syntax/calls.js'
import { importsOf, localsOf } from '../syntax/imports.js'
import { textAt } from '../syntax/text-at.js'

const loadingModule = /^(?:dotenv\/config|dotenv-flow\/config|@dotenvx\/dotenvx\/config|dotenv-safe\/config)$/

/** Where a file fills the environment from a file. */
export function environmentLoadsIn(source: SourceFile): readonly Node[] {
  const modules = importsOf(source).filter(({ module }) => loadingModule.test(module))
  const locals = localsOf(source, /^(?:dotenv|dotenv-flow|dotenv-expand|@dotenvx\/dotenvx)$/)
  const calls = callsIn(source).filter(
    ({ path = '' }) =>
      /(?:^|\.)(?:loadEnvFile|loadEnvConfig)$/.test(path) ||
      locals.some((local) => path === local || path === `${local}.config`),
  )
  const chained = callsIn(source).filter(
    ({ name, node }) => name === 'config' && /^require\(['"`]dotenv/.test(textAt(source, node)),
  )
  return [...modules, ...calls, ...chained].map(({ node }) => node)
}
