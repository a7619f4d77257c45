/** Apart from its command, so that it is there at once. */
export const help = `Usage: sallyport token [options]

Gets a token for trying out an API, from the local tenant or from Auth0. It alone is on stdout.

Options:
  --domain <host>        the tenant; default AUTH0_DOMAIN. The local one: localhost:4490
  --audience <id>        the identifier of the API; default AUTH0_AUDIENCE
  --scope "<a> <b>"      what the token shall allow; default all that is granted
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
