import { describe, expect, it } from 'vitest'

describe('public API', () => {
  it('exports these names from sallyport', async () => {
    expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
      [
        "DependencyUnavailable",
        "InvalidOptions",
        "RequestRefused",
        "answerTo",
        "createResourceServer",
        "resolveRequirement",
      ]
    `)
  })

  it('exports these names from sallyport/fastify', async () => {
    expect(Object.keys(await import('../src/adapters/fastify.js')).sort()).toMatchInlineSnapshot(`
      [
        "createAuth",
      ]
    `)
  })

  it('exports these names from sallyport/testing', async () => {
    expect(Object.keys(await import('../src/testing/index.js')).sort()).toMatchInlineSnapshot(`
      [
        "createTestClock",
        "createTestIssuer",
        "createTestKey",
        "signCompact",
      ]
    `)
  })
})
