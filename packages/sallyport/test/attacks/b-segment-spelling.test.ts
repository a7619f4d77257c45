import type { KeyObject } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { privateKeyOf, rsaSigner, signSegments } from '../support/forgery.js'
import { createHarness, type Harness, type Outcome } from '../support/harness.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const parts = [
  { part: 'header', index: 0 },
  { part: 'payload', index: 1 },
  { part: 'signature', index: 2 },
] as const

type Part = (typeof parts)[number]
type Respell = (text: string) => string | undefined

describe('B. Spelling of the segments', () => {
  let harness: Harness
  let key: KeyObject
  beforeAll(async () => {
    harness = await createHarness()
    key = privateKeyOf(harness.issuer.currentKey())
  })

  /** A token in which each part has every spelling that the cases change: both special characters, any length. */
  const honestToken = (filler: number) => {
    const member = { '?????>>>>>': `?????>>>>>${'x'.repeat(filler)}` }
    return harness.issuer.token(member, { header: member })
  }

  /** Refused however it is signed: over the honest text, or over the text as it is sent. */
  async function expectRefused({ index }: Part, respell: Respell, outcome: Outcome = 'T'): Promise<void> {
    let respelt = 0
    for (const filler of [0, 1, 2]) {
      const honest = await honestToken(filler)
      expect(await harness.outcome(honest)).toBe('A')
      const segments = honest.split('.')
      const text = segments[index] ?? ''
      const other = respell(text)
      if (other === undefined || other === text) continue
      respelt += 1
      const changed = segments.with(index, other)
      const sent = [changed.join('.')]
      if (index < 2) sent.push(signSegments(changed[0] ?? '', changed[1] ?? '', rsaSigner(key)))
      for (const token of sent) expect(await harness.outcome(token)).toBe(outcome)
    }
    expect(respelt).toBeGreaterThan(0)
  }

  describe.each(parts)('of the $part', (part) => {
    it.each([1, 2, 3, 15])('B11 refuses unused bits with the value %i in the last character', async (bits) => {
      await expectRefused(part, (text) => {
        const unused = { 2: 4, 3: 2 }[text.length % 4]
        if (unused === undefined || bits >= 2 ** unused) return undefined
        return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.slice(-1)) + bits)
      })
    })

    it.each(['=', '==', '===', '===='])('B12 refuses the padding %s', async (padding) => {
      await expectRefused(part, (text) => text + padding)
    })

    it('B12 refuses the padding that base64 would have', async () => {
      await expectRefused(part, (text) => text.padEnd(Math.ceil(text.length / 4) * 4, '='))
    })

    // ASCII white space makes the Authorization header two words, which E05 refuses before it is a token.
    it.each<[space: string, outcome: Outcome]>([
      [' ', 'R'],
      ['\t', 'R'],
      ['\n', 'R'],
      ['\r\n', 'R'],
      ['\u00a0', 'T'],
      ['\u200b', 'T'],
      ['\u2028', 'T'],
      ['\ufeff', 'T'],
    ])('B13 refuses %j in and around it as %s', async (space, outcome) => {
      await expectRefused(part, (text) => `${text.slice(0, 8)}${space}${text.slice(8)}`, outcome)
      await expectRefused(part, (text) => `${text}${space}`, outcome)
      // In front of the first part there may be several spaces (E02).
      if (space !== ' ' || part.index > 0) await expectRefused(part, (text) => `${space}${text}`, outcome)
    })

    it('B14 refuses the other alphabet', async () => {
      await expectRefused(part, (text) => text.replaceAll('-', '+'))
      await expectRefused(part, (text) => text.replaceAll('_', '/'))
      await expectRefused(part, (text) => text.replaceAll('-', '+').replaceAll('_', '/'))
    })

    it('B15 refuses a length that no bytes have', async () => {
      for (const character of ['A', 'Q', '_'])
        await expectRefused(part, (text) => text + character.repeat((5 - (text.length % 4)) % 4))
      await expectRefused(part, (text) => text.slice(0, text.length - ((text.length + 3) % 4)))
    })

    it('B16 refuses percent-encoded characters', async () => {
      await expectRefused(part, (text) => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`)
      await expectRefused(part, (text) => text.replaceAll('-', '%2D').replaceAll('_', '%5F'))
      await expectRefused(part, (text) => `${text}%3D`)
      await expectRefused(part, (text) => `${text}%00`)
    })

    it.each([0x100, 0x200, 0xf00, 0xff00])(
      'B17 refuses characters whose low byte is a letter, %i up',
      async (offset) => {
        const raised = (text: string) => String.fromCharCode(text.charCodeAt(0) + offset)
        await expectRefused(part, (text) => raised(text) + text.slice(1))
        await expectRefused(part, (text) => text.slice(0, -1) + raised(text.slice(-1)))
        await expectRefused(part, (text) => text.replace(/[A-Za-z0-9]/g, raised))
      },
    )

    it('B17 refuses full-width letters and digits', async () => {
      const fullWidth = (text: string) =>
        text.replace(/[0-9A-Za-z]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0))
      await expectRefused(part, fullWidth)
      await expectRefused(part, (text) => fullWidth(text.slice(0, 1)) + text.slice(1))
      await expectRefused(part, (text) => text.slice(0, -1) + fullWidth(text.slice(-1)))
    })
  })

  it.each(['%2E', '%2e', '\uff0e', '\u3002', '\u2024', '%252E'])('B16 refuses %s for a dot', async (dot) => {
    const honest = await honestToken(0)
    expect(await harness.outcome(honest.replaceAll('.', dot))).toBe('T')
    expect(await harness.outcome(honest.replace('.', dot))).toBe('T')
  })
})
