import { describe, expect, it } from 'vitest'
import { decodeBase64url } from '../../src/encoding/base64url.js'
import { acceptJwk } from '../../src/signature/jwk.js'
import { describeVectors, readOverrides } from '../support/vectors.js'
import { runtimes, verifies } from '../support/verifies.js'
import { expectedVerdict, isSymmetric, readJwsCases } from '../support/wycheproof.js'

const signatures = 'wycheproof/json_web_signature_test.json'
const files = [signatures, 'wycheproof/json_web_crypto_test.json']

describeVectors('Wycheproof JWS', () => {
  describe.each(files.flatMap((file) => runtimes.map((runtime) => ({ file, ...runtime }))))(
    '$file with $runtime',
    ({ file, prepareKey }) => {
      const cases = readJwsCases(file)
      const overrides = readOverrides(file)

      it.each(cases.filter(({ members }) => !members.some(isSymmetric)))(
        'judges $tcId $group $comment as it should',
        async ({ tcId, result, members, jws }) => {
          const verdict = expectedVerdict(overrides, tcId, result)
          expect(['valid', 'invalid']).toContain(verdict)
          expect(await verifies(members, jws, prepareKey)).toBe(verdict === 'valid')
        },
      )

      it.each(cases.filter(({ members }) => members.some(isSymmetric)))(
        'refuses $tcId $group $comment: a symmetric key is no key here',
        async ({ members, jws }) => {
          for (const member of members.filter(isSymmetric))
            expect(acceptJwk(member, ['RS256', 'ES256'])).toBe('symmetric_key')
          expect(await verifies(members, jws, prepareKey)).toBe(false)
        },
      )
    },
  )

  describe('the encoding of the symmetric vectors', () => {
    const overrides = readOverrides(signatures)
    it.each(readJwsCases(signatures).filter(({ group }) => group === 'base64'))(
      'judges $tcId $comment as it should',
      ({ tcId, result, jws }) => {
        const segments = jws.split('.').map((segment) => decodeBase64url(segment))
        const isCanonical = segments.length === 3 && !segments.includes(undefined)
        expect(isCanonical).toBe(expectedVerdict(overrides, tcId, result) === 'valid')
      },
    )
  })
})
