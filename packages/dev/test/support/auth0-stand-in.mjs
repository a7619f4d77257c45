import { appendFileSync, fstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

// What stands in for the Auth0 CLI: it notes what it was asked in STAND_IN_FOLDER, and answers as answers.json there says or,
// where STAND_IN_ISSUER is set, as the Management API of a local tenant does.
const { STAND_IN_FOLDER: folder = '', STAND_IN_ISSUER: issuer, STAND_IN_TOKEN: token } = process.env
const argv = process.argv.slice(2)

// As the real one does before it looks at -d: with a pipe that nobody closes this would last for ever.
const isPipe = fstatSync(0).isFIFO() || fstatSync(0).isSocket()
const stdin = readFileSync(0, 'utf8')
const agentMode = process.env['AUTH0_AGENT_MODE']
appendFileSync(join(folder, 'calls.jsonl'), `${JSON.stringify({ argv, isPipe, stdin, agentMode })}\n`)

const {
  stdout = '',
  stderr = '',
  code = 0,
  lastsMilliseconds = 0,
} = issuer === undefined ? replayed() : await translated()
await new Promise((resolve) => setTimeout(resolve, lastsMilliseconds))
process.stderr.write(stderr)
process.stdout.write(typeof stdout === 'string' ? stdout : JSON.stringify(stdout, undefined, 4))
process.exitCode = code

function replayed() {
  const answers = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8'))
  const asked = argv.join(' ')
  return answers.find(({ args }) => asked.startsWith(args)) ?? { stderr: ` ▸    No answer for: ${asked}\n`, code: 1 }
}

async function translated() {
  const [first, second, third] = argv
  if (first === '--version') return { stdout: 'auth0 version 1.33.0 abc\n' }
  if (first === 'tenants') return { stdout: [{ active: true, name: new URL(issuer).host }] }
  if (first === 'api') return management(second.toUpperCase(), third, optionOf('-d'))
  if (`${first} ${second}` === 'apis create') return management('POST', 'resource-servers', newApi(), 'create API')
  if (`${first} ${second}` === 'apps create') return withoutSecret(await management('POST', 'clients', newClient()))
  if (`${first} ${second}` === 'apps show') return management('GET', `clients/${third}`)
  return { stderr: ` ▸    unknown command "${first}"\n`, code: 1 }
}

async function management(method, path, body) {
  const query = new URLSearchParams(optionsOf('-q').map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
  const url = `${issuer}api/v2/${path}${query.size > 0 ? `?${query}` : ''}`
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
  const text = await response.text()
  if (response.ok) return { stdout: text }
  return { stderr: ` ▸    API request failed: ${text}\n`, code: 1 }
}

function newApi() {
  const scopes = optionOf('--scopes')?.split(',') ?? []
  return JSON.stringify({
    name: optionOf('--name'),
    identifier: optionOf('--identifier'),
    scopes: scopes.map((value) => ({ value })),
    allow_offline_access: false,
    enforce_policies: false,
    signing_alg: 'RS256',
    token_lifetime: 86400,
  })
}

function newClient() {
  return JSON.stringify({
    name: optionOf('--name'),
    app_type: 'non_interactive',
    grant_types: ['client_credentials'],
  })
}

function withoutSecret({ stdout, ...answer }) {
  if (stdout === undefined) return answer
  const { client_secret: _, ...client } = JSON.parse(stdout)
  return { ...answer, stdout: client }
}

function optionOf(option) {
  return optionsOf(option)[0]
}

function optionsOf(option) {
  return argv.flatMap((word, index) => (word === option ? [argv[index + 1]] : []))
}
