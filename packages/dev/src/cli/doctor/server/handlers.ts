import type { Node } from '@babel/types'
import { callOf } from '../syntax/calls.js'
import { type FunctionNode, isFunction } from '../syntax/functions.js'
import { lastNameOf, nameOf } from '../syntax/names.js'
import { decoratorsOf } from './controllers.js'
import { isWebMethod } from './web-methods.js'

const takesHandlers =
  /^(?:get|post|put|patch|delete|options|head|all|route|use|addHook|protect|createServer|serve|onRequest)$/
const handlerKeys = /^(?:handler|onRequest|preHandler|preValidation|preParsing|fetch|loader|action)$/
const requestNames = /^_?(?:req|request)$/

/** The function around a node that runs once per request, if there is one. */
export function handlerAround(around: readonly Node[]): FunctionNode | undefined {
  for (const [index, node] of around.entries())
    if (isFunction(node) && runsPerRequest(node, around.slice(index + 1))) return node
  return undefined
}

function runsPerRequest(node: FunctionNode, [parent]: readonly Node[]): boolean {
  if (takesRequest(node)) return true
  if (node.type === 'ClassMethod') return decoratorsOf(node).some(({ name }) => routeDecorator.test(name))
  if (node.type === 'FunctionDeclaration') return isWebMethod(node.id?.name ?? '')
  if (node.type === 'ObjectMethod') return handlerKeys.test(nameOf(node.key) ?? '')
  if (parent === undefined) return false
  if (parent.type === 'ObjectProperty') return handlerKeys.test(nameOf(parent.key) ?? '')
  if (parent.type === 'VariableDeclarator') return isWebMethod(nameOf(parent.id) ?? '')
  const call = callOf(parent)
  return call !== undefined && call.node.callee !== node && takesHandlers.test(lastNameOf(call.node.callee) ?? '')
}

const routeDecorator = /^(?:Get|Post|Put|Patch|Delete|Options|Head|All)$/

function takesRequest({ params }: FunctionNode): boolean {
  const [first] = params
  return first?.type === 'Identifier' && requestNames.test(first.name)
}
