import type { Node } from '@babel/types'
import type { Project } from '../project.js'
import type { Place } from '../rule.js'
import type { SourceFile } from '../source-file.js'
import { callsIn } from '../syntax/calls.js'
import { importsAny } from '../syntax/imports.js'
import { textOf, unwrapped } from '../syntax/names.js'
import { entryOf, objectOf } from '../syntax/objects.js'

/** A scope or a permission that a route wants. */
export interface WantedRight {
  readonly name: string
  readonly place: Place
  /** Whether another would do instead. */
  readonly isAlternative: boolean
}

const guards: readonly string[] = [
  'requireAuth',
  'RequireAuth',
  'require',
  'protect',
  'authenticate',
  'resolveRequirement',
]
const members = [
  { member: 'scopes', isAlternative: false },
  { member: 'anyScope', isAlternative: true },
  { member: 'permissions', isAlternative: false },
  { member: 'anyPermission', isAlternative: true },
] as const

/** What the guards of Sallyport demand, as far as it stands there as text. */
export function wantedRights({ sources }: Project): readonly WantedRight[] {
  return sources.filter((source) => importsAny(source, /^sallyport(\/|$)/)).flatMap(rightsIn)
}

function rightsIn(source: SourceFile): readonly WantedRight[] {
  const calls = callsIn(source).filter(({ name }) => guards.includes(name))
  return calls.flatMap(({ parameters }) =>
    parameters.flatMap((parameter) => {
      const requirement = objectOf(source, parameter)
      return members.flatMap(({ member, isAlternative }) =>
        namesIn(source, entryOf(requirement, member)).map((named) => ({ ...named, isAlternative })),
      )
    }),
  )
}

/** A text with names between spaces, or a list of names. */
function namesIn(source: SourceFile, node: Node | undefined): readonly Pick<WantedRight, 'name' | 'place'>[] {
  if (node === undefined) return []
  const value = unwrapped(node)
  const items = value.type === 'ArrayExpression' ? value.elements.flatMap((item) => item ?? []) : [value]
  return items.flatMap((item) =>
    (textOf(item) ?? '')
      .split(' ')
      .filter((name) => name !== '')
      .map((name) => ({ name, place: source.placeOf(item) })),
  )
}
