import type { Outcome } from '../command.js'
import { exitCodes } from '../failure.js'
import { shownLine, without } from '../shown-text.js'
import type { Terminal } from '../terminal.js'
import { adviceOn, type Called } from './advice.js'
import type { ApiAnswer } from './send.js'
import { dataOf, shownBody } from './shown-body.js'
import { statusLine } from './status-meaning.js'

/** Response headers that tell something about a call. */
const telling =
  /^(content-type|location|cache-control|retry-after|dpop-nonce|allow|x-request-id|x-correlation-id|ratelimit.*|x-ratelimit-.*)$/

/** What a call has brought. */
export async function outcomeOf(called: Called, colors: Terminal['colors']): Promise<Outcome> {
  const { answer, got } = called
  const { status, challenges } = answer
  const isGood = status < 400
  const next = adviceOn(called)
  const headers = tellingHeaders(answer)
  const parts = [
    [colors.bold((isGood ? colors.green : colors.red)(statusLine(status)))],
    challengeLines(answer),
    headers.map(([name, value]) => colors.dim(`${name}: ${value}`)),
    [await shownBody(answer)],
    next === undefined ? [] : [`${colors.yellow('→')} ${next}`],
  ]
  return {
    text: `${parts
      .filter(({ length }) => length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n')}\n`,
    data: {
      status,
      challenges,
      headers: Object.fromEntries(headers),
      body: dataOf(answer),
      body_cut: answer.isCut,
      next,
      ...(got === undefined ? {} : { token: factsOf(got) }),
    },
    exitCode: isGood ? exitCodes.ok : exitCodes.failed,
  }
}

function factsOf({ issued, wanted, notes }: NonNullable<Called['got']>) {
  const { type, scopes } = issued
  return {
    token_type: type,
    scopes,
    audience: wanted.audience,
    domain: wanted.host,
    client_id: wanted.client.id,
    notes,
  }
}

function challengeLines({ challenges }: ApiAnswer): readonly string[] {
  return challenges.flatMap(({ scheme, parameters }) => [
    `${shownLine(scheme, 40)} challenge`,
    ...Object.entries(parameters).map(([name, value]) => `  ${name.padEnd(18)} ${shownLine(value, 500)}`),
  ])
}

function tellingHeaders({ headers, secrets }: ApiAnswer): readonly (readonly [string, string])[] {
  return [...headers]
    .filter(([name]) => telling.test(name))
    .map(([name, value]) => [name, shownLine(without(secrets, value), 500)] as const)
}
