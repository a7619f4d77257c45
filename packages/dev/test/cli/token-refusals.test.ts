import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tenant } from '../../src/index.js'
import {
  type Answer,
  jsonOf,
  messages,
  recordingServer,
  runAlone,
  startTokenTenant,
  workerSecret,
} from './token-world.js'

let tenant: Tenant
beforeAll(async () => {
  tenant = await startTokenTenant()
})
afterAll(() => tenant.close())

const worker = ['--client-id', 'worker']
const secret = { AUTH0_CLIENT_SECRET: workerSecret }

type Row = readonly [code: string, exit: number, parameters: readonly string[], message: string, fix: string]

describe('what the local tenant refuses', () => {
  it.each<Row>([
    [
      'unknown_api',
      1,
      [...worker, '--audience', 'https://nowhere.test'],
      'has no API "https://nowhere.test"',
      '/console/apis',
    ],
    [
      'no_client_grant',
      3,
      ['--client-id', 'local-reader', '--audience', 'https://plain.test'],
      'no client grant',
      '/console/applications/local-reader/access',
    ],
    ['client_refused', 3, ['--client-id', 'nobody'], 'does not take the application "nobody"', '/console/applications'],
    ['grant_not_allowed', 1, ['--client-id', 'local-m2m', '--device'], 'may not ask in this way', 'Device Code'],
    ['dpop_required', 1, [...worker, '--audience', 'https://bound.test'], 'bound to a key only', '--dpop'],
    [
      'dpop_not_allowed',
      1,
      ['--client-id', 'strict', '--audience', 'https://plain.test', '--dpop'],
      'demands DPoP',
      'Sender-Constraining',
    ],
  ])('%s ends with exit code %i', async (code, exit, parameters, message, fix) => {
    const given = ['token', '--domain', tenant.domain, ...parameters]
    const plain = await runAlone(given, secret)
    expect([plain.code, plain.stdout]).toEqual([exit, ''])
    expect(plain.stderr).toContain(message)
    expect(plain.stderr).toContain(fix)
    expect(plain.stderr).not.toContain(workerSecret)
    const json = await runAlone([...given, '--json'], secret)
    expect([json.code, jsonOf(json)]).toMatchObject([exit, { ok: false, error: { code, fix: expect.any(String) } }])
  })
})

const oauth = (
  status: number,
  error: string,
  error_description = '',
  headers: Record<string, string> = {},
): Answer => ({
  status,
  headers,
  body: JSON.stringify({ error, error_description }),
})

type Wire = readonly [code: string, exit: number, answer: Answer, message: string]

describe('what only other tenants answer', () => {
  it.each<Wire>([
    ['unknown_api', 1, oauth(403, 'access_denied', 'Service not found: x'), 'has no API'],
    [
      'no_client_grant',
      3,
      oauth(403, 'access_denied', 'Client "worker" is not authorized to access resource server "x".'),
      'no client grant',
    ],
    [
      'no_audience',
      1,
      oauth(403, 'access_denied', 'Non-global clients are not allowed access to APIv1'),
      'asked for no API',
    ],
    ['client_refused', 3, oauth(401, 'invalid_client'), 'does not take the application'],
    ['grant_not_supported', 1, oauth(403, 'unsupported_grant_type', 'Unsupported grant type: x'), 'in this way'],
    ['scope_refused', 1, oauth(400, 'invalid_scope'), 'does not know a scope'],
    ['proof_refused', 1, oauth(400, 'invalid_dpop_proof', 'iat is not acceptable'), 'does not take the DPoP proof'],
    ['nonce_refused', 1, oauth(400, 'use_dpop_nonce', '', { 'dpop-nonce': 'again' }), 'asks for a nonce'],
    ['too_many_requests', 1, oauth(429, 'too_many_requests', '', { 'retry-after': '30' }), '(Retry-After: 30)'],
    ['too_many_requests', 1, { status: 429, body: 'slow down' }, 'too many requests'],
    ['refused', 1, oauth(403, 'brand_new_error', 'Something else'), 'refuses (403): brand_new_error: Something else'],
    ['tenant_failed', 5, { status: 503, body: 'down' }, 'has failed (503)'],
    ['not_a_tenant', 1, { status: 404, body: '<html>' }, 'does not answer as a tenant does (404)'],
    ['not_a_tenant', 1, { status: 307, headers: { location: '/elsewhere' } }, 'does not answer as a tenant does (307)'],
    ['no_token', 1, { body: '{}' }, 'has answered without a token'],
    ['no_token', 1, { body: '{"access_token":"a\\u001b[2Jb"}' }, 'has answered without a token'],
  ])('%s ends with exit code %i', async (code, exit, answer, message) => {
    await using server = await recordingServer(() => answer)
    const given = ['token', '--domain', server.host, ...worker, '--audience', messages, '--dpop']
    const plain = await runAlone(given, secret)
    expect([plain.code, plain.stdout]).toEqual([exit, ''])
    expect(plain.stderr).toContain(message)
    expect(server.received.every(({ url }) => url === '/oauth/token')).toBe(true)
    expect(server.received.length).toBeLessThanOrEqual(2)
    const json = await runAlone([...given, '--json'], secret)
    expect(jsonOf(json)).toMatchObject({ ok: false, error: { code } })
  })

  it('shows what a tenant says cut, and without what could move the cursor or give the secret away', async () => {
    const long = `\u001b[31m\u202e${workerSecret} ${'x'.repeat(1000)}`
    await using server = await recordingServer(() => oauth(400, 'odd', long))
    const { stderr } = await runAlone(['token', '--domain', server.host, ...worker, '--audience', messages], secret)
    expect(stderr).toContain('\\u{1b}[31m\\u{202e}(hidden) xxx')
    for (const character of ['\u001b', '\u202e']) expect(stderr).not.toContain(character)
    expect(stderr).not.toContain(workerSecret)
    expect(stderr.length).toBeLessThan(500)
  })
})

describe('a tenant that cannot be reached', () => {
  it.each<[what: string, domain: string, message: RegExp, fix: string]>([
    [
      'nobody listens',
      'localhost:4',
      /localhost:4 cannot be reached: nobody listens there/,
      'npx sallyport dev --port 4',
    ],
    [
      'there is no such host',
      'no-such-tenant.invalid',
      /no-such-tenant\.invalid cannot be reached: /,
      'Check the domain',
    ],
  ])('ends with exit code 5 where %s', async (_, domain, message, fix) => {
    const { code, stdout, stderr } = await runAlone(
      ['token', '--domain', domain, ...worker, '--audience', messages],
      secret,
    )
    expect([code, stdout]).toEqual([5, ''])
    expect(stderr).toMatch(message)
    expect(stderr).toContain(fix)
  })

  it('waits for ten seconds, and says what it waits for', async () => {
    await using server = await recordingServer(() => undefined)
    const { code, stderr } = await runAlone(
      ['token', '--domain', server.host, ...worker, '--audience', messages],
      secret,
    )
    expect(code).toBe(5)
    expect(stderr).toContain(`… Asking ${server.host} for a token`)
    expect(stderr).toContain('no answer within 10 s')
  })
})
