import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestIssuer, type TestIssuer } from '../packages/sallyport/src/testing/index.ts'
import type { Stack } from '../packages/sallyport/test/support/contract.ts'
import { startWorker } from './src/stacks.ts'

/** On workerd what one request waits for ends with it: no other may wait for the same. */
describe.each(['2024-09-01', '2026-04-01'])('A Worker of %s', (compatibilityDate) => {
  let issuer: TestIssuer
  let server: Server
  let stack: Stack
  let delayMilliseconds = 0

  beforeEach(async () => {
    server = createServer(async ({ url = '/' }, response) => {
      const answer = await issuer.fetch(new URL(url, issuer.issuer))
      await wait(delayMilliseconds)
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    issuer = await createTestIssuer({ issuer: `http://127.0.0.1:${port}/`, algorithm: 'ES256' })
    delayMilliseconds = 0
    const options = { domain: issuer.domain, audience: String(issuer.audience), algorithms: ['ES256'] } as const
    stack = await startWorker('fetch', options, compatibilityDate)
  })
  afterEach(async () => {
    await stack.close()
    server.closeAllConnections()
    server.close()
  })

  const ask = async (path = '/private') => {
    const headers = { authorization: `Bearer ${await issuer.token()}` }
    const response = await fetch(`${stack.origin}${path}`, { headers, signal: AbortSignal.timeout(8000) })
    await response.text()
    return response.status
  }

  const later = async (seconds: number) => void (await fetch(`${stack.origin}/later?${seconds}`))

  it('answers many first requests at once', async () => {
    delayMilliseconds = 200
    const statuses = await Promise.all(Array.from({ length: 20 }, () => ask()))
    expect(new Set(statuses)).toEqual(new Set([200]))
  })

  it('asks again for the key that another request could not wait for', async () => {
    expect(await ask()).toBe(200)
    await later(60)
    await issuer.rotateKey()
    delayMilliseconds = 2500
    expect(await ask()).toBe(503)
    await wait(1000)
    delayMilliseconds = 0
    await later(60)
    expect(await ask()).toBe(200)
  })

  it('refreshes keys that grow old', async () => {
    delayMilliseconds = 300
    expect(await ask()).toBe(200)
    for (const fetches of [2, 3]) {
      await later(590)
      expect(await ask()).toBe(200)
      expect(issuer.requests.get('/.well-known/jwks.json')).toBe(fetches)
    }
  })

  it('serves the keys it has while the issuer is silent, and waits for it once', async () => {
    expect(await ask()).toBe(200)
    await later(700)
    delayMilliseconds = 6000
    const began = performance.now()
    expect(await ask()).toBe(200)
    const first = performance.now() - began
    expect(await ask()).toBe(200)
    expect(first).toBeLessThan(3000)
    expect(performance.now() - began - first).toBeLessThan(first)
  })

  it('takes over from a request that has gone while it fetched the keys', async () => {
    delayMilliseconds = 300
    await ask('/abandoned')
    expect(await ask()).toBe(200)
  })
})
