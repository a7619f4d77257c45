import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { startTenant } from '../../src/index.js'

afterEach(() => vi.unstubAllEnvs())

const portOf = ({ issuer }: { readonly issuer: string }) => Number(new URL(issuer).port)

async function connects(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host)
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return isOpen
}

test('serves on a free port, under the name that its tokens have', async () => {
  await using tenant = await startTenant({ port: 0 })
  expect(tenant.issuer).toBe(`http://localhost:${portOf(tenant)}/`)
  expect(tenant.domain).toBe(`localhost:${portOf(tenant)}`)
  const response = await fetch(`${tenant.issuer}.well-known/openid-configuration`)
  expect(await response.json()).toMatchObject({ issuer: tenant.issuer })
})

test('is on one address of loopback alone', async () => {
  await using tenant = await startTenant({ port: 0 })
  expect(await connects('localhost', portOf(tenant))).toBe(true)
  // A server on all addresses would answer here.
  expect(await connects('127.0.0.2', portOf(tenant))).toBe(false)
})

test('does not start where NODE_ENV is production', async () => {
  vi.stubEnv('NODE_ENV', 'production')
  await expect(startTenant({ port: 0 })).rejects.toThrow(
    'The local tenant does not run where NODE_ENV is "production": everybody can log in to it.',
  )
})

test('says that a port is taken', async () => {
  await using tenant = await startTenant({ port: 0 })
  await expect(startTenant({ port: portOf(tenant) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('gives its port back at the end, also in the middle of a request', async () => {
  const tenant = await startTenant({ port: 0 })
  const port = portOf(tenant)
  const socket = connect(port, 'localhost')
  await once(socket, 'connect')
  socket.on('error', () => {})
  socket.write('POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n')
  await tenant.close()
  await using again = await startTenant({ port })
  expect(portOf(again)).toBe(port)
})

test('gives its port back where its seed has a mistake', async () => {
  const probe = createServer().listen(0, 'localhost')
  await once(probe, 'listening')
  const { port } = probe.address() as { readonly port: number }
  probe.close()
  await once(probe, 'close')
  await expect(startTenant({ port, seed: { apis: [{}] } as never })).rejects.toThrow('apis[0].name is missing')
  expect(await connects('localhost', port)).toBe(false)
})
