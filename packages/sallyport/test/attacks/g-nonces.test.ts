import { beforeEach, describe, expect, it } from 'vitest'
import { answerTo, type ProtectedRequest } from '../../src/index.js'
import { resourceUrl } from '../support/harness.js'
import {
  atOneMoment,
  createNonceBench,
  nonceOf,
  otherSecret,
  period,
  renewal,
  requestOf,
  secret,
} from '../support/nonce-bench.js'
import { createProofBench, named, type ProofBench, recordingStore } from '../support/proof-forgery.js'

describe('G. Nonces', () => {
  let bench: ProofBench
  let nonce: string
  beforeEach(async () => {
    bench = await createNonceBench(secret)
    nonce = await nonceOf(bench)
  })
  const verdictWith = async (given: string | undefined) => bench.verdict(await bench.proof({ nonce: given }))

  it('G24 asks for a nonce, with one header that no cache keeps, and admits the proof that has it', async () => {
    const error = await (async () => bench.harness.api.authenticate(await requestOf(bench)))().catch(
      (caught: unknown) => caught,
    )
    for (const errorProfile of ['rfc', 'auth0'] as const) {
      const body = {
        error: 'use_dpop_nonce',
        error_description: 'The DPoP proof needs the nonce that this answer carries.',
      }
      const parameters = `error="${body.error}", error_description="${body.error_description}"`
      expect(answerTo(error, { ...bench.harness.api, errorProfile })).toEqual({
        status: 401,
        headers: {
          'cache-control': 'no-store',
          'www-authenticate': ['Bearer realm="api"', `DPoP algs="ES256 EdDSA", ${parameters}`],
          'dpop-nonce': nonce,
        },
        body: errorProfile === 'auth0' ? { detail: body } : body,
      })
    }
    expect(nonce).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]{43}$/)
    expect(JSON.stringify(bench.harness.events)).not.toContain(nonce)
    expect(await verdictWith(nonce)).toBe('A')
  })

  it.each(['', 'x', ' ', 'null', '\u0000', '\u{1f600}', 'x'.repeat(43), 'A'.repeat(43), 'x'.repeat(2000)])(
    'G24 asks again for a nonce where the proof has %j',
    async (wrong) => {
      expect(await verdictWith(wrong)).toBe('N nonce_wanted')
      expect(await verdictWith(nonce)).toBe('A')
    },
  )
  it.each<[string, (good: string) => string]>([
    ['a space behind it', (good) => `${good} `],
    ['padding', (good) => `${good}=`],
    [
      'its case turned',
      (good) => good.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase())),
    ],
    ['itself once more', (good) => good + good],
    ['itself in a list', (good) => `${good}, ${good}`],
  ])('G24 asks again for a nonce that has %s', async (_, spoil) => {
    expect(await verdictWith(spoil(nonce))).toBe('N nonce_wanted')
    expect(await verdictWith(nonce)).toBe('A')
  })
  it.each(named([0, 1, null, true, {}, [], ['x'], { nonce: 'x' }]))('G24 refuses the nonce %s', async (_, wrong) => {
    expect(await bench.verdict(await bench.proof({ claims: { nonce: wrong } }))).toBe('P proof_claim_refused')
    expect(await bench.verdict(await bench.proof({ claims: { nonce: [nonce] } }))).toBe('P proof_claim_refused')
    expect(await verdictWith(nonce)).toBe('A')
  })
  it('G24 refuses a nonce of 10 KB for the size of its proof', async () => {
    expect(await verdictWith('x'.repeat(10_240))).toBe('P proof_too_large')
  })
  it.each(named(['x', '', 1, null, {}]))('G24 gives the nonce %s no meaning where nonces are off', async (_, any) => {
    const plain = await createProofBench()
    expect(await plain.verdict(await plain.proof({ claims: { nonce: any } }))).toBe('A')
  })

  it.each<[string, string | undefined, string]>([
    ['another secret', undefined, otherSecret],
    ['another audience', 'https://other.test', secret],
    ['both', 'https://other.test', otherSecret],
    ['an audience that begins with this one', 'https://api.test1', secret],
  ])('G24 asks again for the nonce of a server with %s', async (_, audience, theirs) => {
    const other = await createNonceBench(theirs, audience)
    atOneMoment(bench, other)
    const [own, foreign] = [await nonceOf(bench), await nonceOf(other)]
    expect(await bench.verdict(await bench.proof({ nonce: foreign }))).toBe('N nonce_wanted')
    expect(await other.verdict(await other.proof({ nonce: own }))).toBe('N nonce_wanted')
    expect(await verdictWith(own)).toBe('A')
  })

  it.each<[number, string]>([
    [-120, 'N nonce_wanted'],
    [-60.001, 'N nonce_wanted'],
    [-60, 'A'],
    [-1, 'A'],
    [0, 'A'],
    [59.999, 'A'],
    [60, 'A'],
    [120, 'A'],
    [180, 'A'],
    [240, 'A'],
    [299.999, 'A'],
    [300, 'N nonce_wanted'],
    [3600, 'N nonce_wanted'],
  ])('G24 decides %d s from the beginning of the minute of a nonce', async (seconds, verdict) => {
    bench.harness.clock.jump(seconds)
    expect(await verdictWith(nonce)).toBe(verdict)
    const newest = await nonceOf(bench)
    expect(newest === nonce).toBe(seconds >= 0 && seconds < period)
    expect(await verdictWith(newest)).toBe('A')
  })

  it('G24 keeps a used proof for as long as an instance may accept its nonce', async () => {
    const replay = recordingStore()
    const kept = await createProofBench({ nonce: { secrets: secret }, replay })
    const { clock } = kept.harness
    clock.advance(period - (clock.nowSeconds() % period))
    const [start, first] = [clock.nowSeconds(), await nonceOf(kept)]
    for (const seconds of [-60, 0, 59, 240, 299.5]) {
      clock.jump(start + seconds - clock.nowSeconds())
      expect(await kept.verdict(await kept.proof({ nonce: first }))).toBe('A')
      expect(replay.claims.at(-1)?.[1]).toBe(Math.floor(300 - seconds + 120) + 1)
    }
  })

  it('G25 asks again when a later proof has no nonce, whoever had one', async () => {
    expect(await verdictWith(undefined)).toBe('N nonce_wanted')
    expect(await verdictWith(nonce)).toBe('A')
    expect(await verdictWith(undefined)).toBe('N nonce_wanted')
    expect(await verdictWith(nonce)).toBe('A')
    const other = await bench.harness.dpopClient()
    const token = await other.token()
    const proof = (given?: string) => other.proof({ url: resourceUrl, token, nonce: given })
    expect(await bench.verdict(await proof(), { token })).toBe('N nonce_wanted')
    expect(await bench.verdict(await proof(nonce), { token })).toBe('A')
    expect(await bench.verdict(await proof(), { token })).toBe('N nonce_wanted')
  })

  it('G26 renews a nonce when there is a newer one, and only then', async () => {
    const { clock } = bench.harness
    expect(await renewal(bench, nonce)).toEqual({})
    clock.advance(59)
    expect(await renewal(bench, nonce)).toEqual({})
    clock.advance(1)
    const renewed = await renewal(bench, nonce)
    expect(renewed).toEqual({ 'dpop-nonce': expect.any(String), 'cache-control': 'no-store' })
    const newer = renewed['dpop-nonce'] ?? ''
    expect(newer).not.toBe(nonce)
    expect(newer).toBe(await nonceOf(bench))
    expect(await renewal(bench, newer)).toEqual({})
    clock.jump(-60)
    expect(await renewal(bench, newer)).toEqual({})
  })
  it('G26 gives no nonce with any other refusal', async () => {
    bench.harness.clock.advance(60)
    const { api } = bench.harness
    const replayed = await requestOf(bench, nonce)
    await api.authenticate(replayed)
    const refused: readonly (readonly [ProtectedRequest, number])[] = [
      [replayed, 401],
      [{ ...(await requestOf(bench, nonce)), method: 'POST' }, 401],
      [{ ...(await requestOf(bench, nonce)), headers: ['Authorization', `Bearer ${bench.token}`] }, 401],
      [{ ...(await requestOf(bench, nonce)), headers: [] }, 401],
    ]
    for (const [request, status] of refused) {
      const error = await (async () => api.authenticate(request))().catch((caught: unknown) => caught)
      const answer = answerTo(error, { ...api, errorProfile: 'rfc' })
      expect(answer.status).toBe(status)
      expect(Object.keys(answer.headers)).toEqual(['cache-control', 'www-authenticate'])
    }
  })
})
