import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openScreen, runCli } from '../support/cli.js'
import { audience, type ExplainBench, type Explained, openExplainBench } from './explain-bench.js'

let bench: ExplainBench
let token: string
let signature: string

beforeAll(async () => {
  bench = await openExplainBench()
  token = await bench.issuer.token()
  signature = token.split('.')[2] ?? ''
})

afterAll(() => bench.close())

const run = (parameters: readonly string[], input = '', env: Readonly<Record<string, string>> = {}) =>
  runCli(['explain', ...parameters], { cwd: bench.folder, input, env })

describe('reads the token', () => {
  test.each<readonly [from: string, (given: string) => string]>([
    ['alone', (given) => given],
    ['with white space around it', (given) => `\n  ${given}\r\n`],
    ['in quotation marks', (given) => `"${given}"`],
    ['with its scheme', (given) => `Bearer ${given}`],
    ['with its header field', (given) => `Authorization: Bearer ${given}`],
    ['in the answer of a token endpoint', (given) => JSON.stringify({ access_token: given, token_type: 'Bearer' })],
    ['as sallyport token --json prints it', (given) => JSON.stringify({ ok: true, data: { access_token: given } })],
  ])('from stdin, %s', async (_, written) => {
    const { stdout, code } = await run([], written(token))
    expect(stdout).toContain(`✓ ${audience} takes this token.`)
    expect(code).toBe(0)
    expect(stdout).not.toContain(signature)
  })

  test('from a file, and from an environment variable, and from .env', async () => {
    await bench.file('token.txt', token)
    await bench.file('.env', `AUTH0_DOMAIN=${bench.issuer.domain}\nAUTH0_AUDIENCE=${audience}\nKEPT=${token}\n`)
    expect((await run(['--file', 'token.txt'])).code).toBe(0)
    expect((await run(['--env', 'MY_TOKEN'], '', { MY_TOKEN: token })).code).toBe(0)
    expect((await run(['--env', 'KEPT'])).code).toBe(0)
  })

  test('for a domain as long as Auth0 gives them, and from a file with dots in its name', async () => {
    const name = 'access-token-of-production.2026.txt'
    await bench.file(name, token)
    const { stdout, stderr } = await run(['--offline', '--domain', 'dev-1a2b3c4d5e6f7g8h.us.auth0.com', '--file', name])
    expect(stderr).toBe('')
    expect(stdout).toContain('https://dev-1a2b3c4d5e6f7g8h.us.auth0.com/')
  })

  test('of a terminal when it is pasted', async () => {
    const screen = openScreen(['explain'], { cwd: bench.folder })
    await screen.waitFor('Paste the token and press Enter: ')
    screen.answer(token)
    await screen.waitFor('takes this token.')
    expect(await screen.ended()).toBe(0)
  })

  test('and ends on Ctrl-C', async () => {
    const screen = openScreen(['explain'], { cwd: bench.folder })
    await screen.waitFor('Paste the token')
    screen.press('\u0003')
    expect(await screen.ended()).toBe(130)
  })

  test('takes the scheme that stands before it', async () => {
    const bound = await bench.client.token()
    const { stdout, code } = await run([], `Bearer ${bound}`)
    expect(stdout).toContain('bound_token_as_bearer')
    expect(code).toBe(1)
    expect((await run([], `DPoP ${bound}`)).code).toBe(0)
  })
})

