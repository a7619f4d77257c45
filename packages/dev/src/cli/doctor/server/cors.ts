import type { ObjectExpression } from '@babel/types'
import type { SourceFile } from '../source-file.js'
import { type Call, callsIn } from '../syntax/calls.js'
import { importsAny, localsOf } from '../syntax/imports.js'
import { nameOf } from '../syntax/names.js'
import { entryOf, objectOf } from '../syntax/objects.js'

/** A place where a program sets up CORS. */
export interface Cors {
  readonly call: Call
  readonly options: ObjectExpression | undefined
}

const corsModule = /^(?:cors|@fastify\/cors|fastify-cors|hono\/cors|@koa\/cors|koa2?-cors)$/

export function corsIn(source: SourceFile): readonly Cors[] {
  const locals = localsOf(source, corsModule)
  const isPlugin = ({ name, parameters: [first] }: Call) =>
    name === 'register' && first !== undefined && locals.includes(nameOf(first) ?? '')
  return callsIn(source).flatMap((call) => {
    if (locals.includes(call.path ?? '') || call.name === 'enableCors')
      return [{ call, options: objectOf(source, call.parameters[0]) }]
    if (call.path === 'NestFactory.create') return ofNest(source, call)
    return isPlugin(call) ? [{ call, options: objectOf(source, call.parameters[1]) }] : []
  })
}

/** `NestFactory.create(AppModule, { cors: { … } })` */
function ofNest(source: SourceFile, call: Call): readonly Cors[] {
  const given = call.parameters.map((parameter) => entryOf(objectOf(source, parameter), 'cors')).find((node) => node)
  return given === undefined ? [] : [{ call, options: objectOf(source, given) }]
}

/** Whether browsers on other origins were thought of in any way. */
export function thinksOfCors(source: SourceFile): boolean {
  return importsAny(source, corsModule) || /access-control-allow|enableCors|\bcors\b/i.test(source.text)
}
