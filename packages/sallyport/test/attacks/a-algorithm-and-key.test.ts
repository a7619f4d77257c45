import { createPublicKey, type KeyObject, sign } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { answerTo } from '../../src/index.js'
import { createTestKey, type TestKey } from '../../src/testing/index.js'
import { createCertificate } from '../support/certificate.js'
import { forge, hmacSigner, payloadOf, privateKeyOf, rsaSigner } from '../support/forgery.js'
import { createHarness, type Harness } from '../support/harness.js'

const attackerHost = 'attacker.test'

describe('A. Algorithm and key confusion', () => {
  let harness: Harness
  let payload: string
  let publicKey: KeyObject
  const fetched: string[] = []
  const kid = () => harness.issuer.currentKey().kid
  const honestSigner = () => rsaSigner(privateKeyOf(harness.issuer.currentKey()))

  beforeAll(async () => {
    harness = await createHarness({
      fetch: (input, init) => {
        fetched.push(String(input))
        return harness.issuer.fetch(input, init)
      },
    })
    const token = await harness.issuer.token()
    expect(await harness.outcome(token)).toBe('A')
    payload = payloadOf(token)
    publicKey = createPublicKey(privateKeyOf(harness.issuer.currentKey()))
  })

  async function expectRefused(token: string): Promise<void> {
    const fetches = fetched.length
    expect(await harness.outcome(token)).toBe('T')
    expect(fetched.length).toBe(fetches)
  }

  it.each(['at+jwt', 'JWT', undefined])('A01 refuses alg none with an empty signature and typ %s', async (typ) => {
    await expectRefused(forge({ alg: 'none', typ, kid: kid() }, payload, () => new Uint8Array()))
    await expectRefused(forge({ alg: 'none', typ }, payload, () => new Uint8Array()))
  })

  it.each(['"None"', '"NONE"', '"nOnE"', '"n\\u006fne"', '"\\u006e\\u006f\\u006e\\u0065"', '" none"', '"none "'])(
    'A02 refuses alg %s',
    async (alg) => {
      const header = `{"alg":${alg},"typ":"at+jwt","kid":"${kid()}"}`
      await expectRefused(forge(header, payload, () => new Uint8Array()))
      await expectRefused(forge(header, payload, honestSigner()))
    },
  )

  it('A03 refuses alg none with a valid RS256 signature', async () => {
    await expectRefused(forge({ alg: 'none', typ: 'at+jwt', kid: kid() }, payload, honestSigner()))
  })

  it.each([1, null, true, '', ['RS256'], [], {}, { RS256: true }].map((alg) => ({ alg })))(
    'A04 refuses alg $alg',
    async ({ alg }) => {
      await expectRefused(forge({ alg, typ: 'at+jwt', kid: kid() }, payload, honestSigner()))
    },
  )

  it('A05 refuses a header without alg', async () => {
    await expectRefused(forge({ typ: 'at+jwt', kid: kid() }, payload, honestSigner()))
    await expectRefused(forge({ typ: 'at+jwt' }, payload, honestSigner()))
    await expectRefused(forge({ Alg: 'RS256', ALG: 'RS256', typ: 'at+jwt', kid: kid() }, payload, honestSigner()))
  })

  it.each(['rs256', 'Rs256', 'RS256 ', ' RS256', 'RS256\u0000', 'RS256\n', 'RS-256', 'ＲＳ２５６', 'RS256,none'])(
    'A06 refuses alg %j',
    async (alg) => {
      await expectRefused(forge({ alg, typ: 'at+jwt', kid: kid() }, payload, honestSigner()))
    },
  )

  it('A07 refuses HS256, HS384 and HS512 keyed with the public key in PEM', async () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' })
    for (const bits of [256, 384, 512])
      await expectRefused(
        forge({ alg: `HS${bits}`, typ: 'at+jwt', kid: kid() }, payload, hmacSigner(pem, `sha${bits}`)),
      )
  })

  it.each<[string, (key: KeyObject) => string | Buffer]>([
    ['the PEM with a leading newline', (key) => `\n${key.export({ type: 'spki', format: 'pem' })}`],
    ['the PEM without the last newline', (key) => key.export({ type: 'spki', format: 'pem' }).toString().trim()],
    ['the PEM with CRLF', (key) => key.export({ type: 'spki', format: 'pem' }).toString().replaceAll('\n', '\r\n')],
    ['the PKCS#1 PEM', (key) => key.export({ type: 'pkcs1', format: 'pem' })],
    ['the DER', (key) => key.export({ type: 'spki', format: 'der' })],
    ['the PKCS#1 DER', (key) => key.export({ type: 'pkcs1', format: 'der' })],
    ['the DER in base64', (key) => key.export({ type: 'spki', format: 'der' }).toString('base64')],
    ['the JWK as JSON', (key) => JSON.stringify(key.export({ format: 'jwk' }))],
    ['the JWK as published', () => JSON.stringify(harness.issuer.currentKey().publicJwk)],
    ['n as text', (key) => String(key.export({ format: 'jwk' }).n)],
    ['n as bytes', (key) => Buffer.from(String(key.export({ format: 'jwk' }).n), 'base64url')],
    ['a certificate in PEM', () => createCertificate({ host: 'issuer.test' }).cert],
  ])('A08 refuses HS256 keyed with %s', async (_, secret) => {
    await expectRefused(forge({ alg: 'HS256', typ: 'at+jwt', kid: kid() }, payload, hmacSigner(secret(publicKey))))
    await expectRefused(forge({ alg: 'HS256', typ: 'at+jwt' }, payload, hmacSigner(secret(publicKey))))
  })

  it.each([kid, () => 'unknown', () => undefined])('A09 refuses HS256 keyed with nothing', async (chosen) => {
    await expectRefused(forge({ alg: 'HS256', typ: 'at+jwt', kid: chosen() }, payload, hmacSigner('')))
    await expectRefused(forge({ alg: 'HS256', typ: 'at+jwt', kid: chosen() }, payload, hmacSigner('\0'.repeat(64))))
  })

  it.each(['foo"\r\nX: y', 'foo", error="x', '\u{1f511}', '\u0000', '\u202eRS256', 'x'.repeat(2000)])(
    'A17 refuses the unknown alg %j and keeps it out of the answer',
    async (alg) => {
      const token = forge({ alg, typ: 'at+jwt', kid: kid() }, payload, honestSigner())
      await expectRefused(token)
      const error = await refusalOf(harness, token)
      for (const errorProfile of ['rfc', 'auth0'] as const) {
        const { headers, body } = answerTo(error, { ...harness.api, errorProfile })
        for (const value of Object.values(headers).flat()) {
          expect(value).toMatch(/^[\x20-\x7e]+$/)
          expect(value.length).toBeLessThanOrEqual(512)
        }
        expect(JSON.stringify([headers, body])).not.toContain(JSON.stringify(alg).slice(1, -1))
      }
      expect(await harness.outcome(await harness.issuer.token())).toBe('A')
    },
  )

  describe('keys that a token brings along', () => {
    let attacker: TestKey
    beforeAll(async () => {
      attacker = await createTestKey('RS256')
    })
    const signedByAttacker = (header: object) => forge(header, payload, rsaSigner(privateKeyOf(attacker)))
    const kids = () => [kid(), attacker.kid, undefined]

    it('A18 refuses the key of the header parameter jwk', async () => {
      for (const chosen of kids()) {
        for (const jwk of [attacker.publicJwk, { ...attacker.publicJwk, kid: kid() }])
          await expectRefused(signedByAttacker({ alg: 'RS256', typ: 'at+jwt', kid: chosen, jwk }))
      }
    })

    it.each(['jku', 'x5u'])('A19 refuses the key that %s points to, and fetches nothing from there', async (name) => {
      const urls = [`https://${attackerHost}/keys`, `${harness.issuer.issuer}@${attackerHost}/`, 'file:///etc/passwd']
      for (const url of urls) {
        for (const chosen of kids())
          await expectRefused(signedByAttacker({ alg: 'RS256', typ: 'at+jwt', kid: chosen, [name]: url }))
      }
      expect(fetched.filter((url) => !url.startsWith(harness.issuer.issuer))).toEqual([])
    })

    it('A20 refuses the key of the certificate in x5c', async () => {
      const { cert, key } = createCertificate({ host: 'issuer.test' })
      const x5c = [cert.replace(/-----[A-Z ]+-----|\n/g, '')]
      const api = await createHarness({ algorithms: ['RS256', 'ES256'] })
      const honest = payloadOf(await api.issuer.token())
      const token = (chosen: string | undefined) =>
        forge({ alg: 'ES256', typ: 'at+jwt', kid: chosen, x5c }, honest, (input) =>
          sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
        )
      expect(await api.outcome(await api.issuer.token())).toBe('A')
      const fetches = api.fetches()
      for (const chosen of [api.issuer.currentKey().kid, undefined, 'issuer.test'])
        expect(await api.outcome(token(chosen))).toBe('T')
      expect(api.fetches()).toBe(fetches)
    })

    it.each(['x5t', 'x5t#S256'])('A21 accepts an honest token with %s', async (name) => {
      const token = await harness.issuer.token({}, { header: { [name]: 'dGh1bWJwcmludCBvZiBhIGNlcnRpZmljYXRl' } })
      expect(await harness.outcome(token)).toBe('A')
    })
  })
})

async function refusalOf({ api }: Harness, token: string): Promise<unknown> {
  try {
    await api.authenticate({ method: 'GET', url: '/', headers: ['authorization', `Bearer ${token}`] })
  } catch (error) {
    return error
  }
  throw new Error('The token was accepted.')
}
