import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { memoryReplayStore } from '../../src/dpop/memory-store.js'
import { createNonceCheck } from '../../src/dpop/nonce.js'
import { createProofCheck, type ProofSubject } from '../../src/dpop/proof.js'
import { createProofKeys } from '../../src/dpop/proof-key.js'
import { RequestRefused } from '../../src/errors.js'
import { createTestClock, type DpopClient, type ProofOptions } from '../../src/testing/index.js'
import { createHarness, type Harness, resourceUrl } from '../support/harness.js'
import { heapMegabytes } from '../support/heap.js'

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url')

async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'A'
  } catch (error) {
    if (error instanceof RequestRefused) return error.code
    throw error
  }
}

describe('J. DPoP is never cached', () => {
  let harness: Harness
  let client: DpopClient
  let token: string
  beforeAll(async () => {
    harness = await createHarness({ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } })
    client = await harness.dpopClient()
    token = await client.token()
  })

  async function verdict(proof: string, sent = token): Promise<string> {
    const headers = ['Authorization', `DPoP ${sent}`, 'DPoP', proof]
    const letter = await harness.outcomeOfRequest({ headers })
    const event = harness.events.at(-1)
    return letter === 'A' || event === undefined || !('code' in event) ? letter : `${letter} ${event.code}`
  }

  const proofFor = (options: Partial<ProofOptions> = {}) => client.proof({ url: resourceUrl, token, ...options })

  it('J04 admits a token again and again, each time with a proof of its own', async () => {
    expect(await verdict(await proofFor())).toBe('A')
    const fetches = harness.fetches()
    for (let times = 0; times < 50; times += 1) {
      const proof = await proofFor()
      expect(await verdict(proof)).toBe('A')
      expect(await verdict(proof)).toBe('P proof_replayed')
    }
    expect(harness.fetches()).toBe(fetches)
  })

  it.each<[string, string, () => Promise<string>]>([
    ['no JWT', 'P proof_malformed', async () => 'garbage'],
    ['the token itself', 'P proof_type_refused', async () => token],
    ['another method', 'P proof_method_mismatch', () => proofFor({ method: 'POST' })],
    ['another URI', 'P proof_uri_mismatch', () => proofFor({ url: 'https://api.test/other' })],
    ['another token', 'P proof_token_mismatch', async () => proofFor({ token: await client.token() })],
    ['no ath', 'P proof_token_mismatch', () => proofFor({ claims: { ath: undefined } })],
    ['an old iat', 'P proof_time_refused', () => proofFor({ claims: { iat: harness.clock.nowSeconds() - 301 } })],
    ['an iat to come', 'P proof_time_refused', () => proofFor({ claims: { iat: harness.clock.nowSeconds() + 31 } })],
    ['no jti', 'P proof_claim_refused', () => proofFor({ claims: { jti: undefined } })],
    ['the type JWT', 'P proof_type_refused', () => proofFor({ header: { typ: 'JWT' } })],
    ['the algorithm none', 'P proof_algorithm_refused', () => proofFor({ header: { alg: 'none' } })],
    ['a changed signature', 'P proof_signature_invalid', async () => `${(await proofFor()).slice(0, -8)}AAAAAAAA`],
    ['no signature', 'P proof_signature_invalid', async () => (await proofFor()).replace(/[^.]+$/, '')],
    [
      "another key's signature",
      'P proof_signature_invalid',
      async () => proofFor({ signWith: (await harness.dpopClient()).key }),
    ],
    [
      'another key',
      'T proof_key_mismatch',
      async () => (await harness.dpopClient()).proof({ url: resourceUrl, token }),
    ],
  ])('J04 refuses a remembered token with a proof that has %s, every time', async (_, expected, makeProof) => {
    for (let times = 0; times < 3; times += 1) {
      expect(await verdict(await proofFor())).toBe('A')
      expect(await verdict(await makeProof())).toBe(expected)
    }
  })

  it('J04 verifies the signature of a proof whose key it remembers', async () => {
    const good = await proofFor()
    const [header, , signature] = (await proofFor()).split('.')
    const [, otherClaims] = (await proofFor()).split('.')
    expect(good.split('.')[0]).toBe(header)
    expect(await verdict(good)).toBe('A')
    expect(await verdict(`${header}.${otherClaims}.${signature}`)).toBe('P proof_signature_invalid')
  })

  it('J04 takes no remembered proof key for that of another token', async () => {
    const stranger = await harness.dpopClient()
    const theirs = await stranger.token()
    expect(await verdict(await proofFor())).toBe('A')
    expect(await verdict(await stranger.proof({ url: resourceUrl, token: theirs }), theirs)).toBe('A')
    expect(await verdict(await proofFor({ token: theirs }), theirs)).toBe('T proof_key_mismatch')
    expect(await verdict(await stranger.proof({ url: resourceUrl, token }))).toBe('T proof_key_mismatch')
  })
})

