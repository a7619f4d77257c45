import type { Project } from '../project.js'
import { controllersOf, type Decorator } from '../server/controllers.js'
import type { SourceFile } from '../source-file.js'
import { importsAny } from '../syntax/imports.js'
import { textAt } from '../syntax/text-at.js'
import { asksItself, type OpenRoute } from './open-route.js'

const routeDecorator = /^(?:Get|Post|Put|Patch|Delete)$/
const writeDecorator = /^(?:Post|Put|Patch|Delete)$/
const guardDecorator = /^(?:UseGuards|RequireAuth|Auth\w*|Roles|Permissions|Scopes)$/
const publicDecorator = /public|anonymous|skip|noauth|open/i

/** Sallyport's module guards all routes of a Nest app, unless it is told otherwise. */
export function guardsAllMethods({ sources }: Project): boolean {
  return (
    sources.some((source) => importsAny(source, /^sallyport\/nestjs$/)) &&
    !sources.some(({ text }) => text.includes('decoratedRoutes'))
  )
}

/** Methods of a Nest controller without a guard, where others have one and nothing guards all. */
export function openMethodsIn(source: SourceFile): readonly OpenRoute[] {
  return controllersOf(source).flatMap(({ decorators, methods }) => {
    if (has(decorators, guardDecorator) || has(decorators, publicDecorator)) return []
    const routes = methods.filter((method) => has(method.decorators, routeDecorator))
    if (!routes.some((method) => has(method.decorators, guardDecorator))) return []
    return routes
      .filter(({ decorators: own }) => has(own, writeDecorator))
      .filter(({ decorators: own }) => !has(own, guardDecorator) && !has(own, publicDecorator))
      .filter(({ node }) => !asksItself(textAt(source, node)))
      .map(({ node }) => ({ node: node.key, among: 'siblings' as const }))
  })
}

function has(decorators: readonly Decorator[], name: RegExp): boolean {
  return decorators.some((decorator) => name.test(decorator.name))
}
