/** Apart from its command, so that it is there at once. */
export const help = `Usage: sallyport explain [options] < token.txt

Says whether an API takes an access token, and if not why, and what to do about it.

Options:
  --file <file>          where the token is, instead of stdin; --env <name>: in that variable
  --domain <host>        the tenant that the API trusts; default AUTH0_DOMAIN
  --audience <id>        the identifier of the API; default AUTH0_AUDIENCE
  --scope "<a> <b>"      what the route asks for; with --permissions in that claim instead
  --algorithms "<a> <b>"  --dpop <mode>   the options of the API; default RS256, allowed
  --scheme <scheme>      bearer or dpop, as the request sends it; default what stands before it
  --proof-file <file>    the DPoP proof; with --method <GET> and --url <url> of the request
  --api-answer <file>    what the API answered, as curl -i prints it
  --code <code>          explains a code of docs/errors.md, without a token
  --offline              does not use the network: the signature is not looked at
  --show-pii             does not mask email addresses
  --json                 prints one JSON object: verdict, code, checks, header, claims

Defaults come from the environment, then from .env. A whole token answer, and "Bearer" before the
token, are understood. The signature is never shown.

Exit codes: 0 the API would take it (--offline: nothing is wrong so far), 1 refused, 2 usage or
something missing, 5 the keys cannot be reached.
`