describe('J. Memory of DPoP', () => {
  const clock = createTestClock()
  let client: DpopClient
  beforeAll(async () => {
    client = await (await createHarness()).dpopClient({ clock })
  })

  const subject = (): ProofSubject => ({
    jkt: client.jkt,
    ath: sha256('token'),
    method: 'GET',
    targetUri: () => resourceUrl,
  })
  const rules = { algorithms: ['ES256'], proofMaxAgeSeconds: 300, clockToleranceSeconds: 30, clock } as const

  /** Megabytes that the check keeps of 300 proofs whose headers are all different, and 20 KB long to be seen. */
  async function kept(options: Partial<ProofOptions>, forge: (proof: string) => string = String) {
    const check = createProofCheck({ ...rules, checkNonce: undefined })
    const codes = new Set<string>()
    const send = async (from: number, to: number) => {
      for (let index = from; index < to; index += 1) {
        const header = { ...options.header, x: `${index}-${'x'.repeat(15_000)}` }
        const proof = await client.proof({ url: resourceUrl, token: 'token', ...options, header })
        codes.add(await codeOf(() => check(forge(proof), subject())))
      }
    }
    await send(0, 30)
    const before = heapMegabytes()
    await send(30, 330)
    const grown = heapMegabytes() - before
    // Alive until here, or there would be nothing to measure.
    expect(typeof check).toBe('function')
    return { codes: [...codes], grown }
  }

  it('J01 remembers one header of a client that varies it', async () => {
    const { codes, grown } = await kept({})
    expect(codes).toEqual(['A'])
    expect(grown).toBeLessThan(1.5)
  })

  it.each<[string, Partial<ProofOptions>, ((proof: string) => string)?]>([
    ['proof_signature_invalid', {}, (proof) => `${proof.slice(0, -8)}AAAAAAAA`],
    ['proof_token_mismatch', { token: 'other' }],
    ['proof_method_mismatch', { method: 'POST' }],
    ['proof_uri_mismatch', { url: 'https://api.test/other' }],
    ['proof_time_refused', { claims: { iat: 1 } }],
    ['proof_claim_refused', { claims: { jti: '' } }],
    ['proof_type_refused', { header: { typ: 'JWT' } }],
    ['proof_malformed', { header: { crit: ['x'] } }],
  ])('J01 keeps nothing of proofs that end as %s', async (code, options, forge) => {
    const { codes, grown } = await kept(options, forge)
    expect(codes).toEqual([code])
    expect(grown).toBeLessThan(1.5)
  })

  it('J01 remembers 10,000 proof keys and forgets those that were not used for longest', async () => {
    const keys = createProofKeys(['ES256'])
    const header = Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk: client.publicJwk })).toString(
      'base64url',
    )
    const remembers = async (index: number) => {
      const [one, other] = [await keys.read(header, `key-${index}`), await keys.read(header, `key-${index}`)]
      return one === other
    }
    const keep = (index: number) => keys.keep(header, { jkt: `key-${index}`, prepared: () => () => true }, () => true)
    for (let index = 0; index < 10_000; index += 1) keep(index)
    expect([await remembers(0), await remembers(9999)]).toEqual([true, true])
    for (let index = 10_000; index < 10_010; index += 1) keep(index)
    const known: number[] = []
    for (let index = 0; index < 20; index += 1) if (await remembers(index)) known.push(index)
    expect(known).toEqual([0, 11, 12, 13, 14, 15, 16, 17, 18, 19])
  })

  it('J01 does not grow with nonces, whether right, wrong or past', async () => {
    const check = createNonceCheck({ clock, audiences: ['https://api.test'], secrets: ['s'.repeat(32)] })
    const churn = async (from: number, to: number) => {
      for (let index = from; index < to; index += 1) {
        clock.advance(60)
        expect(await codeOf(() => check(`${index}-${'x'.repeat(2000)}`))).toBe('nonce_wanted')
      }
    }
    await churn(0, 1000)
    const before = heapMegabytes()
    await churn(1000, 6000)
    expect(heapMegabytes() - before).toBeLessThan(2)
  })

  it('J01 lets go of jti and of the keys that used them when they expire', async () => {
    const store = memoryReplayStore({ clock })
    const use = (from: number, to: number) => {
      for (let index = from; index < to; index += 1) {
        if (index % 100 === 0) clock.advance(10)
        if (store.claim(sha256(`key ${index}`), 450, sha256(`client ${index}`)) !== true) throw new Error(`${index}`)
      }
    }
    use(0, 20_000)
    const before = heapMegabytes()
    use(20_000, 150_000)
    expect(heapMegabytes() - before).toBeLessThan(3)
    expect(store.claim(sha256('key 149999'), 450, '')).toBe(false)
    expect(store.claim(sha256('key 0'), 450, '')).toBe(true)
  })

  it('J01 does not grow with clients, tokens and proofs that are gone', async () => {
    const harness = await createHarness({
      ...{ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' }, onEvent: () => {} },
      cache: { verifiedTokens: 10 },
    })
    const churn = async (rounds: number) => {
      for (let round = 0; round < rounds; round += 1) {
        const newcomer = await harness.dpopClient()
        const token = await newcomer.token()
        for (let times = 0; times < 20; times += 1) {
          const { authorization, dpop } = await newcomer.headers({ url: resourceUrl, token })
          const headers = ['Host', 'api.test', 'Authorization', authorization, 'DPoP', dpop]
          await harness.api.authenticate({ method: 'GET', url: '/resource', scheme: 'https', headers })
        }
        harness.clock.advance(60)
      }
    }
    await churn(30)
    const before = heapMegabytes()
    await churn(100)
    expect(heapMegabytes() - before).toBeLessThan(4)
  })
})
