import type { Answer, ResourceServerOptions } from '../../src/index.js'
import type { StackOptions } from './contract.js'

interface AdapterOptions extends ResourceServerOptions {
  onRefusal(answer: Answer): unknown
}

/** The options of a stack as every adapter takes them. */
export function adapterOptions({ problems = false, ...options }: StackOptions): AdapterOptions {
  return { ...options, onRefusal: ({ status }) => (problems ? { problem: status } : undefined) }
}
