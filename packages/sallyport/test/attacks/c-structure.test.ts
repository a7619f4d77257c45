import { base64url } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { answerTo, RequestRefused } from '../../src/index.js'
import { signCompact } from '../../src/testing/index.js'
import { createHarness, type Harness, type Outcome } from '../support/harness.js'
import { claimsText, headerText } from '../support/token-text.js'

describe('C. Structure, JSON, typing', () => {
  let harness: Harness
  let segments: [header: string, payload: string, signature: string]
  beforeAll(async () => {
    harness = await createHarness()
    segments = (await harness.issuer.token()).split('.') as typeof segments
  })

  it('C01 accepts the three parts that the tables below take apart', async () => {
    expect(await harness.outcome(segments.join('.'))).toBe('A')
  })

  const arrangements: readonly (readonly [string, (h: string, p: string, s: string) => string])[] = [
    ['one part', (h) => h],
    ['two parts', (h, p) => `${h}.${p}`],
    ['four parts', (h, p, s) => `${h}.${p}.${s}.${s}`],
    ['five parts', (h, p, s) => `${h}.${p}.${s}.${h}.${p}`],
    ['six parts', (h, p, s) => `${h}.${p}.${s}.${h}.${p}.${s}`],
    ['an empty header', (_, p, s) => `.${p}.${s}`],
    ['an empty payload', (h, _, s) => `${h}..${s}`],
    ['an empty signature', (h, p) => `${h}.${p}.`],
    ['an empty first part before the three', (h, p, s) => `.${h}.${p}.${s}`],
    ['an empty last part after the three', (h, p, s) => `${h}.${p}.${s}.`],
    ['one dot', () => '.'],
    ['two dots', () => '..'],
    ['three dots', () => '...'],
    ['four dots', () => '....'],
    ['10 MB of dots', () => '.'.repeat(10_000_000)],
  ]
  it.each(arrangements)('C01 refuses %s', async (_, arrange) => {
    const fetches = harness.fetches()
    expect(await harness.outcome(arrange(...segments))).toBe('T')
    expect(harness.fetches()).toBe(fetches)
  })

  const serialisations: readonly (readonly [string, (h: string, p: string, s: string) => object])[] = [
    ['flattened', (h, p, s) => ({ protected: h, payload: p, signature: s })],
    ['general', (h, p, s) => ({ payload: p, signatures: [{ protected: h, signature: s }] })],
    ['flattened, with an unprotected header', (h, p, s) => ({ protected: h, header: {}, payload: p, signature: s })],
  ]
  it.each(serialisations)('C02 refuses the %s JSON serialisation', async (_, serialise) => {
    expect(await harness.outcome(JSON.stringify(serialise(...segments)))).toBe('T')
  })
  it.each(serialisations)('C02 refuses the %s JSON serialisation in base64url', async (_, serialise) => {
    const encoded = base64url.encode(JSON.stringify(serialise(...segments)))
    expect(await harness.outcome(encoded)).toBe('T')
    expect(await harness.outcome(`${encoded}.${segments[1]}.${segments[2]}`)).toBe('T')
  })

  it.each([
    ['dir', { alg: 'dir', enc: 'A256GCM' }],
    ['RSA1_5', { alg: 'RSA1_5', enc: 'A128CBC-HS256' }],
    ['a zip bomb', { alg: 'dir', enc: 'A256GCM', zip: 'DEF' }],
    ['PBES2 with 2^31 iterations', { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2s: 'c2FsdHNhbHQ', p2c: 2 ** 31 }],
    ['a header that is no JSON', '\u0000'],
  ])('C03 refuses a JWE with %s before it is decoded', async (_, header) => {
    const encoded = base64url.encode(typeof header === 'string' ? header : JSON.stringify(header))
    const fetches = harness.fetches()
    expect(await harness.outcome(`${encoded}..aXZpdml2aXZpdml2.${'A'.repeat(4000)}.dGFndGFndGFndGFndGFn`)).toBe('T')
    expect(harness.events.at(-1)).toMatchObject({ code: 'token_encrypted' })
    expect(harness.fetches()).toBe(fetches)
  })

  it.each(['JWT', 'jwt', undefined])('C04 refuses a nested JWT with cty %j', async (cty) => {
    const nested = segments.join('.')
    expect(await harness.outcome(await signed(header({ cty }), nested))).toBe('T')
    expect(await harness.outcome(await signed(header({ cty }), JSON.stringify(nested)))).toBe('T')
  })

  it.each(['[]', '["alg"]', '"RS256"', '1', 'null', 'true', '{}', ''])('C05 refuses the header %s', async (text) => {
    expect(await harness.outcome(await signed(text, claims()))).toBe('T')
  })

  it.each(['[]', '[1]', '[{}]', '"text"', '1', 'null', 'true', '{}', ''])(
    'C06 refuses the payload %s',
    async (text) => {
      expect(await harness.outcome(await signed(header(), text))).toBe('T')
    },
  )

  it('C26 accepts a token of 8192 bytes and refuses one of 8193 without decoding it', async () => {
    const { issuer, outcome, events } = harness
    const largest = await tokenOfLength(8192)
    expect(await outcome(largest)).toBe('A')
    expect(await outcome(`${largest}A`)).toBe('T')
    expect(events.at(-1)).toMatchObject({ code: 'token_too_large' })
    expect(await outcome(await issuer.token({ filling: 'x'.repeat(8192) }))).toBe('T')
    expect(events.at(-1)).toMatchObject({ code: 'token_too_large' })
  })

  it('C27 refuses a header segment of 1 MB in less than a millisecond', () => {
    const headers = ['Authorization', `Bearer ${'A'.repeat(1 << 20)}.${segments[1]}.${segments[2]}`]
    const milliseconds = Array.from({ length: 20 }, () => {
      const start = performance.now()
      expectRefusal(() => harness.api.authenticate({ method: 'GET', url: '/', headers }), 'token_too_large')
      return performance.now() - start
    })
    expect(Math.min(...milliseconds)).toBeLessThan(1)
  })

  it.each<[string, string, Outcome]>([
    ['an opaque token', 'v1.local-5f2c9b7e1d6a4c0f8e3b', 'T'],
    ['a token of 32 letters', 'kQ7vYx2LmN8pRt4WzB6cDf1GhJ3sXa9E', 'T'],
    ['a UUID', '7d444840-9dc0-11d1-b245-5ffdce74fad2', 'T'],
    ['null', 'null', 'T'],
    ['undefined', 'undefined', 'T'],
    ['NaN', 'NaN', 'T'],
    ['no token', '', 'R'],
    ['the text of an object', '[object Object]', 'R'],
  ])('C28 refuses %s', async (_, token, outcome) => {
    const fetches = harness.fetches()
    expect(await harness.outcome(token)).toBe(outcome)
    expect(harness.fetches()).toBe(fetches)
  })

  const unusual: readonly (readonly [string, unknown])[] = [
    ['a number', 42],
    ['true', true],
    ['an object', { token: 'x' }],
    ['an object that turns into a token', { toString: () => 'Bearer x' }],
    ['a Buffer', Buffer.from('Bearer x')],
    ['a symbol', Symbol('Bearer x')],
    ['a function', () => 'Bearer x'],
    ['a list of a number', [42]],
    ['a list of a list', [['Bearer x']]],
    ['a list of a Buffer', [Buffer.from('Bearer x')]],
    ['a list of two', ['Bearer x', 42]],
  ]
  it.each(unusual)('C29 refuses an Authorization value that is %s', async (_, value) => {
    expect(await harness.outcomeOf(['Authorization', value as string])).toBe('R')
    const authenticate = async (headers: object) =>
      harness.api.authenticate({ method: 'GET', url: '/', headers: headers as Record<string, string> })
    const error = await authenticate({ authorization: value }).catch((caught) => caught)
    expect(answerTo(error, { ...harness.api, errorProfile: 'rfc' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    })
  })
  it('C29 takes a list of one for the one field line that it is', async () => {
    const headers = { authorization: [`Bearer ${segments.join('.')}`] }
    expect(await harness.api.authenticate({ method: 'GET', url: '/', headers })).toMatchObject({ scheme: 'Bearer' })
  })

  const header = (extra?: object) => headerText(harness, extra)
  const claims = (extra?: object) => claimsText(harness, extra)

  function signed(headerText: string, payload: string): Promise<string> {
    return signCompact(headerText, payload, harness.issuer.currentKey())
  }

  /** Three bytes of filling are four characters of token, so some lengths need a header that is a byte longer. */
  async function tokenOfLength(length: number): Promise<string> {
    for (const inHeader of ['', 'x', 'xx', 'xxx']) {
      const shortest = await signed(header({ inHeader }), claims({ filling: '' }))
      const filling = 'x'.repeat(Math.floor(((length - shortest.length) * 3) / 4))
      const token = await signed(header({ inHeader }), claims({ filling }))
      if (token.length === length) return token
    }
    throw new Error(`No token has ${length} characters.`)
  }
})

function expectRefusal(authenticate: () => unknown, code: string): void {
  try {
    authenticate()
  } catch (error) {
    if (error instanceof RequestRefused && error.code === code) return
  }
  throw new Error(`The request was not refused with ${code}.`)
}