describe('without a token', () => {
  test.each<readonly [name: string, parameters: readonly string[], input: string, message: string]>([
    ['nothing on stdin', [], '', 'There is no token on stdin.'],
    ['a file that is not there', ['--file', 'none.txt'], '', 'none.txt cannot be read (ENOENT).'],
    ['a variable that is not set', ['--env', 'NO_SUCH'], '', 'There is no token in the variable NO_SUCH'],
    ['both', ['--env', 'A', '--file', 'b'], '', '--file and --env both say where the token is.'],
    [
      'an answer that is a refusal',
      [],
      '{"error":"access_denied","error_description":"Unauthorized"}',
      'access_denied, Unauthorized',
    ],
    [
      'an unknown algorithm',
      ['--algorithms', 'HS256'],
      'x',
      '--algorithms takes names such as RS256, PS256 and ES256.',
    ],
    ['an unknown mode of DPoP', ['--dpop', 'maybe'], 'x', '--dpop takes allowed, required or disabled.'],
    ['an unknown scheme', ['--scheme', 'basic'], 'x', '--scheme takes bearer or dpop.'],
    ['permissions of nothing', ['--permissions'], 'x', 'What does the route ask for?'],
    ['a scope with quotes', ['--scope', 'a"b'], 'x', '--scope takes words without quotes'],
    ['half a URL', ['--url', '/messages'], 'x', '--url takes a whole URL.'],
    ['a domain that is none', ['--domain', 'not a host'], 'x', 'The domain is not a bare host name.'],
    ['an option with a slip', ['--audiense', 'x'], 'x', 'Did you mean'],
  ])('%s', async (_, parameters, input, message) => {
    const { stdout, stderr, code } = await run(parameters, input)
    expect(stderr).toContain(message)
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
  })

  test.each<readonly [error: string, description: string, mend: string]>([
    ['login_required', 'Login required', 'localhost and 127.0.0.1 are two sites'],
    ['consent_required', 'Consent required', 'Auth0 skips consent for no application on localhost.'],
    ['missing_refresh_token', "Missing Refresh Token (audience: 'x')", '“Allow Offline Access” of the API'],
    ['invalid_grant', 'Unknown or invalid refresh token.', 'used twice'],
    ['invalid_grant', 'Invalid authorization code', 'A code is good once'],
    ['access_denied', 'Service not enabled within domain: https://a.test', 'The tenant has no API with this audience'],
    ['access_denied', 'You need to create a "client-grant" associated to this API.', 'has no grant for the API'],
    ['access_denied', 'Unauthorized', 'The client id or the secret is wrong'],
    ['unauthorized_client', "Grant type 'x' not allowed for the client.", 'Grant Types'],
    ['use_dpop_nonce', 'Authorization server requires nonce in DPoP proof', 'DPoP-Nonce'],
    ['something_else', '', 'sallyport token --help'],
  ])('the answer %s, %s: says what to do', async (error, error_description, mend) => {
    const { stderr, code } = await run([], JSON.stringify({ error, error_description }))
    expect(stderr).toContain(`That is no token, but an answer that refuses one: ${error}`)
    expect(stderr).toContain(mend)
    expect(code).toBe(2)
  })

  test.each([
    ['alone', (given: string) => [given]],
    ['with its scheme', (given: string) => [`Bearer ${given}`]],
    ['as a file', (given: string) => ['--file', given]],
    ['as a variable', (given: string) => ['--env', given]],
    ['as the value of no option', (given: string) => [`--token=${given}`]],
    ['opaque', () => ['YMvAYYLNhK4MtRD7']],
  ])('L03 a token on the command line, %s, is refused and not repeated', async (_, parameters) => {
    const typed = parameters(token)
    for (const json of [[], ['--json']]) {
      const { stdout, stderr, code } = await run([...typed, ...json], token)
      expect(stdout + stderr).toContain('explain takes no token as an argument: the shell’s history')
      expect(stdout + stderr).not.toContain((typed.at(-1) ?? '').slice(-20))
      expect(code).toBe(2)
    }
  })
})

test('L03 says of a token that is decoded alone that it is not verified', async () => {
  const { stdout } = await run(['--offline'], token)
  expect(stdout).toMatch(/^\? Nothing is wrong so far\. Not checked: .*Signature/)
  expect(stdout).toContain('Header, not verified:')
  expect(stdout).toContain('Claims, not verified:')
  const { stdout: verified } = await run([], token)
  expect(verified).not.toContain('not verified')
})

