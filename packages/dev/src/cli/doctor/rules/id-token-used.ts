import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Rule } from '../rule.js'
import type { SourceFile } from '../source-file.js'
import { callOf } from '../syntax/calls.js'
import { lastNameOf, textOf, unwrapped } from '../syntax/names.js'
import { givenValue } from '../syntax/objects.js'

export const idTokenUsed: Rule = {
  code: 'id-token-used',
  severity: 'error',
  mend: { text: 'Send the access token for your API: getAccessTokenSilently() with the audience of the API.' },
  docs: 'docs/quickstart.md#common-mistakes',
  check: ({ sources }) =>
    sources.flatMap((source) =>
      sentCredentialsIn(source)
        .flatMap((value) => idTokensIn(source, value))
        .map((node) => ({
          place: source.placeOf(node),
          evidence: evidenceOf(source, node),
          message: 'An ID token is sent to an API. It tells the application who has logged in; APIs refuse it.',
        })),
    ),
}

/** Whatever is put into an Authorization header. */
function sentCredentialsIn(source: SourceFile): readonly Node[] {
  const values: Node[] = []
  source.visit((node, [parent]) => {
    if (node.type === 'ObjectProperty' && parent?.type === 'ObjectExpression' && isAuthorization(node.key))
      values.push(node.value)
    if (node.type === 'AssignmentExpression' && lastNameOf(node.left)?.toLowerCase() === 'authorization')
      values.push(node.right)
    const call = callOf(node)
    const [name, value] = call?.parameters ?? []
    if (call && value && /^(?:set|append|header|setRequestHeader|setHeader)$/.test(call.name) && isAuthorization(name))
      values.push(value)
  })
  return values
}

function isAuthorization(node: Node | undefined): boolean {
  return node !== undefined && (textOf(node) ?? lastNameOf(node))?.toLowerCase() === 'authorization'
}

function idTokensIn(source: SourceFile, given: Node): readonly Node[] {
  const node = unwrapped(given)
  if (node.type === 'TemplateLiteral') return node.expressions.flatMap((inner) => idTokensIn(source, inner))
  if (node.type === 'BinaryExpression') return [node.left, node.right].flatMap((inner) => idTokensIn(source, inner))
  if (isIdToken(node)) return [node]
  return node.type === 'Identifier' && isIdToken(givenValue(source, node)) ? [node] : []
}

function isIdToken(node: Node): boolean {
  return /^(?:__raw|id_token|idToken|rawIdToken)$/.test(lastNameOf(node) ?? '')
}
