import { calculateJwkThumbprint } from 'jose'
import { describe, expect, it } from 'vitest'
import { createProofCheck, type ProofSubject } from '../../src/dpop/proof.js'
import { readProofKey } from '../../src/dpop/proof-key.js'
import { RequestRefused } from '../../src/errors.js'
import { checkCertificate } from '../../src/request/client-certificate.js'
import type { ProtectedRequest } from '../../src/request/credentials.js'
import { algorithms } from '../../src/signature/algorithms.js'
import { sha256 as sha256OnNode } from '../../src/signature/digest-node.js'
import { sha256 as sha256OnWeb } from '../../src/signature/digest-web.js'
import { isSigned } from '../../src/signature/is-signed.js'
import { acceptJwk } from '../../src/signature/jwk.js'
import { createTestClock } from '../../src/testing/index.js'
import { readCompact } from '../../src/token/compact.js'
import { describeVectors, readVector } from '../support/vectors.js'
import { runtimes } from '../support/verifies.js'

type Json = Readonly<Record<string, unknown>>

interface Examples {
  readonly accessToken: string
  readonly expectedAth: string
  readonly expectedJkt: string
  readonly proofs: readonly {
    readonly jws: string
    readonly header: Json & { readonly alg: string; readonly jwk: Json }
    readonly payload: Json & { readonly htm: string; readonly htu: string; readonly iat: number; readonly ath?: string }
    readonly signatureValid: boolean
    readonly jkt: string
  }[]
  readonly negative: readonly string[]
}

async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'accepted'
  } catch (error) {
    if (error instanceof RequestRefused) return error.code
    throw error
  }
}

describeVectors('RFC 9449', () => {
  const { accessToken, expectedAth, expectedJkt, proofs, negative } = readVector<Examples>('rfc9449/examples.json')
  const [resource] = proofs.filter(({ payload }) => payload.ath !== undefined)
  if (resource === undefined) throw new Error('There is no proof for a resource.')
  const { jws: proof, payload } = resource

  interface Arrival extends Partial<Omit<ProofSubject, 'targetUri'>> {
    readonly uri?: string
    /** Seconds since 1970. */
    readonly now?: number
  }

  /** What becomes of the proof of section 7.1 where it arrives at its own request, or at one that differs so. */
  function arriving({ uri = payload.htu, now = payload.iat, ...subject }: Arrival, jws = proof) {
    const check = createProofCheck({
      ...{ algorithms: ['ES256'], proofMaxAgeSeconds: 300, clockToleranceSeconds: 30, checkNonce: undefined },
      clock: createTestClock(now),
    })
    return check(jws, { jkt: expectedJkt, ath: expectedAth, method: 'GET', targetUri: () => uri, ...subject })
  }

  it.each(proofs)(
    'reads the proof for $payload.htm $payload.htu as it is printed',
    async ({ jws, header, payload, jkt }) => {
      const read = readCompact(jws)
      expect(read?.claims).toEqual(payload)
      expect(JSON.parse(Buffer.from(read?.encodedHeader ?? '', 'base64url').toString())).toEqual(header)
      expect((await readProofKey(read?.encodedHeader ?? '', ['ES256'])).jkt).toBe(jkt)
      expect(jkt).toBe(expectedJkt)
    },
  )

  describe.each(runtimes)('with $runtime', ({ prepareKey }) => {
    it.each(proofs)(
      'verifies the signature of the proof with iat $payload.iat',
      async ({ jws, header, signatureValid }) => {
        const accepted = acceptJwk(header.jwk, ['ES256'])
        const algorithm = algorithms.get(header.alg)
        const read = readCompact(jws)
        if (typeof accepted === 'string' || algorithm === undefined || read === undefined) throw new Error('Not read.')
        const key = await prepareKey(accepted.publicJwk, algorithm)
        expect(await isSigned(read, [key])).toBe(signatureValid)
        const { signature, signingInput } = read
        expect(await isSigned({ signature, signingInput: signingInput.replace(/.$/, '0') }, [key])).toBe(false)
        expect(await isSigned({ signature: signature.map((byte) => byte ^ 1), signingInput }, [key])).toBe(false)
      },
    )
  })

  it('has the ath of the access token', async () => {
    expect(sha256OnNode(accessToken)).toBe(expectedAth)
    expect(await sha256OnWeb(accessToken)).toBe(expectedAth)
    expect(payload.ath).toBe(expectedAth)
  })

  it('accepts the proof of section 7.1 at its request', async () => {
    expect(await arriving({})).toEqual({
      ...{ jti: payload['jti'], jkt: expectedJkt, usableUntil: payload.iat + 300, newerNonce: undefined },
    })
  })

  const wallClock = Math.floor(Date.now() / 1000)
  const otherToken = sha256OnNode(`${accessToken}x`)
  const listed: readonly (readonly [string, Arrival, string])[] = [
    ['evaluate the resource proof at method POST -> htm mismatch', { method: 'POST' }, 'proof_method_mismatch'],
    [
      'at https://resource.example.org/protectedresource/ -> htu mismatch',
      { uri: 'https://resource.example.org/protectedresource/' },
      'proof_uri_mismatch',
    ],
    ['at wall clock now -> iat too old', { now: wallClock }, 'proof_time_refused'],
    ['with another access token -> ath mismatch', { ath: otherToken }, 'proof_token_mismatch'],
  ]

  it('knows every negative case that the examples list', () => {
    expect(listed.map(([name]) => name)).toEqual(negative)
  })

  it.each<readonly [string, Arrival, string]>([
    ...listed,
    ['at method get', { method: 'get' }, 'proof_method_mismatch'],
    ['at another host', { uri: 'https://resource.example.com/protectedresource' }, 'proof_uri_mismatch'],
    ['at http', { uri: 'http://resource.example.org/protectedresource' }, 'proof_uri_mismatch'],
    ['with the token of another key', { jkt: sha256OnNode('other') }, 'proof_key_mismatch'],
    ['300 seconds later', { now: payload.iat + 300 }, 'accepted'],
    ['301 seconds later', { now: payload.iat + 301 }, 'proof_time_refused'],
    ['30 seconds earlier', { now: payload.iat - 30 }, 'accepted'],
    ['31 seconds earlier', { now: payload.iat - 31 }, 'proof_time_refused'],
  ])('judges the proof of section 7.1 %s', async (_, arrival, expected) => {
    expect(await codeOf(() => arriving(arrival))).toBe(expected)
  })

  it('takes no proof for the token endpoint of another server, even where all but ath would fit', async () => {
    for (const { jws, payload: claims } of proofs.filter((one) => one.payload.ath === undefined)) {
      const at = { method: claims.htm, uri: claims.htu, now: claims.iat }
      expect(await codeOf(() => arriving(at, jws))).toBe('proof_token_mismatch')
    }
  })

  it('takes no signature of one printed proof for another', async () => {
    const [header, claims] = proof.split('.')
    for (const { jws } of proofs) {
      const expected = jws === proof ? 'accepted' : 'proof_signature_invalid'
      expect(await codeOf(() => arriving({}, `${header}.${claims}.${jws.split('.')[2]}`))).toBe(expected)
    }
  })
})

