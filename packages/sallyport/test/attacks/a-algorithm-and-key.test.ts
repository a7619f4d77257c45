import { beforeAll, describe, expect, it } from 'vitest'
import { signCompact } from '../../src/testing/index.js'
import { createHarness, type Harness } from '../support/harness.js'

describe('A. Algorithm and key confusion', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness()
  })

  it('A01 refuses alg none with an empty signature', async () => {
    const { issuer, outcome } = harness
    const token = await issuer.token({}, { header: { alg: 'none' } })
    expect(await outcome(`${token.slice(0, token.lastIndexOf('.'))}.`)).toBe('T')
  })

  it.each([1, null, '', ['RS256'], {}])('A04 refuses alg %j', async (alg) => {
    const { issuer, outcome } = harness
    const key = issuer.currentKey()
    const claims = JSON.stringify({ iss: issuer.issuer })
    expect(await outcome(await signCompact({ alg, kid: key.kid, typ: 'at+jwt' }, claims, key))).toBe('T')
  })
})
