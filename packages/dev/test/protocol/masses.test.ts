import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, expect, test, vi } from 'vitest'
import { startTenant } from '../../src/index.js'
import { createOnce } from '../../src/tenant/once.js'
import { authorizePath } from '../support/login.js'
import { apis, protocolSeed } from '../support/protocol-seed.js'
import { askForToken, machineRequest } from '../support/token-requests.js'

const tenant = await startTenant({ port: 0, seed: protocolSeed })
afterAll(() => tenant.close())

test('forgets what comes in masses, the oldest first', () => {
  let now = 0
  const once = createOnce<number>(() => now)
  for (let count = 0; count < 10_500; count += 1) once.put(String(count), count, 60)
  expect(once.peek('0')).toBeUndefined()
  expect(once.peek('10499')).toBe(10_499)
  expect(
    Array.from({ length: 10_500 }, (_, key) => once.peek(String(key))).filter((kept) => kept !== undefined),
  ).toHaveLength(10_000)
  now = 61
  once.put('new', 1, 60)
  expect(once.peek('10499')).toBeUndefined()
  expect(once.take('new')).toBe(1)
  expect(once.take('new')).toBeUndefined()
})

test('keeps the latest 500 answers in its log', async () => {
  const { log } = tenant
  for (let count = 0; count < 1500; count += 1) log.add({ method: 'GET', path: `/${count}`, status: 200 })
  expect(log.list()).toHaveLength(500)
  expect(log.list()[0]).toMatchObject({ path: '/1499' })
})

async function raw(text: string | Buffer, isCut = false): Promise<string> {
  const socket = connect(Number(new URL(tenant.issuer).port), 'localhost')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  if (isCut) setTimeout(() => socket.destroy(), 50)
  await once(socket, 'close')
  return answer
}

test('answers a body of megabytes at its beginning, and goes on', async () => {
  const head = `POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000000\r\nConnection: close\r\n\r\n`
  expect(await raw(Buffer.concat([Buffer.from(head), Buffer.alloc(1_000_000, 120)]))).toMatch(
    /^HTTP\/1.1 400 [\s\S]*too large/,
  )
  expect(await askForToken(tenant, machineRequest(apis.plain))).toMatchObject({ status: 200 })
})

test('minds nobody who goes away in the middle of a body', async () => {
  const warn = vi.spyOn(console, 'warn')
  await raw('POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ngrant_type', true)
  expect(await askForToken(tenant, machineRequest(apis.plain))).toMatchObject({ status: 200 })
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
})

test.each(['evil.test', 'evil.test:80', `localhost:1`, ''])(
  'says its own name to those who call it "%s"',
  async (host) => {
    for (const path of ['/.well-known/openid-configuration', authorizePath(), '/v2/logout'])
      expect(await raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).not.toContain('evil')
  },
)
