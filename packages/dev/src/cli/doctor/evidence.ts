import type { Node } from '@babel/types'
import type { SourceFile } from './source-file.js'
import { textAt } from './syntax/text-at.js'

const longest = 90

/** What stands there, on one line, with what could be a secret masked. */
export function evidenceOf(source: SourceFile, node: Node): string {
  const line = mask(textAt(source, node).split('\n', 1)[0] ?? '').trim()
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

function mask(text: string): string {
  return text
    .replace(/eyJ[\w-]{5,}(?:\.[\w-]*)*/g, '…')
    .replace(/[\w+/=-]{24,}/g, (run) => (/\d/.test(run) && /[a-z]/i.test(run) ? '…' : run))
    .replace(/((?:secret|password|api_?key)\w*['"]?\s*[:=,]\s*)(['"`])(?:(?!\2).)+\2/gi, '$1$2…$2')
}
