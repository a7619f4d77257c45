import { base64url } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Harness, type Outcome } from '../support/harness.js'
import { claimsText, headerText } from '../support/token-text.js'
import { describeVectors, listVectors, readVectorBytes } from '../support/vectors.js'

describe('C. Structure, JSON, typing: what JSON says twice or badly', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness()
  })

  /** The member's own text once more: as it is, with another value, and with its first letter escaped. */
  const duplicates: readonly (readonly [string, (name: string, value: string) => string])[] = [
    ['again', (name, value) => `"${name}":${value}`],
    ['again with another value', (name) => `"${name}":"other"`],
    ['again with null', (name) => `"${name}":null`],
    ['again with an escaped letter', (name, value) => `"${escaped(name)}":${value}`],
    ['again after white space', (name, value) => `\n\t"${name}"\r\n :${value}`],
  ]
  describe.each(duplicates)('a member %s', (_, duplicate) => {
    it.each(['alg', 'kid', 'typ'])('C07 refuses %s twice in the header', async (name) => {
      const once = header()
      const value = JSON.stringify(JSON.parse(once)[name])
      for (const text of [before(once, duplicate(name, value)), after(once, duplicate(name, value))]) {
        expect(await harness.outcome(await signed(text, claims()))).toBe('T')
        expect(harness.events.at(-1)).toMatchObject({ code: 'token_malformed' })
      }
    })
    it.each(['iss', 'aud', 'exp', 'cnf'])('C07 refuses %s twice in the payload', async (name) => {
      const once = name === 'cnf' ? claims({ cnf: {} }) : claims()
      const value = JSON.stringify(JSON.parse(once)[name])
      for (const text of [before(once, duplicate(name, value)), after(once, duplicate(name, value))]) {
        expect(await harness.outcome(await signed(header(), text))).toBe('T')
        expect(harness.events.at(-1)).toMatchObject({ code: 'token_malformed' })
      }
    })
  })
  it('C07 refuses a name twice in a nested object, and accepts it once in each of two', async () => {
    expect(await harness.outcome(await signed(header(), after(claims(), '"a":[{"b":1,"b":1}]')))).toBe('T')
    expect(await harness.outcome(await signed(header(), after(claims(), '"a":[{"b":1},{"b":"c\\":1"}]')))).toBe('A')
  })

  describe.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'])('%s', (name) => {
    const harmful = `"${name}":{"scope":"admin","alg":"none","polluted":true}`

    it('C08 accepts it as a header parameter and as a claim, and nothing is polluted', async () => {
      expect(await harness.outcome(await signed(after(header(), harmful), claims()))).toBe('A')
      expect(await harness.outcome(await signed(header(), after(claims(), harmful)))).toBe('A')
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
      expect(Object.hasOwn(Object.prototype, 'scope')).toBe(false)
    })
    it('C08 reads no right and no claim through it', async () => {
      expect(await harness.outcome(await signed(header(), after(claims(), harmful)), { scopes: 'admin' })).toBe('S')
      const withoutExpiry = after(claims({ exp: undefined }), `"${name}":{"exp":9999999999}`)
      expect(await harness.outcome(await signed(header(), withoutExpiry))).toBe('T')
    })
  })

  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('C09 accepts %s nested to a depth of 64 and refuses one more', async (_, open, close) => {
    const nested = (depth: number) => `"deep":${open.repeat(depth - 1)}1${close.repeat(depth - 1)}`
    const inPayload = (depth: number) => signed(header(), after(claims(), nested(depth)))
    const inHeader = (depth: number) => signed(after(header(), nested(depth)), claims())
    expect(await harness.outcome(await inPayload(64))).toBe('A')
    expect(await harness.outcome(await inHeader(64))).toBe('A')
    for (const depth of [65, 500]) {
      expect(await harness.outcome(await inPayload(depth))).toBe('T')
      expect(await harness.outcome(await inHeader(depth))).toBe('T')
    }
  })
  it('C09 refuses nesting of 100 000 without a stack overflow', async () => {
    expect(await harness.outcome(await signed(header(), '['.repeat(100_000)))).toBe('T')
  })

  it.each([
    ['10 000 members', Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`member${index}`, index]))],
    ['a claim of 1 MB', { text: 'x'.repeat(1_000_000) }],
  ])('C10 refuses %s by the size of the token', async (_, extra) => {
    expect(await harness.outcome(await signed(header(), claims(extra)))).toBe('T')
    expect(harness.events.at(-1)).toMatchObject({ code: 'token_too_large' })
  })

  it.each([
    ['a byte that is never used', [0xff]],
    ['a lone continuation byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['a truncated sequence', [0xe2, 0x82]],
    ['a code point beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ])('C11 refuses %s', async (_, illFormed) => {
    for (const member of [`"x":"@"`, `"@":1`]) {
      expect(await harness.outcome(await signed(header(), withBytes(after(claims(), member), illFormed)))).toBe('T')
      expect(await harness.outcome(await signed(withBytes(after(header(), member), illFormed), claims()))).toBe('T')
      expect(harness.events.at(-1)).toMatchObject({ code: 'token_malformed' })
    }
  })
  it('C11 accepts a replacement character that the issuer wrote', async () => {
    expect(await harness.outcome(await signed(header(), claims({ x: '\ufffd' })))).toBe('A')
  })

  it.each(['\ufeff', '\ufeff\ufeff'])('C12 refuses a byte order mark %j', async (mark) => {
    expect(await harness.outcome(await signed(header(), mark + claims()))).toBe('T')
    expect(await harness.outcome(await signed(mark + header(), claims()))).toBe('T')
    expect(await harness.outcome(await signed(header(), claims() + mark))).toBe('T')
  })

  it.each([
    ['UTF-16LE', (text: string) => Buffer.from(text, 'utf16le')],
    ['UTF-16BE', (text: string) => Buffer.from(text, 'utf16le').swap16()],
    ['UTF-32LE', (text: string) => Buffer.from(Uint32Array.from(text, (one) => one.charCodeAt(0)).buffer)],
    ['UTF-32BE', (text: string) => Buffer.from(Uint32Array.from(text, (one) => one.charCodeAt(0)).buffer).swap32()],
  ])('C13 refuses %s, with and without a byte order mark', async (_, encode) => {
    for (const mark of ['', '\ufeff']) {
      expect(await harness.outcome(await signed(header(), encode(mark + claims())))).toBe('T')
      expect(await harness.outcome(await signed(encode(mark + header()), claims()))).toBe('T')
    }
  })

  it.each<[string, object, Outcome]>([
    ['high surrogate in sub', { sub: '\ud800' }, 'A'],
    ['low surrogate in sub', { sub: 'user\udc00' }, 'A'],
    ['high surrogate in iss', { iss: 'https://issuer.test/\ud800' }, 'T'],
    ['high surrogate in aud', { aud: '\ud800' }, 'T'],
    ['high surrogate in one of several aud', { aud: ['https://api.test', 'x\ud800'] }, 'T'],
    ['high surrogate in jti', { jti: 'a\ud800b' }, 'T'],
    ['surrogate pair in jti', { jti: '\ud83d\ude00' }, 'A'],
  ])('C14 answers a lone or paired %s, and writes it nowhere', async (_, extra, outcome) => {
    const token = await signed(header(), claims(extra))
    expect(await harness.outcome(token)).toBe(outcome)
    expect(await harness.outcome(token, { scopes: 'none' })).toBe(outcome === 'A' ? 'S' : 'T')
    expect(JSON.stringify(harness.events)).not.toMatch(/\\ud[89a-f]|\ud83d/)
  })

  it.each(['a\r\nX-Injected: y', 'a\u0000', 'a\u001b[31m', 'a\u007f', 'a\u2028'])(
    'C15 accepts the control characters in %j, and writes them nowhere',
    async (text) => {
      for (const extra of [{ sub: text }, { scope: text }]) {
        const token = await signed(header(), claims(extra))
        expect(await harness.outcome(token)).toBe('A')
        expect(await harness.outcome(token, { scopes: 'none' })).toBe('S')
      }
      expect(JSON.stringify(harness.events)).not.toContain(JSON.stringify(text).slice(1, -1))
    },
  )

  it.each([
    ['garbage after the object', (text: string) => `${text}x`],
    ['a second object', (text: string) => `${text}{}`],
    ['a closing brace too many', (text: string) => `${text}}`],
    ['a NUL after the object', (text: string) => `${text}\u0000`],
    ['a no-break space after the object', (text: string) => `${text}\u00a0`],
    ['a block comment', (text: string) => after(text, '/* */"x":1')],
    ['a line comment', (text: string) => `${text}//`],
    ['a trailing comma', (text: string) => after(text, '')],
    ['NaN', (text: string) => after(text, '"x":NaN')],
    ['Infinity', (text: string) => after(text, '"x":Infinity')],
    ['-Infinity', (text: string) => after(text, '"x":-Infinity')],
    ['a leading zero', (text: string) => after(text, '"x":01')],
    ['a plus sign', (text: string) => after(text, '"x":+1')],
    ['a hexadecimal number', (text: string) => after(text, '"x":0x1')],
    ['single quotes', (text: string) => after(text, "'x':1")],
    ['a bare name', (text: string) => after(text, 'x:1')],
    ['a raw line break in a string', (text: string) => after(text, '"x":"\n"')],
  ])('C16 refuses JSON with %s', async (_, spoil) => {
    expect(await harness.outcome(await signed(header(), spoil(claims())))).toBe('T')
    expect(await harness.outcome(await signed(spoil(header()), claims()))).toBe('T')
    expect(harness.events.at(-1)).toMatchObject({ code: 'token_malformed' })
  })

  describeVectors('JSONTestSuite', () => {
    const folder = 'json-test-suite/test_parsing'
    it.each(listVectors(folder).filter((path) => path.startsWith(`${folder}/n_`)))('C16 refuses %s', async (path) => {
      const bytes = readVectorBytes(path)
      expect(await harness.outcome(await signed(header(), bytes))).toBe('T')
      expect(await harness.outcome(await signed(header(), inMember(claims(), bytes)))).toBe('T')
      expect(await harness.outcome(await signed(inMember(header(), bytes), claims()))).toBe('T')
    })
    it.each(listVectors(folder).filter((path) => path.startsWith(`${folder}/y_`)))('C16 reads %s', async (path) => {
      const outcome = path.includes('y_object_duplicated_key') ? 'T' : 'A'
      expect(await harness.outcome(await signed(header(), inMember(claims(), readVectorBytes(path))))).toBe(outcome)
    })
  })

  it.each<[string, string, Outcome]>([
    ['exp', '1e3', 'T'],
    ['exp', '1E+3', 'T'],
    ['exp', '-0', 'T'],
    ['exp', '1e400', 'T'],
    ['exp', '9007199254740993', 'T'],
    ['nbf', '1e3', 'A'],
    ['nbf', '1E+3', 'A'],
    ['nbf', '-0', 'A'],
    ['nbf', '1e400', 'T'],
    ['nbf', '9007199254740993', 'T'],
    ['x', '1e3', 'A'],
    ['x', '-0', 'A'],
    ['x', '9007199254740993', 'A'],
    ['x', '1e400', 'T'],
    ['x', '[{"y":-1e400}]', 'T'],
  ])('C17 reads the number of "%s":%s as one finite double', async (name, number, outcome) => {
    const text = after(claims({ [name]: undefined }), `"${name}":${number}`)
    expect(await harness.outcome(await signed(header(), text))).toBe(outcome)
  })
  it('C17 accepts an exp that is written with an exponent', async () => {
    const text = after(claims({ exp: undefined }), `"exp":${(harness.clock.nowSeconds() + 60) / 1000}e3`)
    expect(await harness.outcome(await signed(header(), text))).toBe('A')
  })

  const header = (extra?: object) => headerText(harness, extra)
  const claims = (extra?: object) => claimsText(harness, extra)

  /** Signs bytes that need not be text, which `signCompact` does not take. */
  async function signed(headerText: string | Uint8Array, payload: string | Uint8Array): Promise<string> {
    const { privateKey } = harness.issuer.currentKey()
    const input = `${base64url.encode(headerText)}.${base64url.encode(payload)}`
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Buffer.from(input))
    return `${input}.${base64url.encode(new Uint8Array(signature))}`
  }
})

function before(json: string, member: string): string {
  return `{${member},${json.slice(1)}`
}

function after(json: string, member: string): string {
  return `${json.slice(0, -1)},${member}}`
}

function inMember(json: string, value: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${json.slice(0, -1)},"x":`), value, Buffer.from('}')])
}

function withBytes(text: string, bytes: readonly number[]): Uint8Array {
  const [start = '', end = ''] = text.split('@')
  return Buffer.concat([Buffer.from(start), Buffer.from(bytes), Buffer.from(end)])
}

function escaped(name: string): string {
  return `\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}`
}
