import { createHmac } from 'node:crypto'
import { signCompact } from '../../../src/testing/index.js'
import { withSignature } from '../forgery.js'
import { dpop, type Fields, type Kit, row, rows, type Situation } from './kit.js'

const headed = (header: Readonly<Record<string, unknown>>): Fields => dpop({ header })
const text = (value: unknown) => JSON.stringify(value) ?? 'left out'

const signedAs =
  (change: (signature: Buffer) => Uint8Array): Fields =>
  async (kit) => {
    const [name = '', value = '', proofName = '', proof = ''] = await dpop()(kit)
    const signature = Buffer.from(proof.slice(proof.lastIndexOf('.') + 1), 'base64url')
    return [name, value, proofName, withSignature(proof, change(signature))]
  }

/** An HMAC that is keyed with the public key. */
async function confused({ client, url, tokens }: Kit): Promise<readonly string[]> {
  const header = { typ: 'dpop+jwt', alg: 'HS256', jwk: client.publicJwk }
  const proof = await signCompact(header, { htu: url }, client.key)
  const mac = createHmac('sha256', JSON.stringify(client.publicJwk)).update(proof.slice(0, proof.lastIndexOf('.')))
  return ['Authorization', `DPoP ${tokens.bound}`, 'DPoP', withSignature(proof, mac.digest())]
}

async function byThief({ thief, url, tokens }: Kit): Promise<readonly string[]> {
  return ['Authorization', `DPoP ${tokens.bound}`, 'DPoP', await thief.proof({ url, token: tokens.bound })]
}

const wrong = { iat: 'x', ath: 1 }

/** The header of a proof but for its key, and the signature. */
export const proofHeaderSituations: readonly Situation[] = [
  ...['dpop+JWT', 'application/dpop+jwt'].map((typ) => row(`G01 the typ ${typ}`, 'A', headed({ typ }))),
  ...[undefined, 'JWT', 'at+jwt', 'dpop+jwt;v=1', 'x/dpop+jwt', ['dpop+jwt']].map((typ) =>
    row(`G01 the typ ${text(typ)}`, 'P', headed({ typ })),
  ),
  ...[undefined, 'none', 'nOnE', 'es256', 'HS256', 'ES384', 'RS256', ['ES256']].map((alg) =>
    row(`G02 the alg ${text(alg)}`, 'P', headed({ alg })),
  ),
  ...rows('P', [
    ['G02 an HMAC that is keyed with the public key', confused],
    ['G02 a critical extension', headed({ crit: ['exp'] })],
    ['G08 a signature by another key', dpop(({ thief }) => ({ signWith: thief.key }))],
    ['G08 no signature', signedAs(() => new Uint8Array())],
    ['G08 zeros for a signature', signedAs(() => new Uint8Array(64))],
    ['G08 a signature that is a byte longer', signedAs((signature) => Buffer.concat([signature, Buffer.alloc(1)]))],
    ['G08 a signature that is a byte shorter', signedAs((signature) => signature.subarray(1))],
  ]),
  ...rows('T', [
    ['G09 a good proof by another key', byThief],
    ['G09 a proof that names another key', dpop(({ thief }) => ({ header: { jwk: thief.publicJwk } }))],
    ['G09 nothing that is right', dpop(({ thief }) => ({ header: { jwk: thief.publicJwk }, claims: wrong }))],
  ]),
]
