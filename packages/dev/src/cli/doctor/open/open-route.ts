import type { Node } from '@babel/types'

/** A place that lets everybody in, beside others that do not. */
export interface OpenRoute {
  readonly node: Node
  /** How near to it the others are: the same resource, or the same app alone. */
  readonly among: 'siblings' | 'app'
}

const writes: ReadonlySet<string> = new Set(['post', 'put', 'patch', 'delete'])

/** @param method In any case. */
export function isWrite(method: string): boolean {
  return writes.has(method.toLowerCase())
}

/** Whether a handler asks for something itself, which may be as good as a guard. */
export function asksItself(text: string): boolean {
  return /auth|verify|secret|signature|token|session|jwt|apikey|api-key/i.test(text)
}
