import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Rule } from '../rule.js'
import type { SourceFile } from '../source-file.js'
import { lastNameOf, nameOf, textOf, unwrapped } from '../syntax/names.js'
import { givenValue } from '../syntax/objects.js'

export const issuerNoSlash: Rule = {
  code: 'issuer-no-slash',
  severity: 'error',
  mend: {
    text: 'Issuers of Auth0 end with a slash: https://, the domain, and /. createAuth() makes it of the domain alone.',
  },
  docs: 'docs/quickstart.md#common-mistakes',
  check: ({ sources }) =>
    sources.flatMap((source) =>
      issuersIn(source)
        .filter((node) => lacksSlash(givenValue(source, node)))
        .map((node) => ({
          place: source.placeOf(node),
          evidence: evidenceOf(source, node),
          message: 'This issuer never equals the iss of a token of Auth0, which ends with a slash.',
        })),
    ),
}

/** What `iss` is compared with: an option `issuer`, or one side of a comparison. */
function issuersIn(source: SourceFile): readonly Node[] {
  const issuers: Node[] = []
  source.visit((node, around) => {
    const isOption = node.type === 'ObjectProperty' && /^(?:issuer|allowedIss)$/.test(nameOf(node.key) ?? '')
    const isGiven = around[0]?.type === 'ObjectExpression' && !isMetadata(around)
    if (isOption && isGiven) issuers.push(...[unwrapped(node.value)].flatMap(elementsOf))
    if (node.type === 'BinaryExpression' && /^[!=]==?$/.test(node.operator)) {
      if (lastNameOf(node.left) === 'iss') issuers.push(node.right)
      if (lastNameOf(node.right) === 'iss') issuers.push(node.left)
    }
  })
  return issuers
}

function elementsOf(node: Node): readonly Node[] {
  return node.type === 'ArrayExpression' ? node.elements.filter((element) => element !== null) : [node]
}

/** Metadata of an issuer, written down: the endpoints are told as well. */
function isMetadata([object]: readonly Node[]): boolean {
  if (object?.type !== 'ObjectExpression') return false
  return object.properties.some((one) => one.type === 'ObjectProperty' && /endpoint/i.test(nameOf(one.key) ?? ''))
}

function lacksSlash(node: Node): boolean {
  const text = textOf(node)
  if (text !== undefined) return /^https:\/\/[\w.-]+\.auth0\.com$/i.test(text)
  if (node.type === 'TemplateLiteral') {
    const [before, after, ...more] = node.quasis.map(({ value }) => value.raw)
    return before === 'https://' && after === '' && more.length === 0 && isAuth0Domain(node.expressions[0])
  }
  return (
    node.type === 'BinaryExpression' &&
    node.operator === '+' &&
    textOf(node.left) === 'https://' &&
    isAuth0Domain(node.right)
  )
}

function isAuth0Domain(node: Node | undefined): boolean {
  return node !== undefined && /auth0_?domain$/i.test(nameOf(node)?.replace(/[.]/g, '') ?? '')
}