describe('with less than everything', () => {
  const nowhere = () => runCli(['explain', '--json'], { cwd: '/', input: token })
  const dataOf = ({ stdout }: { readonly stdout: string }) => (JSON.parse(stdout) as { data: Explained }).data
  const verdictsOf = (data: Explained) => Object.fromEntries(data.checks.map(({ name, verdict }) => [name, verdict]))

  test('explains what it can without domain and audience, and says what is missing', async () => {
    const ended = await nowhere()
    const data = dataOf(ended)
    expect(verdictsOf(data)).toMatchObject({
      Issuer: 'unknown',
      Signature: 'unknown',
      Audience: 'unknown',
      Time: 'passes',
    })
    expect({ verdict: data.verdict, code: ended.code }).toEqual({ verdict: 'unverified', code: 2 })
    const { stdout } = await runCli(['explain'], { cwd: '/', input: token })
    for (const text of ['--domain, or AUTH0_DOMAIN', '--audience, or AUTH0_AUDIENCE', 'Claims, not verified:'])
      expect(stdout).toContain(text)
  })

  test('refuses what is wrong all the same', async () => {
    const expired = await bench.issuer.token({}, { expiresInSeconds: -60 })
    const { stdout, code } = await runCli(['explain'], { cwd: '/', input: expired })
    expect(stdout).toMatch(/^✗ An API refuses this token\. Time: It expired 1 minute/)
    expect(code).toBe(1)
  })

  test('--offline asks nobody, and says so', async () => {
    const before = [...bench.issuer.requests.values()]
    const ended = await run(['--json', '--offline'], token)
    const data = dataOf(ended)
    expect([...bench.issuer.requests.values()]).toEqual(before)
    expect(data.checks.find(({ name }) => name === 'Signature')).toMatchObject({ verdict: 'unknown' })
    expect(data.checks.find(({ name }) => name === 'Signature')?.text).toContain('--offline leaves out the keys')
    expect({ verdict: data.verdict, code: ended.code }).toEqual({ verdict: 'unverified', code: 0 })
  })

  test.each<readonly [name: string, outage: Parameters<ExplainBench['issuer']['outage']>[0], text: string]>([
    ['down', { status: 503 }, 'it answered with status 503'],
    ['in maintenance', 'garbage', 'it answered with something that is not JSON'],
    ['another', 'wrong-issuer', 'its tokens are issued by another.test'],
    ['silent', 'silent', 'no answer within 5 s'],
  ])('ends with 5 where the issuer is %s', async (_, outage, text) => {
    bench.issuer.outage(outage)
    const ended = await run(['--json'], token)
    bench.issuer.restore()
    const data = dataOf(ended)
    expect(data.checks.find(({ name }) => name === 'Signature')?.text).toContain(text)
    expect({ verdict: data.verdict, code: ended.code }).toEqual({ verdict: 'unverified', code: 5 })
  })

  test('ends with 5 where nobody listens, and with 1 where that does not matter', async () => {
    const server = createServer().listen(0, 'localhost')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const parameters = ['--domain', `localhost:${port}`]
    const good = await bench.issuer.token({ iss: `http://localhost:${port}/` })
    expect((await run(parameters, good)).code).toBe(5)
    const { stdout, code } = await run(parameters, token)
    expect(stdout).toContain('issuer_refused')
    expect(code).toBe(1)
  })

  test('warns of a clock that is wrong', async () => {
    const server = createServer((_, response) => {
      response.setHeader('date', new Date(Date.now() - 600_000).toUTCString())
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}keys`, keys: [bench.issuer.currentKey().publicJwk] }))
    }).listen(0, 'localhost')
    await new Promise((resolve) => server.once('listening', resolve))
    const issuer = `http://localhost:${(server.address() as AddressInfo).port}/`
    const expired = await bench.issuer.token({ iss: issuer }, { expiresInSeconds: -60 })
    const { stdout } = await run(['--domain', new URL(issuer).host], expired)
    server.close()
    expect(stdout).toMatch(
      /! Clock +This machine’s clock is (?:10 minutes|9 minutes 59 seconds|10 minutes \d seconds?) ahead of the issuer’s\./,
    )
    expect(stdout).toMatch(/Get a new token\. This machine’s clock is .* ahead of the issuer’s: set it right\./)
  })
})

describe('keeps to itself', () => {
  const personal = { sub: 'auth0|ada@example.com', email: 'ada@example.com', nested: { to: ['eve@example.com'] } }

  test('email addresses, unless it is asked for them', async () => {
    const theirs = await bench.issuer.token(personal)
    for (const json of [[], ['--json']]) {
      const { stdout } = await run(json, theirs)
      expect(stdout).toContain('auth0|a***@example.com')
      expect(stdout).toContain('e***@example.com')
      expect(stdout).not.toMatch(/ada@|eve@/)
      const { stdout: all } = await run([...json, '--show-pii'], theirs)
      expect(all).toContain('auth0|ada@example.com')
      expect(all).toContain('eve@example.com')
    }
  })

  test('the signature, whatever else is wrong', async () => {
    const bad = await bench.issuer.token({ aud: 'https://other.test' })
    for (const json of [[], ['--json']]) {
      const { stdout, stderr } = await run(json, bad)
      expect(stdout + stderr).not.toContain(bad.split('.')[2])
    }
  })

  test('what could move the cursor', async () => {
    const sly = await bench.issuer.token({
      '\u001b[2Jname': '\u001b[31mred\u0007',
      scope: 'a\u001b[0m',
      aud: 'x\u001b[1A',
    })
    const { stdout } = await run([], sly)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  })
})

test('--json prints one object with verdict, code, checks, header and claims', async () => {
  const { stdout, stderr } = await run(['--json'], token)
  const printed = JSON.parse(stdout) as Readonly<Record<string, unknown>>
  expect(printed).toMatchObject({ ok: true, command: 'explain' })
  expect(Object.keys(printed['data'] as object)).toEqual(['verdict', 'code', 'checks', 'header', 'claims'])
  expect(stdout.trim()).not.toContain('\n')
  expect(stderr).toBe('')
})

test('help fits a screen', async () => {
  const { stdout } = await run(['--help'])
  const lines = stdout.split('\n')
  expect(lines.length).toBeLessThanOrEqual(25)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
})
