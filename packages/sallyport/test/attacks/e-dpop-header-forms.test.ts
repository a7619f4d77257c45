import { beforeAll, describe, expect, it } from 'vitest'
import { answerTo, type ProofAlgorithmName } from '../../src/index.js'
import { createProofBench, type ProofBench } from '../support/proof-forgery.js'

describe('E. DPoP headers that only some forms can have', () => {
  let bench: ProofBench
  beforeAll(async () => {
    bench = await createProofBench()
  })

  it('E20 refuses two proofs that Node has joined, or has kept apart', async () => {
    const { harness, token, proof } = bench
    const authorization = `DPoP ${token}`
    const outcome = (dpop: string | readonly string[]) =>
      harness.outcomeOfRequest({ headers: { host: 'api.test', authorization, dpop } })
    expect(await outcome(`${await proof()}, ${await proof()}`)).toBe('P')
    expect(await outcome([await proof(), await proof()])).toBe('P')
    expect(await outcome([await proof(), ''])).toBe('P')
    expect(await outcome([])).toBe('R')
    expect(await outcome([await proof()])).toBe('A')
    expect(await outcome(await proof())).toBe('A')
  })

  it.each([7, true, {}, [[]], [7], [null]])(
    'E20 refuses the DPoP header %j that an adapter handed in',
    async (value) => {
      const { harness, token, proof } = bench
      const headers = { host: 'api.test', authorization: `DPoP ${token}`, dpop: value } as unknown as Headers
      expect(await harness.outcomeOfRequest({ headers })).toBe('P')
      expect(
        await harness.outcomeOfRequest({ headers: ['Authorization', `DPoP ${token}`, 'DPoP', await proof()] }),
      ).toBe('A')
    },
  )

  it.each(['\u0000', '\r\n', '\n', '\t', '\u00a0', '\u00ff', '\u{1f600}', '\ud800'])(
    'E20 refuses a proof with %j before, within or behind it',
    async (text) => {
      const proof = await bench.proof()
      const dot = proof.indexOf('.')
      const spoiled = [text + proof, proof + text, proof.slice(0, dot) + text + proof.slice(dot), `${proof}.${text}`]
      for (const one of spoiled) expect(await bench.verdict(one)).toBe('P proof_malformed')
      expect(await bench.verdict(proof)).toBe('A')
    },
  )

  it.each<[string, readonly ProofAlgorithmName[]]>([
    ['ES384', ['ES384']],
    ['PS256 RS256 EdDSA', ['PS256', 'RS256', 'EdDSA']],
  ])('E15 names the algorithms that a proof may have: %s', async (algs, algorithms) => {
    const { harness, token } = await createProofBench({ algorithms })
    const challengesFor = async (headers: readonly string[]) => {
      const attempt = async () => harness.api.authenticate({ method: 'GET', url: '/', headers })
      const error = await attempt().catch((caught: unknown) => caught)
      return answerTo(error, harness.api).headers['www-authenticate']
    }
    const bearer = 'Bearer realm="api"'
    const missing = 'error="invalid_request", error_description="The request has no DPoP proof."'
    expect(await challengesFor([])).toEqual([bearer, `DPoP algs="${algs}"`])
    expect(await challengesFor(['Authorization', `DPoP ${token}`])).toEqual([bearer, `DPoP algs="${algs}", ${missing}`])
  })
})
