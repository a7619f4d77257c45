import { type BinaryToTextEncoding, createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { request as requestOverTls } from 'node:https'
import type { AddressInfo, LookupFunction } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/adapters/fastify.js'
import type { DpopMode, SallyportEvent } from '../../src/index.js'
import { createTestIssuer, type DpopClient, dpopClient, type TestIssuer } from '../../src/testing/index.js'
import { type Certificate, createCertificate } from '../support/certificate.js'
import { codeOf, createClientCertificate } from '../support/client-certificate.js'
import { createHarness, resourceUrl } from '../support/harness.js'

function hash(algorithm: string, data: Buffer | string, encoding: BinaryToTextEncoding): string {
  return createHash(algorithm).update(data).digest(encoding)
}

const loopback: LookupFunction = (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])

const own = createClientCertificate()
const other = createClientCertificate()
const boundToOwn = { cnf: { 'x5t#S256': own.thumbprint } }

const server = createCertificate({ host: 'localhost' })

interface TlsSite {
  readonly issuer: TestIssuer
  readonly port: number
  readonly url: string
  readonly events: readonly SallyportEvent[]
  readonly server: FastifyInstance['server']
  close(): Promise<void>
}

/** A server that asks for certificates and takes any: whose they are is the token's to say. */
async function openTlsSite(beforeFetch?: () => Promise<unknown>): Promise<TlsSite> {
  const issuer = await createTestIssuer({ algorithm: 'ES256' })
  const events: SallyportEvent[] = []
  const auth0 = createAuth({
    ...{ issuer: issuer.issuer, audience: issuer.audience, algorithms: ['ES256'], errorProfile: 'rfc' },
    onEvent: (event) => events.push(event),
    fetch: async (input, init) => {
      await beforeFetch?.()
      return issuer.fetch(input, init)
    },
  })
  const https = { ...server, allowHTTP1: true, requestCert: true, rejectUnauthorized: false }
  // Fastify has other types for HTTP/2.
  const app = Fastify({ http2: true, https, forceCloseConnections: true } as object) as FastifyInstance
  app.get('/', { onRequest: auth0.requireAuth() }, async (request) => request.auth.scheme)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { issuer, port, events, url: `https://localhost:${port}/`, server: app.server, close: () => app.close() }
}

