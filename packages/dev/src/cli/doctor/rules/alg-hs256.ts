import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Rule } from '../rule.js'
import { factoriesIn } from '../server/factories.js'
import { verificationsIn } from '../server/verifications.js'
import type { SourceFile } from '../source-file.js'
import { textOf } from '../syntax/names.js'
import { entryOf, givenValue } from '../syntax/objects.js'

export const algHs256: Rule = {
  code: 'alg-hs256',
  severity: 'error',
  mend: {
    text: "Set the API's signing algorithm to RS256 in the dashboard, and accept algorithms: ['RS256'] alone.",
  },
  docs: 'docs/quickstart.md#common-mistakes',
  check: ({ sources }) =>
    sources.flatMap((source) =>
      algorithmListsOf(source)
        .flatMap((list) => weakOnesOf(source, list))
        .map((node) => ({ place: source.placeOf(node), evidence: evidenceOf(source, node), message: messageOf(node) })),
    ),
}

function algorithmListsOf(source: SourceFile): readonly Node[] {
  const verified = verificationsIn(source).flatMap(({ isOwn, algorithms }) => (isOwn ? [] : (algorithms ?? [])))
  const made = factoriesIn(source).flatMap(({ options }) =>
    typeof options === 'object' ? (entryOf(options, 'algorithms') ?? []) : [],
  )
  return [...verified, ...made]
}

function weakOnesOf(source: SourceFile, list: Node): readonly Node[] {
  const value = givenValue(source, list)
  const elements = value.type === 'ArrayExpression' ? value.elements : [value]
  return elements.flatMap((element) => (element && /^(?:HS\d+|none)$/i.test(textOf(element) ?? '') ? element : []))
}

function messageOf(node: Node): string {
  return /none/i.test(textOf(node) ?? '')
    ? 'Tokens without a signature are accepted: anybody can write one.'
    : 'Every holder of a shared secret can make tokens, and none can be verified with public keys.'
}
