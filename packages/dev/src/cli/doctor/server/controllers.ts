import type { ClassDeclaration, ClassMethod, Node } from '@babel/types'
import type { SourceFile } from '../source-file.js'
import { type Call, callOf } from '../syntax/calls.js'
import { lastNameOf } from '../syntax/names.js'

export interface Decorator {
  readonly name: string
  /** The call, where it is one. */
  readonly call: Call | undefined
}

export interface Controller {
  readonly node: ClassDeclaration
  readonly decorators: readonly Decorator[]
  readonly methods: readonly { readonly node: ClassMethod; readonly decorators: readonly Decorator[] }[]
}

/** The controllers of NestJS in a file. */
export function controllersOf(source: SourceFile): readonly Controller[] {
  const controllers: Controller[] = []
  source.visit((node) => {
    if (node.type !== 'ClassDeclaration') return
    const decorators = decoratorsOf(node)
    if (!decorators.some(({ name }) => name === 'Controller')) return
    const methods = node.body.body.flatMap((member) =>
      member.type === 'ClassMethod' ? [{ node: member, decorators: decoratorsOf(member) }] : [],
    )
    controllers.push({ node, decorators, methods })
  })
  return controllers
}

export function decoratorsOf(node: Node): readonly Decorator[] {
  const decorators = 'decorators' in node ? (node.decorators ?? []) : []
  return decorators.map(({ expression }) => {
    const call = callOf(expression)
    return { name: call?.name ?? lastNameOf(expression) ?? '', call }
  })
}