describe('D. Certificate binding in the TLS handshake', () => {
  type Shown = Partial<Certificate>

  let site: TlsSite
  let client: DpopClient
  beforeAll(async () => {
    site = await openTlsSite()
    client = await dpopClient({ issuer: site.issuer })
  })
  afterAll(() => site.close())

  /** The scheme that the handler saw, or the status and why. */
  async function get(headers: Readonly<Record<string, string>>, { cert, key }: Shown = {}): Promise<string> {
    const { events } = site
    const request = requestOverTls(site.url, {
      ...{ lookup: loopback, ca: server.cert, agent: false, headers },
      ...(cert === undefined ? {} : { cert, key }),
    })
    request.end()
    const [response] = await once(request, 'response')
    let body = ''
    for await (const chunk of response) body += chunk
    return response.statusCode === 200 ? body : `${response.statusCode} ${codeOf(events.at(-1))}`
  }

  function connect(port: number, shown: Shown, session?: Buffer): TLSSocket {
    const options = { host: '127.0.0.1', servername: 'localhost', port, ca: server.cert, ALPNProtocols: ['http/1.1'] }
    return connectTls({ ...options, ...shown, ...(session === undefined ? {} : { session }) })
  }

  async function bearer(claims: Readonly<Record<string, unknown>>): Promise<{ authorization: string }> {
    return { authorization: `Bearer ${await site.issuer.token(claims)}` }
  }

  it('D29 admits a bound token with the certificate of its handshake, and with no other', async () => {
    const headers = await bearer(boundToOwn)
    expect(await get(headers, own)).toBe('Bearer')
    expect(await get(headers)).toBe('401 certificate_missing')
    expect(await get(headers, other)).toBe('401 certificate_mismatch')
    expect(await get(headers, own)).toBe('Bearer')
    expect(await get(await bearer({}), other)).toBe('Bearer')
  })

  it('D29 looks at the leaf of a chain only', async () => {
    const chain = { cert: own.cert + other.cert, key: own.key }
    expect(await get(await bearer(boundToOwn), chain)).toBe('Bearer')
    expect(await get(await bearer({ cnf: { 'x5t#S256': other.thumbprint } }), chain)).toBe('401 certificate_mismatch')
  })

  const { publicKey } = new X509Certificate(own.cert)
  it.each<[string, string, string]>([
    ['SHA-1', hash('sha1', own.der, 'base64url'), 'confirmation_refused'],
    ['SHA-512', hash('sha512', own.der, 'base64url'), 'confirmation_refused'],
    ['SHA-256 in hex', hash('sha256', own.der, 'hex'), 'confirmation_refused'],
    ['SHA-256 with padding', `${own.thumbprint}=`, 'confirmation_refused'],
    ['SHA-256 of the PEM', hash('sha256', own.cert, 'base64url'), 'certificate_mismatch'],
    [
      'SHA-256 of the public key',
      hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'base64url'),
      'certificate_mismatch',
    ],
  ])('D29 takes no other thumbprint for one: %s', async (_, thumbprint, code) => {
    expect(await get(await bearer({ cnf: { 'x5t#S256': thumbprint } }), own)).toBe(`401 ${code}`)
    expect(await get(await bearer(boundToOwn), own)).toBe('Bearer')
  })

  it('D29 ignores the Client-Cert header where certificates come from the connection', async () => {
    const headers = { ...(await bearer(boundToOwn)), 'client-cert': own.field }
    expect(await get(headers)).toBe('401 certificate_missing')
    expect(await get(headers, other)).toBe('401 certificate_mismatch')
    expect(await get({ ...headers, 'client-cert': other.field }, own)).toBe('Bearer')
  })

  it('D29 knows the certificate of a TLS session that is resumed', async () => {
    const { authorization } = await bearer(boundToOwn)
    const requestText = `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: ${authorization}\r\n\r\n`
    const getOver = async (shown: Shown, session?: Buffer) => {
      const socket = connect(site.port, shown, session)
      let ticket: Buffer | undefined
      socket.on('session', (given) => {
        ticket = given
      })
      await once(socket, 'secureConnect')
      const resumed = socket.isSessionReused()
      socket.write(requestText)
      let received = ''
      for await (const chunk of socket) received += chunk
      return { status: received.slice(9, 12), resumed, ticket }
    }
    const first = await getOver(own)
    expect(first).toMatchObject({ status: '200', resumed: false })
    expect(await getOver({}, first.ticket)).toMatchObject({ status: '200', resumed: true })
    const anonymous = await getOver({})
    expect(anonymous).toMatchObject({ status: '401', resumed: false })
    expect(await getOver(own, anonymous.ticket)).toMatchObject({ status: '401', resumed: true })
  })

  it('D29 knows the certificate behind HTTP/2', async () => {
    const { authorization } = await bearer(boundToOwn)
    const statusWith = async ({ cert, key }: Certificate) => {
      const session = connectHttp2(site.url, { ca: server.cert, cert, key, lookup: loopback })
      const stream = session.request({ ':path': '/', authorization }).resume()
      const [headers] = await once(stream, 'response')
      await once(stream, 'close')
      session.close()
      return headers[':status']
    }
    expect(await statusWith(own)).toBe(200)
    expect(await statusWith(other)).toBe(401)
    expect(codeOf(site.events.at(-1))).toBe('certificate_mismatch')
  })

  it('D29 finds no certificate on a connection that was closed while the issuer was asked', async () => {
    const hungUp = async () => {
      const [accepted] = await accepting
      socket.destroy()
      // Not by `once` of node:events, which takes the reset that may come before for a failure.
      if (!accepted.destroyed) await new Promise((resolve) => accepted.once('close', resolve))
    }
    const cold = await openTlsSite(hungUp)
    const accepting = once(cold.server, 'secureConnection')
    const socket = connect(cold.port, own)
    const token = await cold.issuer.token(boundToOwn)
    socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    const ofRequests = () => cold.events.filter(({ type }) => type.startsWith('request.'))
    await expect.poll(ofRequests).toHaveLength(1)
    await cold.close()
    expect(ofRequests()).toMatchObject([{ type: 'request.refused', code: 'certificate_missing' }])
  })

  it('G30 wants proof and certificate for a token that is bound to both', async () => {
    const token = await client.token({ cnf: { jkt: client.jkt, 'x5t#S256': own.thumbprint } })
    const fresh = () => client.headers({ url: site.url, token })
    const forElsewhere = await client.proof({ url: `${site.url}other`, token })
    expect(await get(await fresh(), own)).toBe('DPoP')
    expect(await get(await fresh())).toBe('401 certificate_missing')
    expect(await get(await fresh(), other)).toBe('401 certificate_mismatch')
    expect(await get({ ...(await fresh()), dpop: forElsewhere }, own)).toBe('401 proof_uri_mismatch')
    expect(await get({ authorization: `DPoP ${token}` }, own)).toBe('401 proof_missing')
    expect(await get({ authorization: `Bearer ${token}` }, own)).toBe('401 bound_token_as_bearer')
    expect(await get(await fresh(), own)).toBe('DPoP')
  })

  it('G30 does not use a proof up that came without the certificate', async () => {
    const token = await client.token({ cnf: { jkt: client.jkt, 'x5t#S256': own.thumbprint } })
    const headers = await client.headers({ url: site.url, token })
    expect(await get(headers, other)).toBe('401 certificate_mismatch')
    expect(await get(headers, own)).toBe('DPoP')
    expect(await get(headers, own)).toBe('401 proof_replayed')
  })
})

