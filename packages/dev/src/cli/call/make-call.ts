import type { Outcome } from '../command.js'
import { interruptible } from '../interrupt.js'
import { isLoopback } from '../project/issuer.js'
import { shownLine } from '../shown-text.js'
import type { Terminal } from '../terminal.js'
import { type Got, getToken } from '../token/get-token.js'
import type { ApiRequest, CallOptions } from './call-options.js'
import { outcomeOf } from './report.js'
import { send } from './send.js'

/** Gets a token, if one is wanted, sends the request, and reports. @throws {CliFailure} */
export async function makeCall({ request, token }: CallOptions, terminal: Terminal): Promise<Outcome> {
  const got = token === undefined ? undefined : await getToken(token, terminal)
  announce(request, got, terminal)
  const answer = await interruptible((signal) =>
    terminal.during(`Waiting for ${request.url.host}`, send(request, got?.issued, signal)),
  )
  return outcomeOf({ answer, got, values: token }, terminal.colors)
}

function announce({ url, method }: ApiRequest, got: Got | undefined, { say, talkColors }: Terminal): void {
  say(talkColors.dim(`${method} ${shownLine(url.href)}  ${got === undefined ? 'without a token' : described(got)}`))
  for (const note of got?.notes ?? []) say(`${talkColors.yellow('!')} ${shownLine(note, 1500)}`)
  if (got !== undefined && url.protocol === 'http:' && !isLoopback(url.host))
    say(`${talkColors.yellow('!')} Over http everybody on the way to ${url.host} can read the token.`)
}

function described({ issued, wanted }: Got): string {
  const scopes = issued.scopes.length === 0 ? 'no scopes' : shownLine(issued.scopes.join(' '), 200)
  return `with a ${issued.type} token of "${wanted.client.id}" (${scopes})`
}
