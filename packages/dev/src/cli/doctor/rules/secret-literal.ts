import type { Node } from '@babel/types'
import type { Rule } from '../rule.js'
import type { SourceFile } from '../source-file.js'
import { callOf } from '../syntax/calls.js'
import { lastNameOf, textOf } from '../syntax/names.js'

export const secretLiteral: Rule = {
  code: 'secret-literal',
  severity: 'error',
  mend: { text: 'Rotate the secret: the history of the repository keeps it. Then read it from the environment.' },
  check: ({ sources }) =>
    sources.flatMap((source) =>
      secretsIn(source).map((node) => ({
        place: source.placeOf(node),
        message: 'A client secret is written into the source.',
      })),
    ),
}

const secretName = /client_?secret$/i

/** What is given to a name that says so: a property, a variable, an assignment, or a pair of parameters. */
function secretsIn(source: SourceFile): readonly Node[] {
  const secrets: Node[] = []
  const look = (name: Node | undefined, value: Node | null | undefined) => {
    const isNamed = name !== undefined && secretName.test(textOf(name) ?? lastNameOf(name) ?? '')
    if (isNamed && value && looksRandom(textOf(value))) secrets.push(value)
    if (isNamed && value?.type === 'LogicalExpression' && looksRandom(textOf(value.right))) secrets.push(value.right)
  }
  source.visit((node) => {
    if (node.type === 'ObjectProperty' || node.type === 'ClassProperty') look(node.key, node.value)
    if (node.type === 'VariableDeclarator') look(node.id, node.init)
    if (node.type === 'AssignmentExpression') look(node.left, node.right)
    const call = callOf(node)
    if (call?.parameters.length === 2) look(call.parameters[0], call.parameters[1])
  })
  return secrets
}

/** As Auth0 makes them: 64 characters of base64url; other lengths where they are as mixed. */
function looksRandom(text: string | undefined): boolean {
  if (text === undefined || !/^[\w-]{32,128}$/.test(text)) return false
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && new Set(text).size > 16
}
