import { once } from 'node:events'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import { startCli } from '../support/cli.js'
import { type Answer, jsonOf, messages, newFolder, recordingServer, runAlone, startTokenTenant } from './token-world.js'

let tenant: Tenant
beforeAll(async () => {
  tenant = await startTokenTenant()
})
afterAll(() => tenant.close())

/** Begins a device flow, and has somebody read the address and the code from the screen. */
async function begin(of: Tenant, parameters: readonly string[] = []) {
  const folder = await newFolder()
  const child = startCli(['token', '--domain', of.domain, '--device', ...parameters], { cwd: folder.path })
  const shown = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      shown[name] += chunk
    })
  const ended = once(child, 'close').then(async ([code]) => {
    await folder[Symbol.asyncDispose]()
    return { code: code as number, ...shown }
  })
  while (!shown.stderr.includes('Ctrl-C gives up')) await new Promise((resolve) => setTimeout(resolve, 20))
  const address = /http:\S+/.exec(shown.stderr)?.[0] ?? ''
  const userCode = /[A-Z]{4}-[A-Z]{4}(?= {3}there)/.exec(shown.stderr)?.[0] ?? ''
  return { child, address, userCode, ended }
}

/** What a person does in a browser: opens the page of the address, and decides. */
async function decide(of: Tenant, { address, userCode }: { address: string; userCode: string }, email?: string) {
  const page = await (await fetch(address)).text()
  expect(page).toContain(userCode)
  const user = of.state.users.list().find((one) => one.email === email)
  const decision = user === undefined ? { decision: 'decline' } : { user_id: user.user_id }
  const body = new URLSearchParams({ user_code: userCode, ...decision })
  const { origin, pathname } = new URL(address)
  const response = await fetch(`${origin}${pathname}`, { method: 'POST', headers: { origin }, body })
  expect(response.status).toBe(200)
}

describe('sallyport token --device', () => {
  it.concurrent('shows an address and a code, waits for a person, and prints the token', async () => {
    const begun = await begin(tenant, ['--scope', 'read:messages write:messages'])
    expect(begun.address).toBe(`${tenant.issuer}activate?user_code=${begun.userCode}`)
    await decide(tenant, begun, 'rob@example.com')
    const { code, stdout, stderr } = await begun.ended
    expect(code).toBe(0)
    expect(decodeJwt(stdout.trim())).toMatchObject({ azp: 'local-native', aud: messages, scope: 'read:messages' })
    expect(stderr).toContain('Asked for and not granted: write:messages. The user needs it by a role')
  })

  it.concurrent('gets a bound token, with the nonce that a public client needs', async () => {
    const begun = await begin(tenant, ['--dpop', '--json', '--scope', 'read:messages'])
    await decide(tenant, begun, 'ada@example.com')
    const ended = await begun.ended
    const { data } = jsonOf(ended)
    expect([ended.code, data]).toMatchObject([0, { token_type: 'DPoP', dpop: { key_file: '.auth/dpop-key.json' } }])
    const { cnf } = decodeJwt(String(data?.['access_token']))
    expect(data?.['dpop']).toMatchObject(Object(cnf))
  })

  it.concurrent('ends with exit code 3 where the person refuses', async () => {
    const begun = await begin(tenant)
    await decide(tenant, begun)
    const { code, stdout, stderr } = await begun.ended
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toContain('The request was cancelled in the browser.')
  })

  it.concurrent('ends with exit code 1 where the code expires', async () => {
    await using own = await startTenant({ port: 0 })
    const begun = await begin(own)
    own.clock.skew(901)
    const { code, stdout, stderr } = await begun.ended
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('Nobody confirmed the code in time.')
  })

  it.concurrent('ends with exit code 130 at Ctrl-C', async () => {
    const { child, ended } = await begin(tenant)
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    expect([code, stdout]).toEqual([130, ''])
    expect(stderr).toContain('Interrupted.')
  })
})

const codes = (more: object = {}): Answer => ({
  body: JSON.stringify({
    device_code: 'device-code',
    user_code: 'ABCD-EFGH\u001b[2J',
    verification_uri: 'https://tenant.test/activate',
    interval: 1,
    expires_in: 60,
    ...more,
  }),
})
const no = (error: string): Answer => ({ status: 403, body: JSON.stringify({ error }) })
const yes: Answer = { body: '{"access_token":"opaque","token_type":"Bearer","expires_in":60}' }

describe('the device flow of other tenants', () => {
  const run = (host: string) => runAlone(['token', '--domain', host, '--device', '--audience', messages])

  it.concurrent('waits longer where it is told to slow down', async () => {
    const times: number[] = []
    const answers = [codes(), no('slow_down'), no('authorization_pending'), yes]
    await using server = await recordingServer((_, count) => {
      times.push(Date.now())
      return answers[count - 1]
    })
    const { code, stdout, stderr } = await run(server.host)
    expect([code, stdout]).toEqual([0, 'opaque\n'])
    const [, first = 0, second = 0, third = 0] = times
    for (const pause of [second - first, third - second]) expect(pause).toBeGreaterThanOrEqual(5900)
    expect(stderr).toContain('ABCD-EFGH\\u{1b}[2J')
  })

  it.concurrent('gives up when the time is over, whatever the tenant says', async () => {
    await using server = await recordingServer((_, count) =>
      count === 1 ? codes({ expires_in: 2 }) : no('authorization_pending'),
    )
    const { code, stderr } = await run(server.host)
    expect(code).toBe(1)
    expect(stderr).toContain('Nobody confirmed the code in time.')
    expect(server.received.length).toBeLessThanOrEqual(4)
  })

  it.concurrent('stands a tenant that is out of reach for a moment, but not for good', async () => {
    await using server = await recordingServer((_, count) => (count === 1 ? codes() : undefined))
    const ended = run(server.host)
    while (server.received.length < 2) await new Promise((resolve) => setTimeout(resolve, 50))
    await server[Symbol.asyncDispose]()
    const { code, stderr } = await ended
    expect(code).toBe(5)
    expect(stderr).toContain('cannot be reached')
  })
})