describeVectors('RFC 8705', () => {
  const { certificateDerBase64, 'x5t#S256': thumbprint } =
    readVector<Readonly<Record<string, string>>>('rfc8705/appendix-a.json')
  const der = Buffer.from(certificateDerBase64 ?? '', 'base64')
  const request: ProtectedRequest = { method: 'GET', url: '/', headers: [] }
  const rules = { certificateSource: 'connection', trustedHops: () => 1 } as const

  it('has the thumbprint of the certificate of appendix A, from the handshake and from the header', async () => {
    const clientCertificate = () => der
    const headers = ['Client-Cert', `:${certificateDerBase64}:`]
    const own = String(thumbprint)
    const fromHeader = { ...rules, certificateSource: 'client-cert-header' } as const
    expect(await codeOf(() => checkCertificate(own, { ...request, clientCertificate }, rules))).toBe('accepted')
    expect(await codeOf(() => checkCertificate(own, { ...request, headers }, fromHeader))).toBe('accepted')
    expect(await codeOf(() => checkCertificate(own, { ...request, headers }, rules))).toBe('certificate_missing')
    expect(await codeOf(() => checkCertificate(own, { ...request, clientCertificate }, fromHeader))).toBe(
      'certificate_missing',
    )
  })

  it('takes no changed certificate for it', async () => {
    for (const index of [0, 40, der.length - 1]) {
      const clientCertificate = () => Buffer.from(der.map((byte, at) => (at === index ? byte ^ 1 : byte)))
      expect(await codeOf(() => checkCertificate(String(thumbprint), { ...request, clientCertificate }, rules))).toBe(
        'certificate_mismatch',
      )
    }
  })
})

describeVectors('RFC 7638', () => {
  const { jwk, thumbprint } = readVector<{ readonly jwk: Json; readonly thumbprint: string }>('rfc7638/example.json')
  const jktOf = async (members: Json) => {
    const header = JSON.stringify({ typ: 'dpop+jwt', alg: 'RS256', jwk: members })
    return (await readProofKey(Buffer.from(header).toString('base64url'), ['RS256'])).jkt
  }

  it('has the thumbprint of the key of section 3.1, whatever else the key says and in which order', async () => {
    const { kty, n, e } = jwk
    for (const members of [jwk, { kty, n, e }, { e, n, kty }, { ...jwk, kid: 'other', x5t: 'x', ext: true, a: [1] }])
      expect(await jktOf(members)).toBe(thumbprint)
    expect(await calculateJwkThumbprint({ ...jwk })).toBe(thumbprint)
  })

  it('has another thumbprint for another key', async () => {
    const n = String(jwk['n'])
    expect(await jktOf({ ...jwk, n: `${n.slice(0, 99)}A${n.slice(100)}` })).not.toBe(thumbprint)
    expect(await jktOf({ ...jwk, e: 'Aw' })).not.toBe(thumbprint)
  })
})
