import { beforeAll, describe, expect, it } from 'vitest'
import { RequestRefused } from '../../src/errors.js'
import { acceptJwk } from '../../src/signature/jwk.js'
import { parseCompact } from '../../src/token/compact.js'
import { createHarness, type Harness } from '../support/harness.js'
import { describeVectors, readOverrides } from '../support/vectors.js'
import { runtimes, verifies } from '../support/verifies.js'
import { expectedVerdict, isSymmetric, readJweCases, readJwsCases } from '../support/wycheproof.js'

const keys = 'wycheproof/json_web_key_test.json'

/** What this kit decides where OVERRIDES.json leaves the decision to the policy. */
const policy: Readonly<Record<string, { readonly verifies: boolean; readonly why: string }>> = {
  1: { verifies: false, why: 'an oct member is ignored, and HS256 is no algorithm here' },
  4: { verifies: false, why: 'both members with the kid are oct' },
  7: { verifies: false, why: 'the fingerprint of the faulty prime generator is looked for' },
}

describeVectors('Wycheproof JWK', () => {
  describe.each(runtimes)('with $runtime', ({ prepareKey }) => {
    const overrides = readOverrides(keys)
    it.each(readJwsCases(keys))('judges $tcId $group $comment as it should', async ({ tcId, result, members, jws }) => {
      const verdict = expectedVerdict(overrides, tcId, result)
      const decided = verdict === 'policy' ? policy[tcId]?.verifies : verdict === 'valid'
      const expected = members.some(isSymmetric) ? false : decided
      expect(await verifies(members, jws, prepareKey)).toBe(expected)
    })

    it('still verifies with the asymmetric member of a set that also holds a symmetric one', async () => {
      const mixed = readJwsCases(keys).find(({ tcId }) => tcId === 1)?.members ?? []
      const signed = readJwsCases('wycheproof/json_web_signature_test.json').find(({ tcId }) => tcId === 18)
      expect(mixed.map((member) => member['kty'])).toEqual(['oct', 'EC'])
      expect(signed?.members[0]?.['x']).toBe(mixed[1]?.['x'])
      expect(await verifies(mixed, signed?.jws ?? '', prepareKey)).toBe(true)
    })
  })

  it('recognises the key of the faulty prime generator as such', () => {
    const [roca] = readJwsCases(keys).find(({ tcId }) => tcId === 7)?.members ?? []
    expect(acceptJwk(roca, ['RS256'])).toBe('rsa_weak_prime_generator')
  })
})

describeVectors('Wycheproof JWE', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness()
    await harness.api.warmUp()
  })

  const files = ['wycheproof/json_web_encryption_test.json', 'wycheproof/json_web_crypto_test.json']
  describe.each(files)('%s', (file) => {
    const compact = readJweCases(file).filter(({ jwe }) => !jwe.startsWith('{'))
    const wellFormed = compact.filter(({ jwe }) => jwe.split('.').length === 5)

    it.each(compact)('refuses $tcId $group $comment', async ({ jwe }) => {
      const fetches = harness.fetches()
      expect(await harness.outcome(jwe)).toBe('T')
      expect(harness.fetches()).toBe(fetches)
    })

    it.each(wellFormed)('names $tcId $group $comment as encrypted without decoding a part of it', ({ jwe }) => {
      expect(refusalOf(jwe)).toBe('token_encrypted')
      expect(refusalOf(jwe.replace(/[^.]/g, 'A'))).toBe('token_encrypted')
    })

    it.each(readJweCases(file).filter(({ jwe }) => jwe.startsWith('{')))(
      'refuses $tcId $group $comment, which is not in compact form',
      async ({ jwe }) => {
        expect(await harness.outcome(jwe)).toBe('T')
      },
    )
  })
})

function refusalOf(token: string): string {
  try {
    parseCompact(token)
  } catch (error) {
    if (error instanceof RequestRefused) return error.code
  }
  throw new Error('The token was read.')
}