describe('D. Certificate binding beside DPoP', () => {
  it.each<[DpopMode, string, string, string, string]>([
    ['allowed', 'A', 'T bound_token_as_bearer', 'T token_not_bound', 'A'],
    ['disabled', 'A', 'T bound_token_as_bearer', '- scheme_unsupported', '- scheme_unsupported'],
    ['required', '- scheme_unsupported', '- scheme_unsupported', 'T token_not_bound', 'A'],
  ])('D27 in mode %s: bound to a certificate %s, doubly %s as Bearer; %s, %s by DPoP', async (dpop, ...expected) => {
    const {
      events,
      dpopClient: createClient,
      outcomeOf,
    } = await createHarness({
      ...{ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' }, dpop },
      ...{ certificateSource: 'client-cert-header', trustProxy: true },
    })
    const holder = await createClient()
    const tokens = [
      await holder.token({ cnf: { 'x5t#S256': own.thumbprint } }),
      await holder.token({ cnf: { 'x5t#S256': own.thumbprint, jkt: holder.jkt } }),
    ]
    const verdict = async (headers: readonly string[]) => {
      const letter = await outcomeOf(headers)
      return letter === 'A' ? letter : `${letter} ${codeOf(events.at(-1))}`
    }
    const verdicts = async (...certificate: readonly string[]) => {
      const given: string[] = []
      for (const token of tokens) given.push(await verdict(['Authorization', `Bearer ${token}`, ...certificate]))
      for (const token of tokens) {
        const { authorization, dpop: proof } = await holder.headers({ url: resourceUrl, token })
        given.push(await verdict(['Authorization', authorization, 'DPoP', proof, ...certificate]))
      }
      return given
    }
    const instead = (code: string) => expected.map((one) => (one === 'A' ? `T ${code}` : one))
    expect(await verdicts('Client-Cert', own.field)).toEqual(expected)
    expect(await verdicts()).toEqual(instead('certificate_missing'))
    expect(await verdicts('Client-Cert', other.field)).toEqual(instead('certificate_mismatch'))
  })
})
