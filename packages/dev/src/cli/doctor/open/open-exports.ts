import { looksLikeGuard } from '../server/guards.js'
import { webMethodsIn } from '../server/web-methods.js'
import type { SourceFile } from '../source-file.js'
import { textAt } from '../syntax/text-at.js'
import { asksItself, isWrite, type OpenRoute } from './open-route.js'

/** Of a route file, such as those of Next.js: `export const DELETE` beside a guarded `export const GET`. */
export function openExportsIn(source: SourceFile): readonly OpenRoute[] {
  const methods = webMethodsIn(source)
  const guarded = methods.filter(({ value }) => value.type === 'CallExpression' && looksLikeGuard(source, value.callee))
  return methods
    .filter((one) => !guarded.includes(one) && !/^(?:OPTIONS|HEAD)$/.test(one.method))
    .filter(({ value }) => !looksLikeGuard(source, value) && !asksItself(textAt(source, value)))
    .filter(({ method }) => guarded.some((other) => isWrite(method) || !isWrite(other.method)))
    .map(({ value }) => ({ node: value, among: 'siblings' }))
}
