import { describe, expect, it } from 'vitest'
import { decodeBase64url, decodeWithTable } from '../../src/encoding/base64url.js'

const decoders = [
  { name: 'with Buffer', decode: decodeBase64url },
  { name: 'with the table', decode: decodeWithTable },
]
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const strangers = [
  '+',
  '/',
  '=',
  '==',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\u0000',
  '.',
  '%',
  '~',
  'é',
  'ſ',
  'Ａ',
  '\u00ad',
  '\u{1f511}',
]

describe.each(decoders)('decoding base64url $name', ({ decode }) => {
  it.each([
    ['', ''],
    ['AA', '00'],
    ['AQ', '01'],
    ['_w', 'ff'],
    ['AAA', '0000'],
    ['-_8', 'fbff'],
    ['____', 'ffffff'],
    ['Zm9vYmFy', '666f6f626172'],
  ])('reads %j', (text, hex) => {
    expect(hexOf(decode(text))).toBe(hex)
  })

  it.each([
    'A',
    'AAAAA',
    'AB',
    '_x',
    'AAB',
    'AA=',
    'AA==',
    'A A',
    'AAA\n',
    '+w',
    '/w',
    '++++',
    'AAA ',
    '\u0000',
    'ＡＡ',
  ])('refuses %j', (text) => {
    expect(decode(text)).toBeUndefined()
  })

  it('reads every byte at every place of a group', () => {
    for (let byte = 0; byte < 256; byte += 1) {
      for (const bytes of [[byte], [byte, 0], [0, byte], [byte, 0, 0], [0, byte, 0], [0, 0, byte]])
        expect(hexOf(decode(Buffer.from(bytes).toString('base64url')))).toBe(Buffer.from(bytes).toString('hex'))
    }
  })

  it('accepts 16 or 64 of all spellings with one last character, and no other code unit', () => {
    for (const [start, accepted] of [
      ['A', 4],
      ['AA', 16],
      ['AAA', 64],
    ] as const) {
      const last = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
      expect(last.filter((character) => decode(start + character) !== undefined)).toHaveLength(accepted)
    }
  })
})

describe('the two decoders', () => {
  it('agree on 20,000 strings, and accept just those that encode to themselves again', () => {
    const random = seededRandom(0x5a11)
    let accepted = 0
    for (let round = 0; round < 20_000; round += 1) {
      const text = generated(random)
      const withBuffer = hexOf(decodeBase64url(text))
      expect(hexOf(decodeWithTable(text)), JSON.stringify(text)).toBe(withBuffer)
      const again = Buffer.from(text, 'base64url').toString('base64url')
      expect(withBuffer !== undefined, JSON.stringify(text)).toBe(again === text)
      if (withBuffer !== undefined) accepted += 1
    }
    expect(accepted).toBeGreaterThan(4000)
    expect(accepted).toBeLessThan(16_000)
  })
})

/** Encoded bytes or any text of the alphabet, half of it with one or two things in it that do not belong there. */
function generated(random: (below: number) => number): string {
  const numbers = Array.from({ length: random(24) }, () => random(256))
  const isEncoded = random(2) === 0
  const characters = isEncoded
    ? Buffer.from(numbers).toString('base64url').split('')
    : numbers.map((number) => alphabet.charAt(number % 64))
  const insertions = random(4) < 2 ? 0 : 1 + random(2)
  for (let count = 0; count < insertions; count += 1) {
    const place = random(2) === 0 ? characters.length : random(characters.length + 1)
    const stranger = random(8) === 0 ? String.fromCharCode(random(0x10000)) : strangers[random(strangers.length)]
    characters.splice(place, random(2), stranger ?? '')
  }
  return characters.join('')
}

/** Mulberry32: the same numbers in every run. */
function seededRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function hexOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('hex')
}
