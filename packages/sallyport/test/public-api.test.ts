import { describe, expect, it } from 'vitest'

describe('public API', () => {
  it('exports these names from sallyport', async () => {
    expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
      [
        "DependencyUnavailable",
        "InvalidOptions",
        "ReplayStoreFull",
        "RequestRefused",
        "answerTo",
        "corsHeaders",
        "createResourceServer",
        "mapFaults",
        "memoryReplayStore",
        "resolveRequirement",
      ]
    `)
  })

  it.each(['express', 'fastify', 'fetch', 'hono'])('exports createAuth alone from sallyport/%s', async (name) => {
    expect(Object.keys(await import(`../src/adapters/${name}.ts`))).toEqual(['createAuth'])
  })

  it('exports these names from sallyport/nestjs', async () => {
    expect(Object.keys(await import('../src/adapters/nestjs.js')).sort()).toMatchInlineSnapshot(`
      [
        "AuthException",
        "CurrentAuth",
        "Public",
        "RESOURCE_SERVER",
        "RequireAuth",
        "SallyportModule",
      ]
    `)
  })

  it('exports these names from sallyport/redis', async () => {
    expect(Object.keys(await import('../src/stores/redis.js')).sort()).toMatchInlineSnapshot(`
      [
        "redisReplayStore",
      ]
    `)
  })

  it('exports these names from sallyport/testing', async () => {
    expect(Object.keys(await import('../src/testing/index.js')).sort()).toMatchInlineSnapshot(`
      [
        "createTestClock",
        "createTestIssuer",
        "createTestKey",
        "dpopClient",
        "replayStoreContract",
        "signCompact",
      ]
    `)
  })
})
