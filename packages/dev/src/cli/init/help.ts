/** Apart from its command, so that it is there at once. */
export const help = `Usage: sallyport init [options]

Writes the domain and the audience of your API into .env. Asks first how you want to create the API.

Options:
  --mode <mode>          automated: by the Auth0 CLI; manual: by you; local: without an account
  --domain <host>        manual: the tenant (--offline: not looked for); local: localhost:<port>
  --audience <id>        the identifier of the API
  --tenant <host>        automated: the tenant; default the active one of the Auth0 CLI
  --name <name>          automated: the name of a new API; default that of package.json
  --scopes "<a> <b>"     automated: what the API has, such as "read:messages write:messages"
  --dpop                 automated: the API requires tokens that are bound to a key
  --test-app             automated: an application to get test tokens with, its secret in .env
  --install              installs sallyport and @sallyport/dev with your package manager
  --starter              writes a small API to begin with; --framework <name> if none is found
  --dry-run              prints the plan, and changes nothing
  --yes                  answers yes to every change, but never to the first question
  --json                 prints one JSON object

Exit codes: 0 done, 1 failed, 2 usage or something missing, 3 not logged in, 4 conflict, 5 network,
130 Ctrl-C. Without a terminal, nothing that is there already is changed without --yes.
`
