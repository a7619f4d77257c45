import type { Node, ObjectExpression } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Finding, Rule, Severity } from '../rule.js'
import { corsIn } from '../server/cors.js'
import { dpopModesIn } from '../server/dpop-mode.js'
import type { SourceFile } from '../source-file.js'
import { textOf } from '../syntax/names.js'
import { entryOf, givenValue } from '../syntax/objects.js'

export const corsHeadersRule: Rule = {
  code: 'cors-headers',
  severity: 'error',
  mend: { text: "Add them to the list, or take Sallyport's: import { corsHeaders } from 'sallyport'." },
  docs: 'docs/frameworks.md',
  check: ({ sources }) => {
    const modes = sources.flatMap(dpopModesIn)
    const isBound = modes.includes('required')
    const wantsNonce = modes.includes('nonce')
    return sources.flatMap((source) =>
      corsIn(source).flatMap(({ options }) => [
        ...lackingIn(source, options, {
          options: ['allowedHeaders', 'allowHeaders'],
          wanted: isBound ? ['Authorization', 'DPoP'] : ['Authorization'],
          message: (lacking) => `Browsers may not send ${lacking} to this API: every preflight is in vain.`,
        }),
        ...lackingIn(source, options, {
          options: ['exposedHeaders', 'exposeHeaders'],
          wanted: wantsNonce ? ['WWW-Authenticate', 'DPoP-Nonce'] : ['WWW-Authenticate'],
          message: (lacking) =>
            wantsNonce
              ? `Browser clients cannot read ${lacking}, so they never learn the nonce.`
              : `Browser clients cannot read ${lacking}, which says why they are refused.`,
          // What is refused stays refused.
          ...(wantsNonce ? {} : { severity: 'warning' }),
        }),
      ]),
    )
  },
}

interface Wish {
  readonly options: readonly string[]
  readonly wanted: readonly string[]
  readonly message: (lacking: string) => string
  /** Default that of the rule. */
  readonly severity?: Severity
}

function lackingIn(source: SourceFile, options: ObjectExpression | undefined, wish: Wish): readonly Finding[] {
  const given = wish.options.map((name) => entryOf(options, name)).find((node) => node)
  const named = given && headersIn(givenValue(source, given))
  if (given === undefined || named === undefined || named.includes('*')) return []
  const lacking = wish.wanted.filter((name) => !named.includes(name.toLowerCase()))
  if (lacking.length === 0) return []
  const message = wish.message(lacking.join(' and '))
  const { severity } = wish
  const finding = { place: source.placeOf(given), evidence: evidenceOf(source, given), message }
  return [severity === undefined ? finding : { ...finding, severity }]
}

/** In lower case; nothing where they cannot all be seen. */
function headersIn(node: Node): readonly string[] | undefined {
  const text = textOf(node)
  if (text !== undefined) return text.split(',').map((name) => name.trim().toLowerCase())
  if (node.type !== 'ArrayExpression') return undefined
  const names = node.elements.map((element) => textOf(element)?.toLowerCase())
  return names.every((name) => name !== undefined) ? names : undefined
}
