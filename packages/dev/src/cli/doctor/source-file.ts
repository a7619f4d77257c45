import type { File, Node } from '@babel/types'
import type { Place } from './rule.js'

/** A file of the project, read and parsed. */
export interface SourceFile {
  /** Relative to the project, with slashes. */
  readonly file: string
  readonly text: string
  readonly tree: File
  /** Every node with those around it, the nearest first. */
  visit(look: (node: Node, around: readonly Node[]) => void): void
  placeOf(node: Node): Place
}
