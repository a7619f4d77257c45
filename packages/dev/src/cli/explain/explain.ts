import type { Command, Outcome } from '../command.js'
import type { Terminal } from '../terminal.js'
import { apiAnswerCheck } from './api-answer-check.js'
import { decisionCheck } from './decision-check.js'
import { expectationsOf } from './expectations.js'
import { explainCode } from './explain-code.js'
import { type ExplainOptions, explainOptions } from './explain-options.js'
import { maskedDeep } from './masking.js'
import { readToken } from './read-token.js'
import { inReadingOrder } from './reading-order.js'
import { report } from './report.js'
import { exitCodeOf, verdictOf } from './verdict.js'

export const explain: Command = {
  run: async (parameters, terminal) => {
    const options = await explainOptions(parameters)
    return options.code === undefined ? explained(options, terminal) : explainCode(options.code, terminal)
  },
}

async function explained(options: ExplainOptions, terminal: Terminal): Promise<Outcome> {
  const given = await readToken(options, terminal)
  const { explainToken } = await import('../../explain/explain-token.js')
  const { expectations, source } = await expectationsOf(options, given, terminal)
  const { checks: found, header, claims } = await explainToken(given.token, expectations)
  const decision = await decisionCheck({ token: given.token, checks: found, claims, expectations, source })
  const answer = options.apiAnswer === undefined ? undefined : apiAnswerCheck(options.apiAnswer, found)
  const checks = [...found, ...[decision, answer].filter((check) => check !== undefined)]
  const verdict = verdictOf(checks, expectations)
  const mask = options.showsPii ? <Value>(value: Value) => value : maskedDeep
  const surroundings = { nowSeconds: expectations.clock.nowSeconds(), known: expectations.known }
  const [audience] = expectations.audiences
  const hasRoute = options.scopes.length + options.permissions.length > 0
  return {
    text: report({ ...mask({ verdict, checks, header, claims, audience }), hasRoute, surroundings }, terminal.colors),
    data: mask({ verdict: verdict.kind, code: verdict.code ?? null, checks: inReadingOrder(checks), header, claims }),
    exitCode: exitCodeOf(verdict, source.kind),
  }
}
