import type { Node } from '@babel/types'
import type { SourceFile } from '../source-file.js'

/** A node as it is written. */
export function textAt({ text }: SourceFile, { start, end }: Node): string {
  return text.slice(start ?? 0, end ?? 0)
}
