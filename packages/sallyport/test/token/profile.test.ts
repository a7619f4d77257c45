import { beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '../support/harness.js'

describe.each(['auth0', 'rfc9068'] as const)('token profile %s', (tokenProfile) => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness({ tokenProfile })
  })

  it.each([
    ['sub', 5],
    ['sub', null],
    ['sub', ['user']],
    ['jti', 5],
    ['jti', ''],
    ['jti', {}],
  ])('refuses %s when it is %j', async (name, value) => {
    expect(await harness.outcome(await harness.issuer.token({ [name]: value }))).toBe('T')
  })

  it.each(['sub', 'jti', 'client_id'])('knows whether %s is required', async (name) => {
    const token = await harness.issuer.token({ [name]: undefined })
    expect(await harness.outcome(token)).toBe(tokenProfile === 'auth0' ? 'A' : 'T')
  })

  it('knows whether the type JWT is that of an access token', async () => {
    const token = await harness.issuer.token({}, { typ: 'JWT' })
    expect(await harness.outcome(token)).toBe(tokenProfile === 'auth0' ? 'A' : 'T')
  })
})
