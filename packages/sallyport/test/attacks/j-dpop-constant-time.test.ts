import crypto, { createHash } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { describe, expect, it, vi } from 'vitest'
import { createNonceCheck } from '../../src/dpop/nonce.js'
import { RequestRefused } from '../../src/errors.js'
import * as onNode from '../../src/signature/digest-node.js'
import * as onWeb from '../../src/signature/digest-web.js'
import { createTestClock } from '../../src/testing/index.js'

describe.each([
  ['node:crypto', onNode],
  ['WebCrypto', onWeb],
])('J. Digests with %s', (_, { sha256: digest, hmacSha256, isEqualInConstantTime }) => {
  const hex = (text: string) => Buffer.from(text, 'base64url').toString('hex')

  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('J07 has the SHA-256 of FIPS 180-4 for %.20j', async (text, expected) => {
    expect(hex(await digest(text))).toBe(expected)
    expect(hex(await digest(Buffer.from(text)))).toBe(expected)
    expect(hex(await digest(new Uint8Array([1, ...Buffer.from(text).subarray(0, 99)]).subarray(1)))).toBe(
      createHash('sha256').update(text.slice(0, 99)).digest('hex'),
    )
  })

  it.each([
    ['\x0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    ['Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
  ])('J07 has the HMAC of RFC 4231 for the key %j', async (key, text, expected) => {
    expect(hex(await hmacSha256(key, text))).toBe(expected)
  })

  it.each([1, 63, 64, 65, 131, 1000])('J07 has the HMAC of RFC 2104 for a key of %i characters', async (length) => {
    for (const [key, text] of [
      ['k'.repeat(length), 'text'],
      ['ключ🔑'.repeat(length).slice(0, length * 2), 'é'.repeat(length)],
    ] as const) {
      const bytes = Buffer.from(key)
      const block = Buffer.alloc(64)
      if (bytes.length > 64) createHash('sha256').update(bytes).digest().copy(block)
      else bytes.copy(block)
      const hash = (pad: number, data: Uint8Array) =>
        createHash('sha256')
          .update(Buffer.concat([block.map((byte) => byte ^ pad), data]))
          .digest()
      expect(await hmacSha256(key, text)).toBe(hash(0x5c, hash(0x36, Buffer.from(text))).toString('base64url'))
    }
  })

  it.each<[boolean, string, string]>([
    [true, '', ''],
    [true, 'a', 'a'],
    [true, 'é🔑', 'é🔑'],
    [false, '', 'a'],
    [false, 'a', ''],
    [false, 'a', 'A'],
    [false, 'a', 'aa'],
    [false, 'aa', 'a'],
    [false, 'ab', 'ba'],
    [false, 'a', 'a\u0000'],
    [false, '\u0000', ''],
    [false, 'é', 'e\u0301'],
    [false, 'a', '\u0161'],
    [false, 'aa', '\u6161'],
    [false, '\u00e9', '\u01e9'],
    [false, 'a'.repeat(65_536), ''],
    [false, 'a'.repeat(43), `${'a'.repeat(42)}b`],
    [false, 'a'.repeat(43), `b${'a'.repeat(42)}`],
    [true, 'a'.repeat(10_000), 'a'.repeat(10_000)],
  ])('J07 says %s for the equality of %.10j and %.10j', (expected, one, other) => {
    expect(isEqualInConstantTime(one, other)).toBe(expected)
    expect(isEqualInConstantTime(other, one)).toBe(expected)
  })

  it('J07 has one digest on both runtimes for whatever text', async () => {
    for (const text of ['', 'a', '\u0000', 'é🔑', '\ufeffx', 'x'.repeat(10_000), '\ud800', '"\\\r\n']) {
      expect(await digest(text)).toBe(onNode.sha256(text))
      expect(await hmacSha256('s'.repeat(32), text)).toBe(onNode.hmacSha256('s'.repeat(32), text))
    }
  })
})

describe('J. Comparisons in constant time', () => {
  /** The nonce that a refusal hands out; empty when there is no refusal. */
  async function refusedWith(check: (nonce: unknown) => unknown, nonce?: string): Promise<string> {
    try {
      await check(nonce)
      return ''
    } catch (error) {
      if (error instanceof RequestRefused && error.nonce !== undefined) return error.nonce
      throw error
    }
  }

  it('J07 looks at every character on WebCrypto, wherever the first difference is', () => {
    const secret = 'a'.repeat(43)
    const looks = vi.spyOn(String.prototype, 'charCodeAt')
    const counts = [secret, `b${secret.slice(1)}`, `${secret.slice(1)}b`, 'b'.repeat(43)].map((guess) => {
      looks.mockClear()
      onWeb.isEqualInConstantTime(secret, guess)
      return looks.mock.calls.length
    })
    looks.mockRestore()
    expect(counts).toEqual([86, 86, 86, 86])
  })

  it('J07 compares a nonce with every one that is accepted, whichever it is', async () => {
    const compare = vi.spyOn(crypto, 'timingSafeEqual')
    syncBuiltinESMExports()
    const clock = createTestClock(1_800_000_000)
    const check = createNonceCheck({
      clock,
      audiences: ['https://api.test'],
      secrets: ['1', '2'].map((s) => s.repeat(32)),
    })
    const oldest = await refusedWith(check)
    clock.advance(240)
    const newest = await refusedWith(check)
    const seen: unknown[] = []
    for (const nonce of [newest, oldest, 'A'.repeat(43), `${newest.slice(0, -1)}_`]) {
      compare.mockClear()
      seen.push([await refusedWith(check, nonce), compare.mock.calls.length])
    }
    compare.mockRestore()
    syncBuiltinESMExports()
    const everyOne = 12
    expect(seen).toEqual([
      ['', everyOne],
      ['', everyOne],
      [newest, everyOne],
      [newest, everyOne],
    ])
  })
})
