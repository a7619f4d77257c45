import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Project } from '../project.js'
import type { Rule } from '../rule.js'
import { usesSallyport } from '../server/guards.js'
import type { SourceFile } from '../source-file.js'
import { callsIn } from '../syntax/calls.js'
import { textOf } from '../syntax/names.js'
import { entryOf, givenValue, objectOf } from '../syntax/objects.js'

export const scopeVsPermissions: Rule = {
  code: 'scope-vs-permissions',
  severity: 'info',
  mend: {
    text: 'With RBAC, demand permissions everywhere: a scope says what the client may ask for, not what its user may do.',
  },
  docs: 'docs/quickstart.md#common-mistakes',
  check: (project) => {
    const demands = demandsIn(project)
    const permissions = new Set(demands.filter(({ kind }) => kind === 'permission').map(({ value }) => value))
    return demands
      .filter(({ kind, value }) => kind === 'scope' && permissions.has(value))
      .map(({ source, node, value }) => ({
        place: source.placeOf(node),
        evidence: evidenceOf(source, node),
        message: `"${value}" is a scope here and a permission elsewhere: one of the two is likely to let the wrong callers in.`,
      }))
  },
}

interface Demand {
  readonly source: SourceFile
  readonly node: Node
  readonly kind: 'scope' | 'permission'
  readonly value: string
}

const kinds = [
  ['scopes', 'scope'],
  ['anyScope', 'scope'],
  ['permissions', 'permission'],
  ['anyPermission', 'permission'],
] as const

function demandsIn({ sources }: Project): readonly Demand[] {
  return sources.filter(usesSallyport).flatMap((source) =>
    callsIn(source)
      .filter(({ name }) => /^(?:requireAuth|RequireAuth|protect|require|authenticate)$/.test(name))
      .flatMap(({ parameters }) => parameters.flatMap((given) => objectOf(source, given) ?? []))
      .flatMap((requirement) =>
        kinds.flatMap(([option, kind]) => {
          const node = entryOf(requirement, option)
          return node === undefined ? [] : valuesOf(source, node).map((value) => ({ source, node, kind, value }))
        }),
      ),
  )
}

function valuesOf(source: SourceFile, given: Node): readonly string[] {
  const node = givenValue(source, given)
  const elements = node.type === 'ArrayExpression' ? node.elements : [node]
  return elements.flatMap((element) => textOf(element)?.split(' ') ?? [])
}
