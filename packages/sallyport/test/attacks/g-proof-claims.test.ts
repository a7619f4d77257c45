import { createHash } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { resourceUrl } from '../support/harness.js'
import { createProofBench, named, type ProofBench, proofWithText } from '../support/proof-forgery.js'

describe('G. The claims of a proof', () => {
  let bench: ProofBench
  let now: number
  beforeAll(async () => {
    bench = await createProofBench()
    now = bench.harness.clock.nowSeconds()
  })
  /** What is refused below is refused for its fault: without it the request is admitted. */
  beforeEach(async () => {
    expect(await bench.verdict(await bench.proof())).toBe('A')
  })

  const verdictOn = async (claims: Readonly<Record<string, unknown>>) => bench.verdict(await bench.proof({ claims }))
  /** The claims of a good proof as JSON text. */
  const goodText = (claims: object = {}) =>
    JSON.stringify({
      jti: crypto.randomUUID(),
      htm: 'GET',
      htu: resourceUrl,
      iat: now,
      ath: athOf(bench.token),
      ...claims,
    })

  it.each(
    named([
      undefined,
      null,
      '',
      0,
      1,
      true,
      [],
      ['a'],
      {},
      'a'.repeat(257),
      '\u{1f600}'.repeat(129),
      '\ud800',
      'a\udc00',
      '\udc00\ud800',
    ]),
  )('G11 refuses the jti %s', async (_, jti) => expect(await verdictOn({ jti })).toBe('P proof_claim_refused'))
  it.each(
    named([
      ...['a', 'a'.repeat(256), '\u{1f600}'.repeat(128), ' ', '\u0000', '\r\nSET x', '{tag}', '*', '../..', '\ufffd'],
      ...['__proto__', 'constructor', 'toString', 'null', '0', '\u202e', "' OR 1=1--"],
    ]),
  )('G11 accepts the jti %s, once', async (_, jti) => {
    expect(await verdictOn({ jti })).toBe('A')
    expect(await verdictOn({ jti })).toBe('P proof_replayed')
  })
  it('G11 refuses a jti of 100 KB for the size of its proof', async () => {
    expect(await verdictOn({ jti: 'x'.repeat(100_000) })).toBe('P proof_too_large')
  })
  it('G11 puts no jti into an event', async () => {
    const from = bench.harness.events.length
    const jti = 'a-jti-that-nobody-logs'
    await verdictOn({ jti })
    await verdictOn({ jti })
    await verdictOn({ jti: [jti] })
    expect(bench.harness.events.length).toBe(from + 3)
    expect(JSON.stringify(bench.harness.events.slice(from))).not.toContain(jti)
  })

  it.each(named([undefined, null, '', 'now', '1700000000', true, [], {}, [1]]))(
    'G12 refuses the iat %s',
    async (_, iat) => expect(await verdictOn({ iat })).toBe('P proof_claim_refused'),
  )
  it.each<[string, number, string]>([
    ['300 s ago', -300, 'A'],
    ['299.5 s ago', -299.5, 'A'],
    ['300.001 s ago', -300.001, 'P proof_time_refused'],
    ['61 s ago', -61, 'A'],
    ['now', 0, 'A'],
    ['in 0.25 s', 0.25, 'A'],
    ['in 11 s', 11, 'A'],
    ['in 30 s', 30, 'A'],
    ['in 30.001 s', 30.001, 'P proof_time_refused'],
    ['in 61 s', 61, 'P proof_time_refused'],
  ])('G12 decides about the iat %s', async (_, offset, verdict) =>
    expect(await verdictOn({ iat: now + offset })).toBe(verdict),
  )
  it.each<[string, string, string]>([
    ['0', '0', 'P proof_time_refused'],
    ['-0', '-0', 'P proof_time_refused'],
    ['-1', '-1', 'P proof_claim_refused'],
    ['-1e300', '-1e300', 'P proof_claim_refused'],
    ['1e300', '1e300', 'P proof_claim_refused'],
    ['2^53', '9007199254740992', 'P proof_claim_refused'],
    ['2^53 - 1', '9007199254740991', 'P proof_time_refused'],
    ['1e400', '1e400', 'P proof_malformed'],
    ['NaN', 'NaN', 'P proof_malformed'],
    ['a number with a leading zero', '01700000000', 'P proof_malformed'],
  ])('G12 refuses the iat %s', async (_, written, verdict) => {
    const text = goodText({ iat: 'IAT' })
    expect(await bench.verdict(proofWithText(bench, text.replace('"IAT"', written)))).toBe(verdict)
    expect(await bench.verdict(proofWithText(bench, text.replace('"IAT"', `${now}.0e0`)))).toBe('A')
  })
  it('G12 refuses an iat in milliseconds or microseconds', async () => {
    expect(await verdictOn({ iat: now * 1000 })).toBe('P proof_time_refused')
    expect(await verdictOn({ iat: now * 1_000_000 })).toBe('P proof_time_refused')
    expect(await verdictOn({ iat: now * 1_000_000_000 })).toBe('P proof_claim_refused')
  })
  it('G12 refuses a proof that has grown too old', async () => {
    const aging = await createProofBench()
    const [one, other] = [await aging.proof(), await aging.proof()]
    aging.harness.clock.advance(300)
    expect(await aging.verdict(one)).toBe('A')
    aging.harness.clock.advance(0.001)
    expect(await aging.verdict(other)).toBe('P proof_time_refused')
  })
  it.each<[number, number, number, string]>([
    [60, 10, -60, 'A'],
    [60, 10, -60.001, 'P proof_time_refused'],
    [60, 10, -61, 'P proof_time_refused'],
    [60, 10, 10, 'A'],
    [60, 10, 10.001, 'P proof_time_refused'],
    [60, 10, 11, 'P proof_time_refused'],
    [60, 10, 61, 'P proof_time_refused'],
    [1, 0, 0, 'A'],
    [1, 0, -1, 'A'],
    [1, 0, -1.001, 'P proof_time_refused'],
    [1, 0, 0.001, 'P proof_time_refused'],
    [3600, 300, 300, 'A'],
    [3600, 300, 301, 'P proof_time_refused'],
  ])(
    'G12 with a limit of %i s and a tolerance of %i s decides about an iat of %d s',
    async (age, tolerance, offset, verdict) => {
      const other = await createProofBench({ proofMaxAgeSeconds: age, clockToleranceSeconds: tolerance })
      const iat = other.harness.clock.nowSeconds() + offset
      expect(await other.verdict(await other.proof({ claims: { iat } }))).toBe(verdict)
      expect(await other.verdict(await other.proof())).toBe('A')
    },
  )

  it.each<[string, string, unknown, string]>([
    ['exp', 'an hour away', 3600, 'A'],
    ['exp', 'now', 0, 'A'],
    ['exp', '29.999 s ago', -29.999, 'A'],
    ['exp', '30 s ago', -30, 'P proof_time_refused'],
    ['exp', 'an hour ago', -3600, 'P proof_time_refused'],
    ['nbf', 'now', 0, 'A'],
    ['nbf', 'in 30 s', 30, 'A'],
    ['nbf', 'in 30.001 s', 30.001, 'P proof_time_refused'],
    ['nbf', 'in an hour', 3600, 'P proof_time_refused'],
  ])('G13 honours an %s %s', async (name, _, offset, verdict) =>
    expect(await verdictOn({ [name]: now + Number(offset) })).toBe(verdict),
  )
  it.each(named([null, '', 'never', '9999999999', true, [], {}, -1, 2 ** 53]))(
    'G13 refuses an exp and an nbf of %s',
    async (_, value) => {
      expect(await verdictOn({ exp: value })).toBe('P proof_claim_refused')
      expect(await verdictOn({ nbf: value })).toBe('P proof_claim_refused')
    },
  )

  it.each<[string, (token: string) => unknown]>([
    ['missing', () => undefined],
    ['null', () => null],
    ['a number', () => 1],
    ['a list', (token) => [athOf(token)]],
    ['that of another token', (token) => athOf(`${token}x`)],
    ['that of the token with its scheme', (token) => athOf(`DPoP ${token}`)],
    ['that of the token with a space behind it', (token) => athOf(`${token} `)],
    ['that of the token with a space before it', (token) => athOf(` ${token}`)],
    ['that of the token with a line break', (token) => athOf(`${token}\n`)],
    ['that of the token without its signature', (token) => athOf(token.slice(0, token.lastIndexOf('.') + 1))],
    ['the token itself', (token) => token],
    ['padded', (token) => `${athOf(token)}=`],
    ['with a space behind it', (token) => `${athOf(token)} `],
    ['in lower case', (token) => athOf(token).toLowerCase()],
    ['the left half, as at_hash has it', (token) => sha('sha256', token).subarray(0, 16).toString('base64url')],
    ['in base64', (token) => sha('sha256', token).toString('base64')],
    ['in hexadecimal', (token) => sha('sha256', token).toString('hex')],
    ['hexadecimal in base64url', (token) => Buffer.from(sha('sha256', token).toString('hex')).toString('base64url')],
    ['by SHA-1', (token) => sha('sha1', token).toString('base64url')],
    ['by SHA-512', (token) => sha('sha512', token).toString('base64url')],
    ['by SHA-512/256', (token) => sha('sha512-256', token).toString('base64url')],
    ['by SHA-256 twice', (token) => sha('sha256', sha('sha256', token)).toString('base64url')],
  ])('G14 refuses an ath that is %s', async (_, spoil) => {
    expect(await verdictOn({ ath: spoil(bench.token) })).toBe('P proof_token_mismatch')
    expect(await verdictOn({ ath: athOf(bench.token) })).toBe('A')
  })
  it('G14 refuses a proof for one token of a client with another one of its tokens', async () => {
    const other = await bench.client.token({ scope: 'admin' })
    const proof = await bench.proof({ token: other })
    expect(await bench.verdict(proof)).toBe('P proof_token_mismatch')
    expect(await bench.verdict(proof, { token: other })).toBe('A')
  })
  it('G14 hashes the token alone, however many spaces are before it', async () => {
    const headers = async () => ['Authorization', `DPoP   ${bench.token}`, 'DPoP', await bench.proof()]
    expect(await bench.harness.outcomeOf(await headers())).toBe('A')
  })

  it.each(
    named([undefined, null, '', 1, ['GET'], 'get', 'Get', 'GET ', ' GET', 'GET\n', 'HEAD', 'POST', 'GET,POST', '*']),
  )('F21 refuses the htm %s for GET', async (_, htm) =>
    expect(await verdictOn({ htm })).toBe('P proof_method_mismatch'),
  )
  it.each(['GET', 'HEAD', 'POST', 'DELETE', 'PROPFIND', 'M-SEARCH', 'get'])(
    'F21 wants the very method %s',
    async (method) => {
      expect(await bench.verdict(await bench.proof({ method }), { method })).toBe('A')
      const others = ['GET', 'HEAD', 'POST', method.toLowerCase(), `${method} `].filter((other) => other !== method)
      for (const other of others) {
        const proof = await bench.proof({ method: other })
        expect(await bench.verdict(proof, { method })).toBe('P proof_method_mismatch')
      }
    },
  )

  it.each(['jti', 'htm', 'htu', 'iat', 'ath', 'nonce', 'sub'])(
    'G11 refuses claims that name %s twice',
    async (name) => {
      const text = goodText({ nonce: 'x', sub: 'y' })
      const value = JSON.stringify(JSON.parse(text)[name])
      expect(await bench.verdict(proofWithText(bench, `${text.slice(0, -1)},"${name}":${value}}`))).toBe(
        'P proof_malformed',
      )
      expect(await bench.verdict(proofWithText(bench, text))).toBe('A')
    },
  )
  it.each([
    '',
    '[]',
    'null',
    '"x"',
    '1',
    '{}x',
    '{"jti":"x",}',
    '\ufeff{}',
    `{"x":${'['.repeat(70)}${']'.repeat(70)}}`,
  ])('G11 refuses the claims %j', async (text) =>
    expect(await bench.verdict(proofWithText(bench, text))).toBe('P proof_malformed'),
  )
})

function sha(algorithm: string, data: string | Buffer): Buffer {
  return createHash(algorithm).update(data).digest()
}

function athOf(token: string): string {
  return sha('sha256', token).toString('base64url')
}
