import { answerTo, type ProtectedRequest } from '../../src/index.js'
import { createProofBench, type ProofBench, recordingStore } from './proof-forgery.js'

export const secret = 'a secret of this API, and of no other'
export const otherSecret = 'another secret, 32 characters long or longer'
/** Of a nonce, in seconds. */
export const period = 60

/** In nonce mode, at the beginning of a minute, with a token that has existed for a while. */
export async function createNonceBench(secrets: string | readonly string[], audience?: string): Promise<ProofBench> {
  const replay = recordingStore()
  const bench = await createProofBench({ nonce: { secrets }, replay }, audience)
  const { clock } = bench.harness
  clock.advance(period - (clock.nowSeconds() % period))
  const now = clock.nowSeconds()
  const token = await bench.client.token({ iat: now - 3600, exp: now + 7200 })
  return {
    ...bench,
    token,
    proof: (changes) => bench.proof({ token, ...changes }),
    verdict: (proof, given) => bench.verdict(proof, { token, ...given }),
  }
}

/** Lets several benches be instances at one moment, in one minute. */
export function atOneMoment(...benches: readonly ProofBench[]): void {
  const latest = Math.max(...benches.map(({ harness }) => harness.clock.nowSeconds()))
  for (const { harness } of benches) harness.clock.jump(latest - harness.clock.nowSeconds())
}

/** The nonce that a client gets who has none. */
export async function nonceOf({ harness, token, proof }: ProofBench): Promise<string> {
  const headers = ['Host', 'api.test', 'Authorization', `DPoP ${token}`, 'DPoP', await proof()]
  try {
    await harness.api.authenticate({ method: 'GET', url: '/resource', scheme: 'https', headers })
  } catch (error) {
    const nonce = answerTo(error, harness.api).headers['dpop-nonce']
    if (typeof nonce === 'string') return nonce
  }
  throw new Error('There was no nonce in the answer.')
}

/** The request of the bench with a new proof. */
export async function requestOf({ token, proof }: ProofBench, nonce?: string): Promise<ProtectedRequest> {
  const headers = ['Host', 'api.test', 'Authorization', `DPoP ${token}`, 'DPoP', await proof({ nonce })]
  return { method: 'GET', url: '/resource', scheme: 'https', headers }
}

/** What an admitted request with this nonce has its answer carry. */
export async function renewal(bench: ProofBench, nonce: string): Promise<Readonly<Record<string, string>>> {
  return (await bench.harness.api.authenticate(await requestOf(bench, nonce))).responseHeaders
}
