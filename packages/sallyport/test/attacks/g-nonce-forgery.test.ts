import { beforeEach, describe, expect, it } from 'vitest'
import * as digestOnNode from '../../src/signature/digest-node.js'
import * as digestOnWeb from '../../src/signature/digest-web.js'
import { atOneMoment, createNonceBench, nonceOf, otherSecret, period, renewal, secret } from '../support/nonce-bench.js'
import { callsOf, type ProofBench } from '../support/proof-forgery.js'

describe('G. Secrets of nonces', () => {
  let bench: ProofBench
  let nonce: string
  beforeEach(async () => {
    bench = await createNonceBench(secret)
    nonce = await nonceOf(bench)
  })
  const verdictWith = async (given: string | undefined) => bench.verdict(await bench.proof({ nonce: given }))

  it('G27 accepts the nonces of every secret, and makes them with the first', async () => {
    const [before, during, after] = [
      await createNonceBench(secret),
      await createNonceBench([otherSecret, secret]),
      await createNonceBench(otherSecret),
    ]
    atOneMoment(bench, before, during, after)
    const [old, current] = [await nonceOf(before), await nonceOf(during)]
    expect(current).toBe(await nonceOf(after))
    expect(current).not.toBe(old)
    expect(await renewal(during, current)).toEqual({})
    expect(await renewal(during, old)).toEqual({ 'dpop-nonce': current, 'cache-control': 'no-store' })
    expect(await after.verdict(await after.proof({ nonce: old }))).toBe('N nonce_wanted')
    expect(await before.verdict(await before.proof({ nonce: current }))).toBe('N nonce_wanted')
  })

  it('G28 refuses a nonce in which any one bit is another', async () => {
    const bytes = Buffer.from(nonce, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(await verdictWith(flipped.toString('base64url'))).toBe('N nonce_wanted')
    }
    expect(await verdictWith(nonce)).toBe('A')
  })
  it('G28 refuses a nonce that is cut, prolonged, or spelled with other unused bits', async () => {
    const last = String.fromCharCode(nonce.charCodeAt(42) + 1)
    const others = [
      nonce.slice(0, 42),
      nonce.slice(1),
      nonce.slice(0, 22),
      `${nonce}A`,
      `A${nonce}`,
      nonce.slice(0, 42) + last,
    ]
    for (const other of others) expect(await verdictWith(other)).toBe('N nonce_wanted')
    expect(await verdictWith(nonce)).toBe('A')
  })
  it('G28 refuses HMACs of what an attacker can guess, keyed with what an attacker knows', async () => {
    const minute = Math.floor(bench.harness.clock.nowSeconds() / period)
    for (const key of ['', 'sallyport', bench.token, nonce, bench.client.jkt]) {
      for (const text of [`["sallyport nonce 1","https://api.test"]${minute}`, String(minute), nonce, '']) {
        expect(await verdictWith(digestOnNode.hmacSha256(key, text))).toBe('N nonce_wanted')
      }
    }
  })
  it('G28 compares with every candidate, however wrong a nonce is', async () => {
    const two = await createNonceBench([secret, otherSecret])
    const good = await nonceOf(two)
    const comparisons = async (given: string) =>
      callsOf(['timingSafeEqual'], async () => two.verdict(await two.proof({ nonce: given })))
    // Six minutes of two secrets.
    expect(await comparisons(good)).toBe(12)
    expect(await comparisons(`-${good.slice(1)}`)).toBe(12)
    expect(await comparisons(`${good.slice(0, -1)}-`)).toBe(12)
    expect(await comparisons('-'.repeat(43))).toBe(12)
  })
  it.each([
    ['node:crypto', digestOnNode],
    ['WebCrypto', digestOnWeb],
  ])('G28 compares texts and makes the same nonces with %s', async (_, digest) => {
    expect(await digest.hmacSha256(secret, '\u00e9\u{1f600}')).toBe(digestOnNode.hmacSha256(secret, '\u00e9\u{1f600}'))
    expect(digest.isEqualInConstantTime(nonce, nonce)).toBe(true)
    expect(digest.isEqualInConstantTime('', '')).toBe(true)
    for (let index = 0; index < nonce.length; index += 1) {
      const other = `${nonce.slice(0, index)}~${nonce.slice(index + 1)}`
      expect(digest.isEqualInConstantTime(nonce, other)).toBe(false)
      expect(digest.isEqualInConstantTime(other, nonce)).toBe(false)
      expect(digest.isEqualInConstantTime(nonce, nonce.slice(0, index))).toBe(false)
      expect(digest.isEqualInConstantTime(nonce.slice(0, index), nonce)).toBe(false)
    }
    expect(digest.isEqualInConstantTime('a', 'a\u0000')).toBe(false)
    expect(digest.isEqualInConstantTime('\u0161', 'a')).toBe(false)
  })
})
