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

const help = `Usage: sallyport explain [options] < token.txt

Says whether an API takes an access token, and if not why, and what to do about it.

  --file <file>         where the token is, instead of stdin; --env <name>: in that variable
  --domain <host>       the issuer that the API trusts; default AUTH0_DOMAIN
  --audience <id>       the identifier of the API; default AUTH0_AUDIENCE
  --scope "<a> <b>"     what the route asks for; with --permissions in that claim instead
  --scheme <scheme>     bearer or dpop, as the request sends it; default what stands before it
  --proof-file <file>   the DPoP proof; with --method <GET> and --url <url> of the request
  --api-answer <file>   what the API answered, as curl -i prints it
  --code <code>         explains a code of docs/errors.md, without a token
  --offline             asks nobody: the signature is not looked at
  --show-pii            does not mask email addresses
  --json                prints one JSON object: verdict, code, checks, header, claims

A whole token answer, and "Bearer" before the token, are understood. The signature is never shown.
Domain and audience come from options, the environment, or .env.

Exit codes: 0 the API would take it (--offline: nothing is wrong so far), 1 refused, 2 usage, or
something is missing to tell, 5 the keys cannot be reached.
`

export const explain: Command = {
  help,
  run: async (parameters, terminal) => {
    const options = explainOptions(parameters)
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
