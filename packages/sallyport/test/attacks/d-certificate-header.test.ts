import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { beforeAll, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/adapters/fastify.js'
import type { TrustProxy } from '../../src/index.js'
import { codeOf, createClientCertificate } from '../support/client-certificate.js'
import { createHarness, type Harness } from '../support/harness.js'
import { exchange, parseResponses, requestText } from '../support/raw-http.js'

const own = createClientCertificate()
const other = createClientCertificate()
const boundToOwn = { cnf: { 'x5t#S256': own.thumbprint } }

describe('D. Certificate binding through a proxy', () => {
  const proxy = '10.0.0.9'
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness({
      algorithms: ['ES256'],
      testIssuer: { algorithm: 'ES256' },
      certificateSource: 'client-cert-header',
      trustProxy: ['10.0.0.0/8'],
    })
  })

  /** The letter, and the code when it is not A. */
  async function verdict(fields: readonly string[], remoteAddress = proxy): Promise<string> {
    const headers = ['Authorization', `Bearer ${await harness.issuer.token(boundToOwn)}`, ...fields]
    const letter = await harness.outcomeOfRequest({ headers, remoteAddress, clientCertificate: () => other.der })
    return letter === 'A' ? letter : `${letter} ${codeOf(harness.events.at(-1))}`
  }

  it('D29 keeps an answer that depends on the header from caches', async () => {
    const headers = ['Authorization', `Bearer ${await harness.issuer.token(boundToOwn)}`, 'Client-Cert', own.field]
    const request = { method: 'GET', url: '/resource', headers, remoteAddress: proxy }
    expect((await harness.api.authenticate(request)).responseHeaders).toEqual({ 'cache-control': 'no-store' })
  })

  const pem = own.cert.trim()
  const base64 = own.der.toString('base64')
  const unpadded = base64.replace(/=+$/, '')
  it.each<[string, readonly string[]]>([
    ['PEM', [pem]],
    ['PEM between colons', [`:${pem}:`]],
    ['PEM with tabs for its line ends', [pem.replaceAll('\n', '\t')]],
    ['PEM with \\n for its line ends', [pem.replaceAll('\n', '\\n')]],
    ['percent-encoded PEM', [encodeURIComponent(pem)]],
    ['no colons', [base64]],
    ['one colon', [`:${base64}`]],
    ['three colons', [`${own.field}:`]],
    ['quotes', [`"${base64}"`]],
    ['quotes around colons', [`"${own.field}"`]],
    ['a space within', [`:${base64.slice(0, 64)} ${base64.slice(64)}:`]],
    ['a space behind the colon', [`: ${base64}:`]],
    ['CRLF within', [`:${base64.match(/.{1,64}/g)?.join('\r\n')}:`]],
    ['LF within', [`:${base64.match(/.{1,64}/g)?.join('\n')}:`]],
    ['the URL alphabet', [`:${own.der.toString('base64url')}:`]],
    ['no padding', [`:${unpadded}:`]],
    ['too much padding', [`:${base64}====:`]],
    ['padding within', [`:${base64}${base64}:`]],
    ['hex', [`:${own.der.toString('hex')}:x`]],
    ['nothing', ['']],
    ['nothing between colons', ['::']],
    ['a parameter', [`${own.field};a=1`]],
    ['a list of leaf and issuer', [`${own.field}, ${other.field}`]],
    ['the same twice in one line', [`${own.field},${own.field}`]],
    ['the same on two lines', [own.field, own.field]],
    ['two on two lines', [own.field, other.field]],
    ['an empty line besides', [own.field, '']],
    ['20 KB behind it', [`:${Buffer.concat([own.der, Buffer.alloc(15_000)]).toString('base64')}:`]],
    ['100 KB of colons', [':'.repeat(100_000)]],
    [
      'what Envoy sends',
      [`Hash=${createHash('sha256').update(own.der).digest('hex')};Cert="${encodeURIComponent(pem)}"`],
    ],
  ])('D29 takes no certificate out of a Client-Cert field with %s', async (_, values) => {
    const started = performance.now()
    expect(await verdict(values.flatMap((value) => ['Client-Cert', value]))).toBe('T certificate_missing')
    expect(performance.now() - started).toBeLessThan(500)
    expect(await verdict(['client-cert', own.field])).toBe('A')
  })

  it.each<[string, Buffer]>([
    ['another certificate', other.der],
    ['a chain in one value, leaf first', Buffer.concat([own.der, other.der])],
    ['a chain in one value, leaf last', Buffer.concat([other.der, own.der])],
    ['the PEM text', Buffer.from(own.cert)],
    ['one more byte', Buffer.concat([own.der, Buffer.alloc(1)])],
    ['one byte less', own.der.subarray(0, -1)],
    ['one changed bit', Buffer.from(own.der.map((byte, index) => (index === 100 ? byte ^ 1 : byte)))],
    ['one byte', Buffer.alloc(1)],
  ])('D29 compares the whole value: %s is another certificate', async (_, der) => {
    expect(await verdict(['Client-Cert', `:${der.toString('base64')}:`])).toBe('T certificate_mismatch')
    expect(await verdict(['Client-Cert', own.field])).toBe('A')
  })

  it('D29 reads the Client-Cert field whatever its case and the white space around its value', async () => {
    for (const fields of [
      ['client-cert', own.field],
      ['CLIENT-CERT', own.field],
      ['Client-Cert', ` ${own.field}\t`],
      ['Client-Cert', own.field, 'X-Client-Cert', other.field, 'Client-Cert-Chain', `${other.field}, ${other.field}`],
    ])
      expect(await verdict(fields)).toBe('A')
    for (const name of [
      'X-Client-Cert',
      'Client-Cert-Chain',
      'X-SSL-Client-Cert',
      'X-Forwarded-Client-Cert',
      'Client_Cert',
    ])
      expect(await verdict([name, own.field])).toBe('T certificate_missing')
  })

  it.each([
    ['10.255.0.1', 'A'],
    ['::ffff:10.0.0.1', 'A'],
    ['11.0.0.1', 'T certificate_missing'],
    ['127.0.0.1', 'T certificate_missing'],
    ['::1', 'T certificate_missing'],
    ['not an address', 'T certificate_missing'],
    ['', 'T certificate_missing'],
  ])('D29 believes the header from %j as: %s', async (address, expected) => {
    expect(await verdict(['Client-Cert', own.field], address)).toBe(expected)
    expect(await verdict(['Client-Cert', own.field, 'X-Forwarded-For', proxy], address)).toBe(expected)
  })

  it('D29 believes nobody whose address is not known', async () => {
    const headers = ['Authorization', `Bearer ${await harness.issuer.token(boundToOwn)}`, 'Client-Cert', own.field]
    expect(await harness.outcomeOfRequest({ headers })).toBe('T')
    expect(await harness.outcomeOfRequest({ headers, remoteAddress: proxy })).toBe('A')
  })

  it('D29 takes no certificate from the handshake where they come from a header', async () => {
    const headers = ['Authorization', `Bearer ${await harness.issuer.token(boundToOwn)}`]
    const clientCertificate = () => own.der
    expect(await harness.outcomeOfRequest({ headers, clientCertificate, remoteAddress: proxy })).toBe('T')
    expect(harness.events.at(-1)).toMatchObject({ code: 'certificate_missing' })
    const connection = await createHarness({ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } })
    const headersToo = [
      'Authorization',
      `Bearer ${await connection.issuer.token(boundToOwn)}`,
      'Client-Cert',
      other.field,
    ]
    expect(await connection.outcomeOfRequest({ headers: headersToo, clientCertificate })).toBe('A')
  })

  it('D29 reads the field of a real request, and of none that comes from elsewhere', async () => {
    const codes: string[] = []
    for (const trustProxy of [true, 1, ['127.0.0.0/8'], ['10.0.0.0/8']] satisfies TrustProxy[]) {
      const { issuer } = harness
      const { audience, fetch } = issuer
      const auth0 = createAuth({
        ...{ issuer: issuer.issuer, audience, fetch, algorithms: ['ES256'], trustProxy },
        certificateSource: 'client-cert-header',
        onEvent: (event) => 'code' in event && codes.push(event.code),
      })
      const app = Fastify({ forceCloseConnections: true })
      app.get('/', { onRequest: auth0.requireAuth() }, async () => 'in')
      await app.listen({ host: '127.0.0.1', port: 0 })
      const authorization = `Authorization: Bearer ${await issuer.token(boundToOwn)}`
      for (const lines of [[own.field], [own.field, own.field], [`${own.field}, ${other.field}`], [other.field], []]) {
        const fields = [authorization, ...lines.map((line) => `Client-Cert: ${line}`), 'Connection: close']
        const received = await exchange(app.server.address() as AddressInfo, requestText('GET /', fields))
        codes.push(String(parseResponses(received).at(-1)?.status))
      }
      await app.close()
    }
    const refused = ['certificate_missing', '401']
    const trusted = ['200', ...refused, ...refused, 'certificate_mismatch', '401', ...refused]
    expect(codes).toEqual([...trusted, ...trusted, ...trusted, ...Array.from({ length: 5 }, () => refused).flat()])
  })
})
