import crypto, { KeyObject } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { expect, vi } from 'vitest'
import {
  type DpopOptions,
  memoryReplayStore,
  type ProtectedRequest,
  type ReplayStore,
  type Requirement,
} from '../../src/index.js'
import type { DpopClient, ProofOptions } from '../../src/testing/index.js'
import { ecSigner, forge, type Signer, segment } from './forgery.js'
import { createHarness, type Harness, resourceUrl } from './harness.js'

/** A bound token, good proofs for it, and what happens to bad ones. */
export interface ProofBench {
  readonly harness: Harness
  readonly client: DpopClient
  readonly token: string
  /** A proof for `GET /resource` with the token, but for what is changed. */
  proof(changes?: Partial<ProofOptions>): Promise<string>
  /** The outcome, and for a refusal the code in its event: `A`, `P proof_malformed`. */
  verdict(proof: string | readonly string[], request?: Presented): Promise<string>
}

export interface Presented extends Partial<Omit<ProtectedRequest, 'headers'>> {
  readonly token?: string
  readonly requirement?: Requirement
}

export async function createProofBench(dpop: DpopOptions = {}, audience = 'https://api.test'): Promise<ProofBench> {
  const harness = await createHarness({ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256', audience }, dpop })
  const client = await harness.dpopClient()
  const token = await client.token()
  return {
    harness,
    client,
    token,
    proof: (changes = {}) => client.proof({ url: resourceUrl, token, ...changes }),
    verdict: async (proof, { token: presented = token, requirement, ...request } = {}) => {
      const proofs = [proof].flat().flatMap((value) => ['DPoP', value])
      const headers = ['Authorization', `DPoP ${presented}`, ...proofs]
      const outcome = await harness.outcomeOfRequest({ ...request, headers }, requirement)
      const event = harness.events.at(-1)
      if (outcome === 'A') expect(event).toEqual({ type: 'request.admitted', scheme: 'DPoP' })
      return event?.type === 'request.refused' ? `${outcome} ${event.code}` : outcome
    },
  }
}

/** A key as the header of a proof names it, and what signs with it; the two need not belong together. */
export interface ForgedKey {
  readonly alg: string
  readonly jwk: JWK
  readonly signer: Signer
}

/** Presents a proof with this key and a token that is bound to it: what is refused then is not that it is another key. */
export async function presentKey(bench: ProofBench, key: ForgedKey): Promise<string> {
  const token = await bench.harness.issuer.token({ cnf: { jkt: await calculateJwkThumbprint(key.jwk) } })
  return bench.verdict(await proofWithKey(bench, key, token), { token })
}

export async function proofWithKey(bench: ProofBench, { alg, jwk, signer }: ForgedKey, token: string): Promise<string> {
  const [, claims = ''] = (await bench.proof({ token })).split('.')
  return forge({ typ: 'dpop+jwt', alg, jwk }, claims, signer)
}

/** The client's own key as `node:crypto` has it. */
export function signerOf({ key }: DpopClient): Signer {
  return ecSigner(KeyObject.from(key.privateKey))
}

/** A proof with other claims text, signed all the same: for what `JSON.stringify` never writes. */
export function proofWithText({ client }: ProofBench, claims: string, header?: string): string {
  const written = header ?? JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk: client.publicJwk })
  return forge(written, segment(claims), signerOf(client))
}

/** Rows of a table of values, each with the beginning of its JSON for the title; `undefined` is called nothing. */
export function named(values: readonly unknown[]): [string, unknown][] {
  return values.map((value) => [(JSON.stringify(value) ?? 'nothing').slice(0, 40), value])
}

/** The twin of an ECDSA signature over P-256, which every verifier takes: s becomes n - s. */
export function twinOf(proof: string): string {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const signature = Buffer.from(proof.slice(proof.lastIndexOf('.') + 1), 'base64url')
  const other = order - BigInt(`0x${signature.subarray(32).toString('hex')}`)
  const twin = Buffer.concat([signature.subarray(0, 32), Buffer.from(other.toString(16).padStart(64, '0'), 'hex')])
  return `${proof.slice(0, proof.lastIndexOf('.'))}.${segment(twin)}`
}

type CryptoFunction = 'verify' | 'createPublicKey' | 'timingSafeEqual'

/** How often the code under test calls functions of `node:crypto` while this runs. They do what they always do. */
export async function callsOf(names: readonly CryptoFunction[], run: () => Promise<unknown>): Promise<number> {
  const spies = names.map((name) => vi.spyOn(crypto, name))
  syncBuiltinESMExports()
  try {
    await run()
    return spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
  } finally {
    for (const spy of spies) spy.mockRestore()
    syncBuiltinESMExports()
  }
}

export interface RecordingStore extends ReplayStore {
  /** The arguments of every claim, in order. */
  readonly claims: readonly Parameters<ReplayStore['claim']>[]
}

/** A store in memory that tells what was written to it. */
export function recordingStore(): RecordingStore {
  const store = memoryReplayStore()
  const claims: Parameters<ReplayStore['claim']>[] = []
  return {
    claims,
    claim: (...claim) => {
      claims.push(claim)
      return store.claim(...claim)
    },
  }
}

/** Credentials by name, made anew with each call where that matters. */
export async function credentialValues(harness: Harness): Promise<Readonly<Record<string, () => Promise<string>>>> {
  const [client, stranger] = [await harness.dpopClient(), await harness.dpopClient()]
  const [bound, foreign] = [await client.token(), await stranger.token()]
  const plain = await harness.issuer.token()
  const proof = (token: string) => client.proof({ url: resourceUrl, token })
  return {
    bound: async () => bound,
    foreign: async () => foreign,
    plain: async () => plain,
    spoiled: async () => `${bound.slice(0, bound.lastIndexOf('.'))}.${segment(new Uint8Array(64))}`,
    long: async () => `${bound}${'A'.repeat(8193 - bound.length)}`,
    dots: async () => '.'.repeat(4097),
    proof: () => proof(bound),
    again: () => proof(bound),
    plainProof: () => proof(plain),
    foreignProof: () => proof(foreign),
    proof4096: () => proofOfLength(client, bound, 4096),
    proof4097: () => proofOfLength(client, bound, 4097),
  }
}

/** Filled up in header and payload: with one alone some lengths cannot be had, base64url never being 1 modulo 4. */
async function proofOfLength(client: DpopClient, token: string, length: number): Promise<string> {
  for (let extra = 0; extra < 4; extra += 1) {
    const make = (filling: number) => {
      const [header, claims] = [{ filling: 'x'.repeat(extra) }, { filling: 'x'.repeat(filling) }]
      return client.proof({ url: resourceUrl, token, header, claims })
    }
    const filling = Math.floor(((length - (await make(0)).length) * 3) / 4)
    for (const some of [filling - 1, filling, filling + 1]) {
      const proof = await make(some)
      if (proof.length === length) return proof
    }
  }
  return expect.unreachable(`No proof has ${length} bytes.`)
}
