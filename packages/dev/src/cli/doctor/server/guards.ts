import type { Node } from '@babel/types'
import type { SourceFile } from '../source-file.js'
import { type Call, callsIn } from '../syntax/calls.js'
import { importsAny } from '../syntax/imports.js'
import { memberOf, textOf, unwrapped } from '../syntax/names.js'
import { textAt } from '../syntax/text-at.js'
import { rootOf } from './routes.js'

const speaksOfAccess =
  /auth|jwt|guard|protect|require|verif|token|scope|permission|login|signedin|admin|role|passport|secur|check(?!version|health|sum)|session(?!\s*\()/i

/** Whether something before a handler looks as if it kept strangers out. */
export function looksLikeGuard(source: SourceFile, node: Node): boolean {
  return speaksOfAccess.test(textAt(source, node))
}

export function usesSallyport(source: SourceFile): boolean {
  return importsAny(source, /^sallyport(?:\/|$)/)
}

/** What an app puts before all that comes after it: `app.use(x)`, `app.addHook('onRequest', x)`. */
export interface Global {
  readonly call: Call
  readonly app: string
  /** What was put there. */
  readonly nodes: readonly Node[]
  /** Such as `/api`, where it is not for every path. */
  readonly path: string | undefined
}

const hookNames: ReadonlySet<string> = new Set(['onRequest', 'preParsing', 'preValidation', 'preHandler'])

export function globalsOf(source: SourceFile): readonly Global[] {
  return callsIn(source).flatMap((call) => {
    const member = memberOf(call.node.callee)
    if (member === undefined) return []
    const [first, ...rest] = call.parameters
    const app = rootOf(member.object)
    if (member.name === 'addHook' && hookNames.has(textOf(first) ?? ''))
      return [{ call, app, nodes: rest, path: undefined }]
    if (member.name !== 'use' || first === undefined) return []
    const path = textOf(first)
    const isEverywhere = path === undefined || /^(?:\/?\*|\/)?$/.test(path)
    const nodes = path === undefined ? call.parameters : rest
    return [{ call, app, nodes: nodes.map(unwrapped), path: isEverywhere ? undefined : path }]
  })
}
