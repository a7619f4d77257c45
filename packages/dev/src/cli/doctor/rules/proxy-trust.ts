import type { Node, ObjectExpression } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Project } from '../project.js'
import type { Finding, Rule } from '../rule.js'
import { dpopWishesOf } from '../server/dpop-mode.js'
import { type Factory, factoriesIn } from '../server/factories.js'
import type { SourceFile } from '../source-file.js'
import { callsIn } from '../syntax/calls.js'
import { textOf } from '../syntax/names.js'
import { entryOf, isOpen, objectOf } from '../syntax/objects.js'

export const proxyTrust: Rule = {
  code: 'proxy-trust',
  severity: 'warning',
  mend: { text: 'Tell createAuth the URL that clients use: publicUrl, or trustProxy.' },
  docs: 'docs/behind-a-proxy.md',
  check: (project) =>
    isBehindProxy(project)
      ? project.sources.flatMap((source) => factoriesIn(source).flatMap((factory) => findingOf(source, factory)))
      : [],
}

function findingOf(source: SourceFile, { call, isSallyport, options }: Factory): readonly Finding[] {
  if (!isSallyport || options === undefined || (options !== 'none' && isTold(options))) return []
  const wishes = options === 'none' ? [] : dpopWishesOf(source, options)
  if (wishes.includes('disabled')) return []
  const message = 'The framework is told of a proxy and Sallyport is not: DPoP proofs name a URL that it does not know.'
  // By default DPoP is on, but there may be no client that uses it.
  const severity = wishes.includes('asked for') ? 'warning' : 'info'
  return [{ place: source.placeOf(call.node), evidence: evidenceOf(source, call.node), message, severity }]
}

function isTold(options: ObjectExpression): boolean {
  return isOpen(options) || entryOf(options, 'publicUrl') !== undefined || entryOf(options, 'trustProxy') !== undefined
}

/** The settings of Fastify and Express that are for nothing else. */
function isBehindProxy({ sources }: Project): boolean {
  return sources.some((source) =>
    callsIn(source).some(({ path = '', name, parameters: [first, second] }) => {
      if (name === 'set' && textOf(first) === 'trust proxy') return isOn(second)
      if (name === 'enable' && textOf(first) === 'trust proxy') return true
      return /^fastify$/i.test(path) && isOn(trustProxyOf(source, first))
    }),
  )
}

function trustProxyOf(source: SourceFile, given: Node | undefined): Node | undefined {
  return entryOf(objectOf(source, given), 'trustProxy')
}

function isOn(node: Node | undefined): boolean {
  return node !== undefined && !(node.type === 'BooleanLiteral' && !node.value)
}
