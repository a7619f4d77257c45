import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tenant } from '../../src/index.js'
import { type Ended, runCli } from '../support/cli.js'
import { type Api, startApi } from './call-api.js'
import { jsonOf, newFolder, recordingServer, runAlone, startTokenTenant, workerSecret } from './token-world.js'

let tenant: Tenant
let api: Api
let noncing: Api
let bound: Api
let bearer: Api
beforeAll(async () => {
  tenant = await startTokenTenant()
  api = await startApi(tenant)
  noncing = await startApi(tenant, { dpop: { nonce: { secrets: 'a secret of more than 32 characters' } } })
  bound = await startApi(tenant, { dpop: 'required' })
  bearer = await startApi(tenant, { dpop: 'disabled' })
})
afterAll(async () => {
  await Promise.all([api, noncing, bound, bearer].map((one) => one.close()))
  await tenant.close()
})

const reader = ['--client-id', 'local-reader']
const call = (url: string, parameters: readonly string[] = [], env: Record<string, string> = {}) =>
  runAlone(['call', url, '--domain', tenant.domain, ...parameters], env)

/** Anything that looks like the beginning of a JWT. */
function expectNoToken({ stdout, stderr }: Ended): void {
  expect(stdout + stderr).not.toMatch(/eyJ[\w-]{10}/)
}

describe('sallyport call', () => {
  it('sends a Bearer token, and shows the answer without it', async () => {
    const ended = await call(`${api.url}/private`)
    expect(ended.code).toBe(0)
    expect(ended.stdout).toContain('200 OK: it worked\n\ncontent-type: application/json')
    expect(ended.stdout).toContain('{\n  "subject": "local-m2m@clients",\n  "headers": {\n')
    expect(ended.stdout).toContain('"authorization": "Bearer (hidden)"')
    expect(ended.stderr).toMatch(
      /^GET http:\/\/localhost:\d+\/private {2}with a Bearer token of "local-m2m" \(read:messages/,
    )
    expectNoToken(ended)
  })

  it.each<[what: string, of: () => Api]>([
    ['', () => api],
    [' and answers a nonce challenge', () => noncing],
  ])('sends a bound token and a proof%s', async (_, of) => {
    const ended = await call(`${of().url}/private`, ['--dpop'])
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('"authorization": "DPoP (hidden)"')])
    expect(ended.stdout).toContain('"dpop": "(hidden)"')
    expectNoToken(ended)
  })

  it('takes a challenge apart, and says what to do', async () => {
    const ended = await call(`${api.url}/messages`, [...reader, '--data', '{"text":"hi"}'])
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringMatching(/^403 Forbidden: /)])
    for (const [name, value] of [
      ['error', 'insufficient_scope'],
      ['error_description', 'The access token lacks a required scope.'],
      ['scope', 'write:messages'],
    ] as const)
      expect(ended.stdout).toContain(`\n  ${name.padEnd(18)} ${value}\n`)
    expect(ended.stdout).toContain(
      `→ The token lacks write:messages. Add it to the client grant of "local-reader" for https://api.example.com: ${tenant.issuer}console/applications/local-reader/access`,
    )
  })

  it('has all of it in one object for programs', async () => {
    const ended = await call(`${api.url}/messages`, [...reader, '-X', 'POST', '--json'])
    expect(ended.code).toBe(1)
    expect(jsonOf(ended)).toMatchObject({
      ok: false,
      data: {
        status: 403,
        challenges: [
          { scheme: 'Bearer', parameters: { error: 'insufficient_scope', scope: 'write:messages' } },
          { scheme: 'DPoP', parameters: { algs: 'ES256 EdDSA' } },
        ],
        headers: { 'cache-control': 'no-store' },
        body: { detail: { error: 'insufficient_scope' } },
        next: expect.stringContaining('write:messages'),
        token: { token_type: 'Bearer', scopes: ['read:messages'], client_id: 'local-reader' },
      },
    })
    expectNoToken(ended)
  })

  it.each<[what: string, of: () => Api, parameters: string[], code: number, advice: RegExp]>([
    ['no token', () => api, ['--no-token'], 1, /That is right for a request without a token/],
    ['a plain token where only bound ones are taken', () => bound, [], 1, /add --dpop/],
    ['a bound token where only plain ones are taken', () => bearer, ['--dpop'], 1, /leave --dpop out/],
    [
      'a token for another API',
      () => api,
      ['--client-id', 'worker', '--audience', 'https://plain.test'],
      1,
      /Ask why: npx sallyport token --domain localhost:\d+ --audience https:\/\/plain\.test --client-id worker \| npx sallyport explain/,
    ],
  ])('says what to do about %s', async (_, of, parameters, code, advice) => {
    const ended = await call(`${of().url}/private`, parameters, { AUTH0_CLIENT_SECRET: workerSecret })
    expect(ended.code).toBe(code)
    expect(ended.stdout).toMatch(advice)
    expectNoToken(ended)
  })

  it('sends nothing to a tenant with --no-token', async () => {
    const { code, stdout } = await runAlone(['call', `${api.url}/public`, '--no-token'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('"message": "hello"')])
  })

  it.each<[what: string, parameters: string[], file: string, received: unknown, type: string]>([
    ['JSON', ['--data', '{"a":1}'], '', { a: 1 }, 'application/json'],
    ['text', ['--data', 'hello'], '', 'hello', 'text/plain; charset=utf-8'],
    ['a file', ['--data-file', 'body.json'], '[1]', [1], 'application/json'],
    ['a type of its own', ['--data', '{}', '-H', 'Content-Type: text/plain'], '', '{}', 'text/plain'],
  ])('sends a body: %s', async (_, parameters, file, received, type) => {
    await using folder = await newFolder()
    await writeFile(join(folder.path, 'body.json'), file)
    const given = ['call', `${api.url}/messages`, '--domain', tenant.domain, '--json', ...parameters]
    const ended = await runCli(given, { cwd: folder.path })
    expect(jsonOf(ended).data).toMatchObject({ status: 201, body: { received, type } })
  })

  it.each<[parameters: string[], message: string]>([
    [[], 'The address of the route is missing.'],
    [['localhost:3000/x'], 'Do you mean http://localhost:3000/x ?'],
    [['http://localhost/', '--data', 'x', '-X', 'GET'], 'GET takes no body.'],
    [['http://localhost/', '--data', 'x', '--data-file', 'y'], 'not both'],
    [['http://localhost/', '--data-file', 'none'], 'none cannot be read (ENOENT).'],
    [['http://localhost/', '-H', 'authorization: Bearer my-secret'], 'call sets the header authorization itself.'],
    [['http://localhost/', '-H', 'bad name: my-secret'], 'Look at "bad name".'],
    [['http://localhost/', '-X', 'TRACE'], 'A request with the method TRACE cannot be sent.'],
    [['http://localhost/', '--verbose'], 'call has no option --verbose.'],
  ])('ends %j with exit code 2', async (parameters, message) => {
    const { code, stdout, stderr } = await runAlone(['call', ...parameters])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('my-secret')
  })

  it('ends with exit code 5 where no API listens, and 3 where there is no token to be had', async () => {
    const silent = await call('http://localhost:4/x')
    expect([silent.code, silent.stdout]).toEqual([5, ''])
    expect(silent.stderr).toContain('localhost:4 cannot be reached: nobody listens there.\n  Is your API running')
    expect((await call(`${api.url}/private`, ['--client-id', 'nobody'], { AUTH0_CLIENT_SECRET: 'wrong' })).code).toBe(3)
  })
})

