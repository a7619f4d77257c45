import type { Command, Outcome } from '../command.js'
import { readOptions } from '../options.js'
import type { Terminal } from '../terminal.js'
import { apiUrl } from './api-url.js'
import { copyToClipboard } from './clipboard.js'
import { curlLine } from './curl-line.js'
import type { Got } from './get-token.js'
import { summaryLines } from './summary.js'
import { tokenOptionTable } from './token-options.js'

const help = `Usage: sallyport token [options]

Gets a token for trying out an API, from the local tenant or from Auth0. It alone is on stdout.

  --audience <id>        the identifier of the API; default AUTH0_AUDIENCE
  --scope "<a> <b>"      what the token shall allow; default all that is granted
  --domain <host>        the tenant; default AUTH0_DOMAIN. The local one: localhost:4490
  --client-id <id>       the application that asks; default AUTH0_CLIENT_ID, locally local-m2m
  --client-secret-stdin  its secret comes by stdin; default AUTH0_CLIENT_SECRET. Never an argument
  --device               asks a person instead (device flow): prints an address and a code
  --dpop                 binds the token to a key, .auth/dpop-key.json; --dpop-key <file> for yours
  --curl <url>           prints a curl line with it; with --dpop good once, and for that address
  --copy                 puts it on the clipboard instead of printing it
  --json                 prints one JSON object

Defaults come from the environment, then from .env. Locally the applications of the default seed
need no secret here. Try: sallyport token --domain localhost:4490 --client-id local-reader

Exit codes: 0 done, 1 refused, 2 usage or something missing, 3 not allowed, 5 network, 130 Ctrl-C.
`

export const token: Command = {
  help,
  run: async (parameters, terminal) => {
    const { values } = readOptions(parameters, {
      command: 'token',
      options: { ...tokenOptionTable, curl: { type: 'string' }, copy: { type: 'boolean' } },
    })
    const url = values.curl === undefined ? undefined : apiUrl(values.curl)
    // Loaded here, so that the help is there at once.
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
