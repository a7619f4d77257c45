// Prevents a promise of sender-constrained tokens that only holds while nobody steals anything.
import type { DpopClient } from 'sallyport/testing'
import { granted, type Promised, type Row } from './ask.js'
import type { DemoTenant } from './tenant.js'

const path = '/api/private'

function named(scheme: 'Bearer' | 'DPoP', status: number, error: string): Promised {
  return { status, error, challenges: { Bearer: null, DPoP: null, [scheme]: error } }
}

const badProof = named('DPoP', 400, 'invalid_dpop_proof')
const badToken = named('DPoP', 401, 'invalid_token')

export async function dpopRows(demo: DemoTenant, origin: string): Promise<readonly Row[]> {
  const client = await demo.boundClient('data-reader')
  const thief = await demo.boundClient('everything')
  const { bound: token } = client
  const unbound = await demo.token('everything')
  const url = `${origin}${path}`
  const first = await client.headers({ url, token })
  const proving = async (options: Partial<Parameters<DpopClient['proof']>[0]>, prover = client) => ({
    authorization: `DPoP ${token}`,
    dpop: await prover.proof({ url, token, ...options }),
  })
  return [
    { title: 'bound token and its proof', path, headers: first, promised: granted },
    { title: 'the same proof again', path, headers: first, promised: badProof },
    { title: 'a new proof', path, headers: await proving({}), promised: granted },
    {
      title: 'stolen: sent as Bearer',
      path,
      headers: { authorization: `Bearer ${token}` },
      promised: named('Bearer', 401, 'invalid_token'),
    },
    { title: 'stolen: no proof', path, headers: { authorization: `DPoP ${token}` }, promised: missingProof },
    { title: "stolen: the thief's own key", path, headers: await proving({}, thief), promised: badToken },
    { title: 'forged signature', path, headers: await proving({ signWith: thief.key }), promised: badProof },
    { title: 'proof for another URL', path, headers: await proving({ url: `${origin}/api/data` }), promised: badProof },
    { title: 'proof for another method', path, headers: await proving({ method: 'POST' }), promised: badProof },
    { title: 'proof for another token', path, headers: await proving({ token: `${token}x` }), promised: badProof },
    { title: 'proof of an hour ago', path, headers: await proving({ claims: { iat: hourAgo() } }), promised: badProof },
    { title: 'unbound token as DPoP', path, headers: await thief.headers({ url, token: unbound }), promised: badToken },
    {
      title: 'proof next to Bearer',
      path,
      headers: { ...(await proving({})), authorization: `Bearer ${unbound}` },
      promised: named('Bearer', 400, 'invalid_request'),
    },
    {
      title: 'good proof, missing scope',
      path: '/api/messages',
      headers: await client.headers({ url: `${origin}/api/messages`, token }),
      promised: named('DPoP', 403, 'insufficient_scope'),
    },
  ]
}

const missingProof: Promised = named('DPoP', 400, 'invalid_request')

function hourAgo(): number {
  return Math.floor(Date.now() / 1000) - 3600
}

export async function nonceRows(demo: DemoTenant, origin: string): Promise<readonly Row[]> {
  const client = await demo.boundClient('everything')
  const { bound: token } = client
  const url = `${origin}${path}`
  const first = await fetch(url, { headers: await client.headers({ url, token }) })
  const nonce = first.headers.get('dpop-nonce') ?? undefined
  return [
    {
      title: 'Bearer token',
      path,
      headers: { authorization: `Bearer ${await demo.token('everything')}` },
      promised: { status: 400, error: 'invalid_request', challenges: { DPoP: null } },
    },
    {
      title: 'proof without the nonce',
      path,
      headers: await client.headers({ url, token }),
      promised: { status: 401, error: 'use_dpop_nonce', challenges: { DPoP: 'use_dpop_nonce' } },
    },
    { title: 'proof with the nonce', path, headers: await client.headers({ url, token, nonce }), promised: granted },
  ]
}
