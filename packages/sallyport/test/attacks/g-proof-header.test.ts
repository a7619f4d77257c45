import { createPublicKey, KeyObject, sign } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestKey, type DpopClient } from '../../src/testing/index.js'
import { forge, hmacSigner, payloadOf, signatureOf, withSignature } from '../support/forgery.js'
import { callsOf, createProofBench, named, type ProofBench, proofWithText, twinOf } from '../support/proof-forgery.js'

describe('G. The header of a proof', () => {
  let bench: ProofBench
  let stranger: DpopClient
  beforeAll(async () => {
    bench = await createProofBench()
    stranger = await bench.harness.dpopClient()
  })
  /** What is refused below is refused for its fault: without it the request is admitted. */
  beforeEach(async () => {
    expect(await bench.verdict(await bench.proof())).toBe('A')
  })

  const verdictOn = async (header: Readonly<Record<string, unknown>>) => bench.verdict(await bench.proof({ header }))

  it.each(['dpop+jwt', 'dpop+JWT', 'DPoP+jwt', 'application/dpop+jwt', 'APPLICATION/DPOP+JWT'])(
    'G01 accepts the type %s',
    async (typ) => expect(await verdictOn({ typ })).toBe('A'),
  )
  it.each(
    named([
      ...[undefined, null, '', 1, true, {}, ['dpop+jwt']],
      ...[
        'JWT',
        'jwt',
        'at+jwt',
        'dpop',
        'dpop+jws',
        'dpopjwt',
        'dpop jwt',
        'dpop+jwt;v=1',
        ' dpop+jwt',
        'dpop+jwt\u0000',
      ],
      ...['/dpop+jwt', 'x/dpop+jwt', 'application/', 'application/x/dpop+jwt', 'application/application/dpop+jwt'],
    ]),
  )('G01 refuses the type %s', async (_, typ) => expect(await verdictOn({ typ })).toBe('P proof_type_refused'))

  it.each(
    named([
      ...[undefined, null, '', 1, {}, ['ES256'], 'none', 'None', 'NONE', 'es256', 'ES256 ', ' ES256', 'ES256\u0000'],
      ...[
        'ES384',
        'ES512',
        'ES256K',
        'RS256',
        'PS256',
        'Ed25519',
        'HS256',
        'HS512',
        'ECDH-ES',
        '__proto__',
        'toString',
      ],
    ]),
  )('G02 refuses the algorithm %s, whatever the signature', async (_, alg) => {
    expect(await verdictOn({ alg })).toBe('P proof_algorithm_refused')
    expect(await bench.verdict(withSignature(await bench.proof({ header: { alg } }), new Uint8Array()))).toBe(
      'P proof_algorithm_refused',
    )
  })
  it('G02 refuses an HMAC that is keyed with the public key', async () => {
    const { publicJwk } = bench.client
    const key = createPublicKey({ key: { ...publicJwk }, format: 'jwk' })
    const payload = payloadOf(await bench.proof())
    for (const secret of [key.export({ type: 'spki', format: 'pem' }), JSON.stringify(publicJwk), '']) {
      const proof = forge({ typ: 'dpop+jwt', alg: 'HS256', jwk: publicJwk }, payload, hmacSigner(secret))
      expect(await bench.verdict(proof)).toBe('P proof_algorithm_refused')
    }
  })
  it.each(named([['exp'], [], 'exp', null, ['jwk'], ['b64']]))(
    'G02 refuses the critical extensions %s',
    async (_, crit) => expect(await verdictOn({ crit })).toBe('P proof_malformed'),
  )
  it.each(named([false, true, null]))('G02 refuses b64 %s', async (_, b64) =>
    expect(await verdictOn({ b64 })).toBe('P proof_malformed'),
  )
  it.each(['typ', 'alg', 'jwk', 'kid', 'k\\u0069d'])('G02 refuses a header that names %s twice', async (name) => {
    const { publicJwk: jwk } = bench.client
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk, kid: '1' }
    const last = Object.entries(header).find(([known]) => JSON.parse(`"${name}"`) === known)?.[1]
    const twice = `${JSON.stringify(header).slice(0, -1)},"${name}":${JSON.stringify(last)}}`
    const claims = Buffer.from(payloadOf(await bench.proof()), 'base64url').toString()
    expect(await bench.verdict(proofWithText(bench, claims, JSON.stringify(header)))).toBe('A')
    expect(await bench.verdict(proofWithText(bench, claims, twice))).toBe('P proof_malformed')
  })

  it('G08 refuses a signature by another key, the header of the proof being known or not', async () => {
    const signWith = await createTestKey('ES256')
    for (const header of [{}, {}, { kid: 'new' }, { kid: 'new' }])
      expect(await bench.verdict(await bench.proof({ header, signWith }))).toBe('P proof_signature_invalid')
    expect(await verdictOn({ kid: 'new' })).toBe('A')
    expect(await bench.verdict(await bench.proof({ header: { kid: 'new' }, signWith }))).toBe(
      'P proof_signature_invalid',
    )
  })
  it('G08 refuses the signature of another proof, and parts that were exchanged after signing', async () => {
    const [one, other, renamed] = [
      await bench.proof(),
      await bench.proof(),
      await bench.proof({ header: { kid: '1' } }),
    ]
    expect(await bench.verdict(withSignature(one, signatureOf(other)))).toBe('P proof_signature_invalid')
    expect(await bench.verdict([renamed.split('.')[0], ...one.split('.').slice(1)].join('.'))).toBe(
      'P proof_signature_invalid',
    )
    for (const proof of [one, other, renamed]) expect(await bench.verdict(proof)).toBe('A')
  })
  it('G08 refuses a signature of another form, and takes the twin of a good one', async () => {
    const proof = await bench.proof()
    const signature = signatureOf(proof)
    const key = KeyObject.from(bench.client.key.privateKey)
    const der = sign('sha256', Buffer.from(proof.slice(0, proof.lastIndexOf('.'))), key)
    const half = signature.subarray(0, 32)
    const zero = Buffer.alloc(1)
    const others = [zero, new Uint8Array(), new Uint8Array(64), half, signature.subarray(1), signature.subarray(0, -1)]
    for (const other of [...others, Buffer.concat([signature, zero]), Buffer.concat([zero, signature]), der])
      expect(await bench.verdict(withSignature(proof, other))).toBe('P proof_signature_invalid')
    expect(await bench.verdict(twinOf(proof))).toBe('A')
  })

  it.each<[string, () => Promise<string>]>([
    ['a good proof by another key', () => stranger.proof({ url: 'https://api.test/resource', token: bench.token })],
    ['a good proof that names another key', () => bench.proof({ header: { jwk: stranger.publicJwk } })],
    [
      'another key that is on no curve',
      () => bench.proof({ header: { jwk: { ...bench.client.publicJwk, x: zeros } } }),
    ],
    [
      'another key and a spoiled signature',
      async () => withSignature(await stranger.proof({ url: '/' }), new Uint8Array()),
    ],
    ['another key and nothing that is right', () => stranger.proof({ url: '/', claims: { jti: 1, iat: 'x', ath: 1 } })],
  ])('G09 blames the token for %s, with no signature work', async (_, make) => {
    const proof = await make()
    const verdicts: string[] = []
    const calls = await callsOf(['verify', 'createPublicKey'], async () => verdicts.push(await bench.verdict(proof)))
    expect(verdicts).toEqual(['T proof_key_mismatch'])
    expect(calls).toBe(0)
  })
  it('G09 blames the token for a key that is known from the proofs of its own token', async () => {
    const token = await stranger.token()
    const proof = () => stranger.proof({ url: 'https://api.test/resource', token })
    expect(await bench.verdict(await proof(), { token })).toBe('A')
    expect(await bench.verdict(await proof())).toBe('T proof_key_mismatch')
    expect(await bench.verdict(await bench.proof({ token }), { token })).toBe('T proof_key_mismatch')
  })
  it('G09 sees the signature of a proof once, and of no token that it knows', async () => {
    const proof = await bench.proof()
    expect(await callsOf(['verify'], () => bench.verdict(proof))).toBe(1)
    expect(await callsOf(['createPublicKey'], async () => bench.verdict(await bench.proof()))).toBe(0)
  })
})

const zeros = Buffer.alloc(32).toString('base64url')
