import { beforeEach, describe, expect, it } from 'vitest'
import { createTestClock } from '../../src/testing/index.js'
import { resourceUrl } from '../support/harness.js'
import { atOneMoment, createNonceBench, nonceOf, secret } from '../support/nonce-bench.js'
import { createProofBench, type ProofBench } from '../support/proof-forgery.js'

describe('G. Nonces and clocks', () => {
  let bench: ProofBench
  let nonce: string
  beforeEach(async () => {
    bench = await createNonceBench(secret)
    nonce = await nonceOf(bench)
  })
  const verdictWith = async (given: string | undefined) => bench.verdict(await bench.proof({ nonce: given }))

  it.each([-3600, -301, 31, 300, 3600])(
    'G31 accepts a nonce from a client whose clock is %i s off',
    async (seconds) => {
      const plain = await createProofBench()
      atOneMoment(bench, plain)
      const clock = createTestClock(bench.harness.clock.nowSeconds() + seconds)
      const verdictAt = async (one: ProofBench, given?: string) => {
        const client = await one.harness.dpopClient({ clock })
        const token = await client.token()
        return one.verdict(await client.proof({ url: resourceUrl, token, nonce: given }), { token })
      }
      expect(await verdictAt(bench)).toBe('N nonce_wanted')
      expect(await verdictAt(bench, nonce)).toBe('A')
      expect(await verdictAt(plain)).toBe('P proof_time_refused')
    },
  )
  it.each([-300, 300])('G31 accepts a nonce of its own when its own clock is %i s off', async (seconds) => {
    const { clock } = bench.harness
    const client = await bench.harness.dpopClient({ clock: createTestClock(clock.nowSeconds()) })
    clock.jump(seconds)
    const token = await client.token({ iat: clock.nowSeconds() - 3600 })
    expect(await bench.verdict(await client.proof({ url: resourceUrl, token }), { token })).toBe('N nonce_wanted')
    const proof = await client.proof({ url: resourceUrl, token, nonce: await nonceOf(bench) })
    expect(await bench.verdict(proof, { token })).toBe('A')
  })
  it('G31 wants an iat all the same', async () => {
    for (const iat of [undefined, null, '1', -1])
      expect(await bench.verdict(await bench.proof({ nonce, claims: { iat } }))).toBe('P proof_claim_refused')
    expect(await bench.verdict(await bench.proof({ nonce, claims: { iat: 0 } }))).toBe('A')
  })

  it('G32 refuses a proof that was made for later, until its time has come', async () => {
    const plain = await createProofBench()
    const { clock } = plain.harness
    const iat = clock.nowSeconds() + 3600
    const token = await plain.client.token({}, { expiresInSeconds: 7200 })
    const proof = await plain.proof({ token, claims: { iat } })
    expect(await plain.verdict(proof, { token })).toBe('P proof_time_refused')
    clock.advance(3569)
    expect(await plain.verdict(proof, { token })).toBe('P proof_time_refused')
    clock.advance(1)
    expect(await plain.verdict(proof, { token })).toBe('A')
    expect(await plain.verdict(proof, { token })).toBe('P proof_replayed')
  })
  it('G32 refuses all proofs that were made before their nonce, whatever their iat', async () => {
    const { clock } = bench.harness
    const proofs = await Promise.all(
      [0, 3600].map((ahead) => bench.proof({ nonce, claims: { iat: clock.nowSeconds() + ahead } })),
    )
    clock.advance(3600)
    for (const proof of proofs) expect(await bench.verdict(proof)).toBe('N nonce_wanted')
    expect(await verdictWith(await nonceOf(bench))).toBe('A')
  })
})
