import { describe, expect, it } from 'vitest'
import { member, parseJsonObject } from '../../src/encoding/strict-json.js'

const parse = (text: string) => parseJsonObject(Buffer.from(text))
const parseHex = (hex: string) => parseJsonObject(Buffer.from(hex, 'hex'))
const inHex = (text: string) => Buffer.from(text).toString('hex')

describe('reading a JSON object strictly', () => {
  it.each([
    '{}',
    ' \t\r\n{ } \t\r\n',
    '{"a":1,"b":[1,{"a":2}],"c":{"a":{"a":null}}}',
    '{"":0}',
    '{"a":"\\"a\\":1","b":"\\\\","c":"\\\\\\""}',
    '{"a":":","b":"\\":","c":["x:","y"]}',
    '{"a" : "b" , "b" \n:\r"a"}',
    '{"a":["a","a","a"],"b":["b"]}',
    '{"é":"NFC","e\\u0301":"NFD"}',
    '{"a":"\\ud800","\\udfff":1}',
    '{"a":9007199254740993,"b":-0,"c":1e-400,"d":1.7976931348623157e308}',
  ])('reads %s as JSON.parse does', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text))
  })

  it.each([
    '',
    ' ',
    '[]',
    '[{}]',
    'null',
    'true',
    '1',
    '"{}"',
    'undefined',
    '{',
    '}',
    '{}{}',
    '{} x',
    '{}\u0000',
    '{}\u00a0',
  ])('refuses %j, which is no JSON object', (text) => {
    expect(parse(text)).toBeUndefined()
  })

  it.each([
    ['twice in a row', '{"a":1,"a":1}'],
    ['with others between', '{"a":1,"b":2,"c":3,"a":4}'],
    ['three times', '{"a":1,"a":2,"a":3}'],
    ['once escaped', '{"a":1,"\\u0061":2}'],
    ['once escaped in part', '{"alg":1,"\\u0061lg":2}'],
    ['in upper and lower case of the escape', '{"\\u00e9":1,"\\u00E9":2}'],
    ['once escaped with a solidus', '{"a/b":1,"a\\/b":2}'],
    ['once as a surrogate pair', '{"\u{1f511}":1,"\\ud83d\\udd11":2}'],
    ['with white space before the colon', '{"a"\n:1,"a"\t :2}'],
    ['in an inner object', '{"x":{"a":1,"a":2}}'],
    ['in an object of an array', '{"x":[0,{"a":1,"a":2}]}'],
    ['when both are objects', '{"a":{"b":1},"a":{"b":1}}'],
    ['when the lost one has members of its own', '{"a":{"b":1,"c":2},"a":3}'],
    ['when it is empty', '{"":1,"":2}'],
    ['when it is a quotation mark', '{"\\"":1,"\\u0022":2}'],
    ['when it ends with a backslash', '{"a\\\\":1,"a\\\\":2}'],
    ['when it is a number', '{"1":1,"1":2}'],
    ['when it is __proto__', '{"__proto__":1,"__proto__":2}'],
    ['when it is __proto__ and both are objects', '{"__proto__":{"a":1},"__proto__":{"a":1}}'],
    ['when it is toString', '{"toString":1,"toString":1}'],
  ])('refuses a member name %s', (_, text) => {
    expect(() => JSON.parse(text)).not.toThrow()
    expect(parse(text)).toBeUndefined()
  })

  it('refuses a byte order mark', () => {
    expect(parseHex(`efbbbf${inHex('{}')}`)).toBeUndefined()
    expect(parseHex(`${inHex('{}')}efbbbf`)).toBeUndefined()
    expect(parseHex(`fffe${Buffer.from('{}', 'utf16le').toString('hex')}`)).toBeUndefined()
    expect(parse('{"a":"\ufeff"}')).toEqual({ a: '\ufeff' })
  })

  it.each([
    ['objects', '{"a":', '0', '}'],
    ['arrays', '[', '', ']'],
  ])('reads %s nested to a depth of 64 and no deeper', (_, open, core, close) => {
    const nested = (depth: number) => `{"v":${open.repeat(depth - 1)}${core}${close.repeat(depth - 1)}}`
    expect(parse(nested(64))).toEqual(JSON.parse(nested(64)))
    for (const depth of [65, 66, 1000, 100_000]) expect(parse(nested(depth))).toBeUndefined()
  })

  it.each(['1e309', '-1e309', '1e400', '-1E+9999', `1${'0'.repeat(400)}`])('refuses the number %s', (number) => {
    expect(parse(`{"a":${number}}`)).toBeUndefined()
    expect(parse(`{"a":[1,{"b":${number}}]}`)).toBeUndefined()
  })

  it.each(['NaN', 'Infinity', '-Infinity', '01', '+1', '.5', '1.', '0x1', '1_000', '1n'])(
    'refuses the literal %s',
    (text) => {
      expect(parse(`{"a":${text}}`)).toBeUndefined()
    },
  )

  it.each([
    ['a lone continuation byte', '80'],
    ['a truncated sequence', 'e282'],
    ['an overlong solidus', 'c0af'],
    ['an overlong null', 'c080'],
    ['an encoded surrogate', 'eda080'],
    ['an encoded surrogate pair', 'eda0bdedb491'],
    ['a code point past the last', 'f4908080'],
    ['a byte that never occurs', 'ff'],
    ['Latin-1', 'e9'],
  ])('refuses %s, as value and as name', (_, hex) => {
    expect(parseHex(inHex('{"a":"') + hex + inHex('"}'))).toBeUndefined()
    expect(parseHex(inHex('{"a') + hex + inHex('":1}'))).toBeUndefined()
    expect(parseHex(inHex('{"\ufffd":"\ufffd') + hex + inHex('"}'))).toBeUndefined()
  })

  it('reads a replacement character that the text has itself', () => {
    expect(parse('{"a":"\ufffd"}')).toEqual({ a: '\ufffd' })
    expect(parse('{"\ufffd":"x\ufffd\ufffd"}')).toEqual({ '\ufffd': 'x\ufffd\ufffd' })
    expect(parse('{"a":"\\ufffd"}')).toEqual({ a: '\ufffd' })
    expect(parse('{"\ufffd":1,"\\ufffd":2}')).toBeUndefined()
  })

  it('reads bytes that lie inside a larger buffer', () => {
    const buffer = Buffer.from('xx{"a":1}xx')
    expect(parseJsonObject(buffer.subarray(2, -2))).toEqual({ a: 1 })
    expect(parseJsonObject(new Uint8Array(Buffer.from('{"a":1}')))).toEqual({ a: 1 })
  })

  it('keeps names of Object.prototype as own members and pollutes nothing', () => {
    const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"hasOwnProperty":1}'
    const json = parse(text)
    expect(Object.keys(json ?? {})).toEqual(['__proto__', 'constructor', 'hasOwnProperty'])
    expect(member(json ?? {}, '__proto__')).toEqual({ polluted: true })
    expect(member(json ?? {}, 'polluted')).toBeUndefined()
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('gives a member only if the JSON has it itself', () => {
    const json = parse('{"a":null}') ?? {}
    expect(member(json, 'a')).toBeNull()
    for (const name of ['b', 'toString', '__proto__', 'constructor']) expect(member(json, name)).toBeUndefined()
  })

  it('freezes what it gives, to the bottom', () => {
    const json = parse('{"a":{"b":[{"c":1}]},"__proto__":{"d":[]}}')
    const everything = (value: unknown): readonly unknown[] =>
      typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(everything)] : []
    expect(everything(json)).toHaveLength(6)
    for (const container of everything(json)) expect(Object.isFrozen(container)).toBe(true)
  })

  it('reads a text full of quotation marks and backslashes in linear time', () => {
    const texts = ['\\\\'.repeat(50_000), '\\"'.repeat(50_000), '":'.repeat(2).replaceAll('"', '\\"').repeat(20_000)]
    const started = performance.now()
    for (const text of texts) expect(parse(`{"a":"${text}"}`)).toEqual({ a: JSON.parse(`"${text}"`) })
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
