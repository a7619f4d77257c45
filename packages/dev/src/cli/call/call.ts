import type { Command } from '../command.js'
import { callOptions } from './call-options.js'

const help = `Usage: sallyport call <url> [options]

Sends a request to an API with a fresh token, and shows status, challenge, headers and body.
The token itself is never shown.

  -X, --method <method>  default GET, with a body POST
  -H, --header <header>  as in -H 'accept: text/plain'; may be given several times
  --data <text>          the body; --data-file <file> for one in a file
  --no-token             sends none, to see that the API refuses it
  --dpop                 a token that is bound to a key, and a proof; answers a nonce challenge once
  --json                 prints one JSON object

The token, as in sallyport token: --scope, --audience, --domain, --client-id, --device, --dpop-key,
--client-secret-stdin. Try: sallyport call http://localhost:3000/messages --client-id local-reader

Redirects are shown, not followed: the token is for this address.

Exit codes: 0 the API answered 2xx or 3xx, 1 it answered 4xx or 5xx, or the tenant gave no token,
2 usage or something missing, 3 the application may not have a token, 5 network, 130 Ctrl-C.
`

export const call: Command = {
  help,
  run: async (parameters, terminal) => {
    const options = await callOptions(parameters)
    // Loaded here, so that the help is there at once.
    const { makeCall } = await import('./make-call.js')
    return makeCall(options, terminal)
  },
}