describe('what an API answers', () => {
  const raw = (body: string | Buffer, headers: Record<string, string> = {}) =>
    recordingServer(() => ({ body, headers }))

  it('takes the token to no other place', async () => {
    await using other = await raw('{}')
    await using server = await recordingServer(() => ({ status: 307, headers: { location: `${other.url}/next` } }))
    const { code, stdout } = await call(`${server.url}/x`)
    expect([code, stdout]).toEqual([0, expect.stringContaining(`location: ${other.url}/next`)])
    expect([server.received.length, other.received.length]).toEqual([1, 0])
  })

  it('asks once more for a nonce, and not again', async () => {
    await using server = await recordingServer((_, count) => ({
      status: 401,
      headers: { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': `nonce-${count}` },
    }))
    const { code, stdout } = await call(`${server.url}/x`, ['--dpop'])
    expect([code, server.received.length]).toEqual([1, 2])
    expect(stdout).toContain('does not take the nonce that it gave')
    const [first, second] = server.received.map(({ headers }) => proofClaims(String(headers['dpop'])))
    expect(first).not.toHaveProperty('nonce')
    expect(second).toMatchObject({ nonce: 'nonce-1', htm: 'GET', htu: `${server.url}/x` })
    expect(second?.['jti']).not.toBe(first?.['jti'])
  })

  it.each<[what: string, body: string | Buffer, shown: string]>([
    ['nothing', '', '(no body)'],
    [
      'numbers as they are',
      '{"id":12345678901234567890,"id":1.10}',
      '{\n  "id": 12345678901234567890,\n  "id": 1.10\n}',
    ],
    ['control characters by their numbers', 'a\u001b[2Jb\u202ec\nd', 'a\\u{1b}[2Jb\\u{202e}c\nd'],
    ['bytes by their number', Buffer.from([0xff, 0xfe, 0, 1]), '(4 bytes that are not text)'],
  ])('shows %s', async (_, body, shown) => {
    await using server = await raw(body)
    const { stdout } = await call(server.url)
    expect(stdout.endsWith(`\n\n${shown}\n`)).toBe(true)
  })

  it('shows 64 KB at most', async () => {
    await using server = await raw('é'.repeat(100_000))
    const { stdout } = await call(server.url)
    expect(stdout).toContain('(cut at 64 KB)')
    expect(Buffer.byteLength(stdout)).toBeLessThan(66_000)
    expect(jsonOf(await call(server.url, ['--json'])).data).toMatchObject({ body_cut: true })
  })

  it('shows challenges of any shape, and nothing that could move the cursor', async () => {
    const field = 'Negotiate, Basic realm="a \\"quoted\\", name", Bearer error=invalid_token , error_description="x"'
    await using server = await recordingServer(() => ({ status: 401, headers: { 'www-authenticate': field } }))
    const { data } = jsonOf(await call(server.url, ['--json']))
    expect(data).toMatchObject({
      challenges: [
        { scheme: 'Negotiate', parameters: {} },
        { scheme: 'Basic', parameters: { realm: 'a "quoted", name' } },
        { scheme: 'Bearer', parameters: { error: 'invalid_token', error_description: 'x' } },
      ],
    })
  })

  it('hides the token in headers and challenges too', async () => {
    await using server = await recordingServer(({ headers }) => ({
      status: 401,
      headers: {
        'x-request-id': String(headers.authorization),
        'www-authenticate': `Bearer error="invalid_token", error_description="${headers.authorization}"`,
      },
    }))
    for (const parameters of [[], ['--json']]) {
      const ended = await call(server.url, parameters)
      expectNoToken(ended)
      expect(ended.stdout).toContain('Bearer (hidden)')
    }
  })
})

function proofClaims(proof: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString())
}
