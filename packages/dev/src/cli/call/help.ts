/** Apart from its command, so that it is there at once. */
export const help = `Usage: sallyport call <url> [options]

Sends a request to an API with a fresh token, and shows status, challenge, headers and body.
The token itself is never shown. Redirects are shown, not followed: the token is for this address.

Options:
  -X, --method <method>  default GET, with a body POST
  -H, --header <header>  such as -H 'accept: text/plain'; may be given several times
  --data <text>          the body; --data-file <file> for one in a file
  --no-token             sends none, to see that the API refuses it
  --dpop                 a token that is bound to a key, and a proof; answers a nonce challenge once
  --json                 prints one JSON object

As in sallyport token: --domain, --audience, --scope, --client-id, --client-secret-stdin, --device,
--dpop-key. Defaults come from the environment, then from .env.
Try: sallyport call http://localhost:3000/messages --client-id local-reader

Exit codes: 0 the API answered 2xx or 3xx, 1 it answered 4xx or 5xx, or the tenant gave no token,
2 usage or something missing, 3 the application may not have a token, 5 network, 130 Ctrl-C.
`
