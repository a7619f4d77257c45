import { createResourceServer } from 'sallyport'
import { describe, expect, it, vi } from 'vitest'
import { startTenant } from '../src/index.js'

describe('A tenant, where NODE_ENV is "production"', () => {
  it('L01 does not start', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    await expect(startTenant({ port: 0 })).rejects.toThrow('NODE_ENV is "production"')
  })

  it('L01 is on loopback alone', async () => {
    await using tenant = await startTenant({ port: 0 })
    expect(new URL(tenant.issuer).hostname).toBe('localhost')
    const { networkInterfaces } = await import('node:os')
    const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list)
    for (const { address, internal, family } of addresses) {
      if (internal || family !== 'IPv4') continue
      await expect(fetch(`http://${address}:${new URL(tenant.issuer).port}/`)).rejects.toThrow()
    }
  })

  it('L02 is not an issuer that Sallyport takes', async () => {
    await using tenant = await startTenant({ port: 0 })
    vi.stubEnv('NODE_ENV', 'production')
    const { domain, issuer } = tenant
    expect(() => createResourceServer({ domain, audience: 'https://api.example.com' })).toThrow(/production/)
    expect(() => createResourceServer({ issuer, audience: 'https://api.example.com' })).toThrow(/production|https/)
  })
})
