import type { Command, Outcome } from '../command.js'
import { apiUrl } from '../http/api-url.js'
import { readOptions } from '../options.js'
import type { Terminal } from '../terminal.js'
import { copyToClipboard } from './clipboard.js'
import { curlLine } from './curl-line.js'
import type { Got } from './get-token.js'
import { summaryLines } from './summary.js'
import { tokenOptionTable } from './token-options.js'

export const token: Command = {
  run: async (parameters, terminal) => {
    const { values } = readOptions(parameters, {
      command: 'token',
      options: { ...tokenOptionTable, curl: { type: 'string' }, copy: { type: 'boolean' } },
    })
    const url = values.curl === undefined ? undefined : apiUrl(values.curl)
    // Loaded here, so that a mistake in the options is told at once.
    const { getToken } = await import('./get-token.js')
    const got = await getToken(values, terminal)
    const isJson = values.json === true
    if (!isJson) for (const line of summaryLines(got, terminal.talkColors)) terminal.say(line)
    const curl = url === undefined ? undefined : await curlLine(url, got.issued)
    if (curl !== undefined && got.issued.key !== undefined && !isJson) terminal.say(goodOnce(terminal))
    return { ...(values.copy === true ? await copied(curl ?? got.issued.token, got, terminal) : printed(curl, got)) }
  },
}

function goodOnce({ talkColors }: Terminal): string {
  return talkColors.dim(
    '  The proof in it is good once. Where the API asks for a nonce, use: sallyport call <url> --dpop',
  )
}

function printed(curl: string | undefined, got: Got): Outcome {
  const { token: text } = got.issued
  return {
    text: `${curl ?? text}\n`,
    data: { access_token: text, ...factsOf(got), ...(curl === undefined ? {} : { curl }) },
  }
}

async function copied(text: string, got: Got, terminal: Terminal): Promise<Outcome> {
  const tool = await copyToClipboard(text)
  terminal.say(`  It is on the clipboard (${tool}).`)
  return { data: { copied: true, ...factsOf(got) } }
}

function factsOf({ issued, wanted, notes }: Got) {
  const { type, lifetimeSeconds, expiresAt, scopes, missing, key } = issued
  return {
    token_type: type,
    expires_in: lifetimeSeconds,
    expires_at: expiresAt?.toISOString(),
    scopes,
    missing,
    notes,
    audience: wanted.audience,
    domain: wanted.host,
    client_id: wanted.client.id,
    ...(key === undefined ? {} : { dpop: { jkt: key.jkt, key_file: key.file } }),
  }
}
