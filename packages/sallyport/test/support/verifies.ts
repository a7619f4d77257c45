import { decodeBase64url } from '../../src/encoding/base64url.js'
import { RequestRefused } from '../../src/errors.js'
import { type Algorithm, algorithms } from '../../src/signature/algorithms.js'
import { isSigned } from '../../src/signature/is-signed.js'
import { acceptJwk, type PublicJwk } from '../../src/signature/jwk.js'
import type { PreparedKey } from '../../src/signature/prepared-key.js'
import { prepareKey as prepareOnNode } from '../../src/signature/verify-node.js'
import { prepareKey as prepareOnWeb } from '../../src/signature/verify-web.js'
import { type AcceptedHeader, checkHeader } from '../../src/token/header.js'

type PrepareKey = (jwk: PublicJwk, algorithm: Algorithm) => PreparedKey | Promise<PreparedKey>

/** Both ways to verify a signature, as columns of a table. */
export const runtimes: readonly { readonly runtime: string; readonly prepareKey: PrepareKey }[] = [
  { runtime: 'node:crypto', prepareKey: prepareOnNode },
  { runtime: 'WebCrypto', prepareKey: prepareOnWeb },
]

const allAlgorithms = [...algorithms.values()].map(({ name }) => name)
const maxCandidates = 4

/** Whether a resource server that allows every algorithm takes the signature. The payload may be anything. */
export async function verifies(members: readonly unknown[], jws: string, prepareKey: PrepareKey): Promise<boolean> {
  const [encodedHeader, payload, encodedSignature, ...more] = jws.split('.')
  if (encodedHeader === undefined || payload === undefined || encodedSignature === undefined) return false
  const signature = decodeBase64url(encodedSignature)
  const header = acceptedHeader(encodedHeader)
  if (more.length > 0 || header === undefined || signature === undefined) return false
  if (decodeBase64url(payload) === undefined) return false
  const candidates = await candidatesFor(header, members, prepareKey)
  return isSigned({ signingInput: `${encodedHeader}.${payload}`, signature }, candidates)
}

function acceptedHeader(encodedHeader: string): AcceptedHeader | undefined {
  try {
    return checkHeader(encodedHeader, { algorithms: allAlgorithms, tokenProfile: 'auth0' })
  } catch (error) {
    if (error instanceof RequestRefused) return undefined
    throw error
  }
}

async function candidatesFor(
  { kid, algorithm }: AcceptedHeader,
  members: readonly unknown[],
  prepareKey: PrepareKey,
): Promise<readonly PreparedKey[]> {
  const prepared: PreparedKey[] = []
  for (const member of members) {
    const jwk = acceptJwk(member, allAlgorithms)
    if (typeof jwk === 'string' || !jwk.algorithms.includes(algorithm)) continue
    if (kid !== undefined && jwk.kid !== kid) continue
    const key = await prepareOrIgnore(jwk.publicJwk, algorithm, prepareKey)
    if (key !== undefined) prepared.push(key)
  }
  return kid === undefined && prepared.length > 1 ? [] : prepared.slice(0, maxCandidates)
}

async function prepareOrIgnore(jwk: PublicJwk, algorithm: Algorithm, prepareKey: PrepareKey) {
  try {
    return await prepareKey(jwk, algorithm)
  } catch {
    return undefined
  }
}

const privateMembers = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'])

/** The public half of a key pair that a vector file gives in one piece; an `oct` key has none and stays as it is. */
export function publicHalf(jwk: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (jwk['kty'] === 'oct') return jwk
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => !privateMembers.has(name)))
}
