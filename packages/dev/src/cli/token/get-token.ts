import { interruptible } from '../interrupt.js'
import type { Terminal } from '../terminal.js'
import { secretOf } from './client.js'
import { deviceToken, type ShownCode } from './device-flow.js'
import { type IssuedToken, issuedToken } from './issued-token.js'
import { notesOn } from './notes.js'
import { proofKey } from './proof-key.js'
import type { TokenValues } from './token-options.js'
import { createTokenEndpoint } from './token-request.js'
import { type WantedToken, wantedToken } from './wanted-token.js'

export interface Got {
  readonly issued: IssuedToken
  readonly wanted: WantedToken
  /** What is not as somebody may have expected it. */
  readonly notes: readonly string[]
}

/**
 * Gets the token that the options describe, from a tenant: by client credentials, or with a person's help by the device flow.
 *
 * @throws {CliFailure}
 */
export async function getToken(values: TokenValues, terminal: Terminal): Promise<Got> {
  const wanted = await wantedToken(values, terminal)
  const isDevice = values.device === true
  const askedForDpop = values.dpop === true || values['dpop-key'] !== undefined
  const key = askedForDpop ? await proofKey(values['dpop-key']) : undefined
  if (key?.isNew === true)
    terminal.say(terminal.talkColors.dim(`A new DPoP key is in ${key.file}, for you alone to read.`))
  const secret = isDevice ? undefined : secretOf(wanted.client, wanted.host)
  const answer = await interruptible(async (signal) => {
    const endpoint = createTokenEndpoint(wanted, { key, signal })
    if (isDevice) return deviceToken(wanted, { endpoint, signal, show: (code) => showCode(code, terminal) })
    const { audience, scopes, client } = wanted
    const scope = scopes.length === 0 ? undefined : scopes.join(' ')
    const fields = { grant_type: 'client_credentials', client_id: client.id, client_secret: secret, audience, scope }
    const given = await terminal.during(`Asking ${wanted.host} for a token`, endpoint.ask(fields))
    if (given.status !== 200) throw endpoint.failure(given)
    return given
  })
  const issued = issuedToken(answer, wanted, key)
  return { issued, wanted, notes: notesOn(issued, wanted, { isDevice, askedForDpop }) }
}

function showCode({ address, userCode, minutes }: ShownCode, { say, talkColors }: Terminal): void {
  say(`Open       ${talkColors.bold(address)}`)
  say(`and see    ${talkColors.bold(userCode)}   there before you let it in.`)
  say(talkColors.dim(`Waiting for you, at most ${Math.round(minutes)} minutes. Ctrl-C gives up.`))
}
