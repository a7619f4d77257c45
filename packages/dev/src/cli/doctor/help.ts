/** Apart from its command, so that it is there at once. */
export const help = `Usage: sallyport doctor [folder] [options]

Looks for the common mistakes in an API project: its sources, package.json, .env, git, the tenant,
and the running API, to which it sends GET and OPTIONS requests only.

Options:
  --url <url>            also asks the running API at this protected route, such as
                         http://localhost:3000/api/private
  --offline              does not use the network
  --rule <code,...>      only these rules; may be given several times
  --fix                  mends what can be mended without loss, looks again, and says what was done
  --json                 prints one JSON object: findings, summary, notLookedAt

A comment above a line silences a rule there, with a reason:
  // doctor-disable-next-line unprotected-route -- anybody may read the price list
doctor-disable-file does so for the whole file. In .env the comment begins with #.

Exit codes: 0 no errors, 1 errors found, 2 usage.
`
