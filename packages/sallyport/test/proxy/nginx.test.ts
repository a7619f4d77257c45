import { mkdtemp, rm } from 'node:fs/promises'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { Agent, fetch as undiciFetch } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAuth, type FastifyGuard } from '../../src/adapters/fastify.js'
import type { SallyportEvent, TrustProxy } from '../../src/index.js'
import { createTestIssuer, type DpopClient, dpopClient } from '../../src/testing/index.js'
import { type Nginx, startNginx } from '../support/nginx.js'

/** TLS ends here, and the prefix is taken off, or left on. */
function servers(port: number, appPort: number, takesPrefixOff: boolean): string {
  return `
  server {
    listen 127.0.0.1:${port} ssl;
    server_name localhost;
    ssl_certificate cert.pem;
    ssl_certificate_key key.pem;

    location /v1/ {
      proxy_pass http://127.0.0.1:${appPort}${takesPrefixOff ? '/' : ''};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Prefix ${takesPrefixOff ? '/v1' : '""'};
      proxy_set_header Forwarded "";
    }
  }

  # Whoever asks for another host: a proof that was made for that host must not be one for this API.
  server {
    listen 127.0.0.1:${port} ssl default_server;
    ssl_certificate cert.pem;
    ssl_certificate_key key.pem;
    return 421;
  }`
}

/** A Fastify app behind nginx, and a client that knows it by its public URL only. */
interface Published {
  readonly nginx: Nginx
  readonly appPort: number
  /** `https://localhost:<port>`, without the prefix. */
  readonly origin: string
  readonly client: DpopClient
  readonly events: readonly SallyportEvent[]
  /** The requests that reached the handler, as the app has them. */
  readonly handled: string[]
  close(): Promise<void>
}

interface Settings {
  readonly trustProxy?: TrustProxy
  /** Sets `publicUrl` to this path of nginx's origin. */
  readonly publicPath?: string
  /** Default `true`. */
  readonly takesPrefixOff?: boolean
}

async function publish({ trustProxy, publicPath, takesPrefixOff = true }: Settings): Promise<Published> {
  const issuer = await createTestIssuer({ algorithm: 'ES256' })
  const events: SallyportEvent[] = []
  const handled: string[] = []
  const app: FastifyInstance = Fastify({ forceCloseConnections: true })
  // The app has a port before nginx has one, and an address only afterwards.
  let guard: FastifyGuard = (_, reply) => void reply.code(500).send()
  app.all('/*', { onRequest: (...request) => guard(...request) }, async ({ method, url }) => {
    handled.push(`${method} ${url}`)
    return {}
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port: appPort } = app.server.address() as AddressInfo
  const nginx = await startNginx({ servers: (port) => servers(port, appPort, takesPrefixOff) }).catch(async (error) => {
    await app.close()
    throw error
  })
  const origin = `https://localhost:${nginx.port}`
  guard = createAuth({
    issuer: issuer.issuer,
    audience: issuer.audience,
    fetch: issuer.fetch,
    algorithms: ['ES256'],
    errorProfile: 'rfc',
    onEvent: (event) => events.push(event),
    ...(trustProxy && { trustProxy }),
    ...(publicPath && { publicUrl: `${origin}${publicPath}` }),
  }).requireAuth()
  const client = await dpopClient({ issuer, fetch: fetchTrusting(nginx.cert) })
  const close = async () => {
    await nginx.close()
    await app.close()
  }
  return { nginx, appPort, origin, client, events, handled, close }
}

/** A `fetch` that trusts one more certificate. */
function fetchTrusting(ca: string): typeof fetch {
  const dispatcher = new Agent({ connect: { ca } })
  return (async (request: Request) => {
    const { url, method, headers } = request
    const response = await undiciFetch(url, { method, headers: [...headers], dispatcher })
    return new Response(await response.text(), { status: response.status, headers: [...response.headers] })
  }) as typeof fetch
}

type Fields = Readonly<Record<string, string>>

/** Status and the code of the refusal, for a request through nginx. */
async function through(site: Published, path: string, headers: Fields): Promise<string> {
  const { nginx, origin } = site
  const peer = { port: nginx.port, host: '127.0.0.1', servername: 'localhost', ca: nginx.cert }
  const request = httpsRequest({ ...peer, path, headers: { host: new URL(origin).host, ...headers } })
  return noted(site, request)
}

/** The same for a request that goes to the app itself, from this address. */
async function pastNginx(site: Published, localAddress: string, path: string, headers: Fields): Promise<string> {
  return noted(site, httpRequest({ port: site.appPort, host: '127.0.0.1', localAddress, path, headers }))
}

async function noted({ events }: Published, request: ClientRequest): Promise<string> {
  const from = events.length
  const { statusCode } = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', (response) => resolve(response.resume())).once('error', reject)
    request.end()
  })
  const refusals = events.slice(from).flatMap((event) => (event.type === 'request.refused' ? [event.code] : []))
  return [statusCode, ...refusals].join(' ')
}

const mismatch = '401 proof_uri_mismatch'
const trustingNginx: Settings = { trustProxy: ['127.0.0.1/32', '::1/128'] }

/** Each says that the request was for `https://evil.test/v1/messages`. */
const claims: readonly Fields[] = [
  { 'x-forwarded-host': 'evil.test' },
  { 'X-FORWARDED-HOST': 'evil.test', 'x-forwarded-proto': 'https', 'x-forwarded-prefix': '/v1' },
  { forwarded: 'host=evil.test;proto=https' },
  { forwarded: 'for=127.0.0.1;host=evil.test;proto=https, for=127.0.0.1;host=evil.test;proto=https' },
  {
    'x-forwarded-for': '127.0.0.1, 127.0.0.1, ::1',
    'x-forwarded-host': 'evil.test, evil.test',
    forwarded: 'host=evil.test',
  },
  { 'x-forwarded-host': 'a@b', 'x-forwarded-proto': 'ftp', 'x-forwarded-prefix': '/../', forwarded: 'host="' },
  { x_forwarded_host: 'evil.test', 'x-original-url': '/admin', 'x-rewrite-url': '/admin', 'x-host': 'evil.test' },
]

describe.each<[string, Settings]>([
  ['trustProxy', trustingNginx],
  ['publicUrl', { publicPath: '/v1' }],
  ['both', { ...trustingNginx, publicPath: '/v1/' }],
])('an API behind nginx, with %s', (_, settings) => {
  let site: Published
  let proofFor: (htu: string) => Promise<Fields>
  beforeAll(async () => {
    site = await publish(settings)
    proofFor = (htu) => site.client.headers({ url: htu })
  })
  afterAll(() => site?.close())
  afterEach(() => {
    site.handled.length = 0
  })

  it('admits a client that knows the public URL', async () => {
    const url = `${site.origin}/v1/messages?x=1`
    expect((await site.client.fetch(url)).status).toBe(200)
    expect((await site.client.fetch(url, { method: 'POST' })).status).toBe(200)
    expect(site.handled).toEqual(['GET /messages?x=1', 'POST /messages?x=1'])
  })

  it('refuses proofs for other URLs', async () => {
    const { origin, appPort, nginx } = site
    const others = [`${origin}/messages`, `http://localhost:${nginx.port}/v1/messages`, 'https://localhost/v1/messages']
    for (const htu of [...others, `http://127.0.0.1:${appPort}/messages`, `${origin}/v1/v1/messages`])
      expect([htu, await through(site, '/v1/messages', await proofFor(htu))]).toEqual([htu, mismatch])
    expect(site.handled).toEqual([])
    expect(await through(site, '/v1/messages', await proofFor(`${origin}/v1/messages`))).toBe('200')
  })

  it('F22 gives what a client says of forwarding no say', async () => {
    for (const fields of claims) {
      for (const htu of ['https://evil.test/v1/messages', 'https://evil.test/messages', `${site.origin}/messages`])
        expect(await through(site, '/v1/messages', { ...fields, ...(await proofFor(htu)) })).toBe(mismatch)
      expect(site.handled).toEqual([])
      expect(
        await through(site, '/v1/messages', { ...fields, ...(await proofFor(`${site.origin}/v1/messages`)) }),
      ).toBe('200')
      expect(site.handled.splice(0)).toEqual(['GET /messages'])
    }
  })

  it('F26 does not reach the app under another host', async () => {
    for (const host of ['evil.test', `evil.test:${site.nginx.port}`, 'localhost.evil.test', '127.0.0.1']) {
      const headers = { host, ...(await proofFor(`https://${host}/v1/messages`)) }
      expect(await through(site, '/v1/messages', headers)).toBe('421')
    }
    expect(site.handled).toEqual([])
  })

  it('refuses a replay', async () => {
    const headers = await proofFor(`${site.origin}/v1/messages`)
    expect(await through(site, '/v1/messages', headers)).toBe('200')
    for (const fields of [{}, ...claims])
      expect(await through(site, '/v1/messages', { ...fields, ...headers })).toBe('401 proof_replayed')
    expect(site.handled).toHaveLength(1)
  })

  it.each<[string, string, string]>([
    ['/v1/messages/1?x=/../y', '/v1/messages/1', '200'],
    ['/v1/%6Dessages', '/v1/messages', '200'],
    ['/v1/a%20b', '/v1/a%20b', '200'],
    ['/v1/caf%c3%a9', '/v1/caf%C3%A9', '200'],
    ['/v1/', '/v1/', '200'],
    ['/v1/x/../messages', '/v1/x/../messages', '200'],
    ['/v1/a;b=c,d', '/v1/a;b=c,d', '200'],
    ['/v1/a%2Fb', '/v1/a%2Fb', mismatch],
    ['/v1/a//b', '/v1/a//b', mismatch],
    ['/v1/a%3Bb', '/v1/a%3Bb', mismatch],
    ['/v1/%2e%2e/v1/messages', '/v1/messages', '200'],
    ['/v1/a%25b', '/v1/a%25b', '200'],
  ])('compares what nginx makes of the path %s with an htu of %s: %s', async (path, htu, outcome) => {
    expect(await through(site, path, await proofFor(`${site.origin}${htu}`))).toBe(outcome)
  })
})

describe.each<[string, Settings]>([
  ['trustProxy', trustingNginx],
  ['publicUrl', { publicPath: '/' }],
])('an API behind nginx that leaves the prefix on, with %s', (_, settings) => {
  let site: Published
  beforeAll(async () => {
    site = await publish({ ...settings, takesPrefixOff: false })
  })
  afterAll(() => site?.close())

  const paths = ['/v1/messages', '/v1/%6Dessages', '/v1/a%2Fb', '/v1/a//b', '/v1/a%3Bb', '/v1/a%25b']
  it.each(paths)('admits the path %s, which arrives as it was sent', async (path) => {
    const headers = async (htu: string) => site.client.headers({ url: `${site.origin}${htu}` })
    expect(await through(site, path, await headers(`${path}/`))).toBe(mismatch)
    expect(await through(site, path, await headers(path))).toBe('200')
    expect(site.handled.splice(0)).toEqual([`GET ${path}`])
    for (const fields of claims) expect(await through(site, path, { ...fields, ...(await headers(path)) })).toBe('200')
    site.handled.length = 0
  })
})

describe('an API behind nginx that is not told so', () => {
  let site: Published
  beforeAll(async () => {
    site = await publish({})
  })
  afterAll(() => site?.close())

  it('refuses the client, and its event shows which settings are missing', async () => {
    const { origin, client, events, handled, nginx } = site
    expect((await client.fetch(`${origin}/v1/messages?secret=1`)).status).toBe(401)
    expect(events.at(-1)).toEqual({
      type: 'request.refused',
      code: 'proof_uri_mismatch',
      error: 'invalid_dpop_proof',
      expectedUri: `http://localhost:${nginx.port}/messages`,
      receivedUri: `https://localhost:${nginx.port}/v1/messages`,
    })
    expect(handled).toEqual([])
  })

  it.each<[string, Settings, string]>([
    ['the path of publicUrl', { publicPath: '/' }, '/messages'],
    ['the address of nginx in trustProxy', { trustProxy: ['192.0.2.1'] }, '/messages'],
  ])('shows that %s is missing', async (_, settings, path) => {
    await site.close()
    site = await publish(settings)
    expect((await site.client.fetch(`${site.origin}/v1/messages`)).status).toBe(401)
    const scheme = settings.publicPath === undefined ? 'http' : 'https'
    expect(site.events.at(-1)).toMatchObject({
      expectedUri: `${scheme}://localhost:${site.nginx.port}${path}`,
      receivedUri: `${site.origin}/v1/messages`,
    })
  })
})

describe('a request that goes past nginx', () => {
  let site: Published
  beforeAll(async () => {
    site = await publish(trustingNginx)
  })
  afterAll(() => site?.close())

  it('F22 gains nothing by forwarded headers from an address that is not trusted', async () => {
    const { origin, appPort, client } = site
    const host = new URL(origin).host
    const likeNginx = { host, 'x-forwarded-proto': 'https', 'x-forwarded-host': host, 'x-forwarded-prefix': '/v1' }
    const published = async () => ({ ...likeNginx, ...(await client.headers({ url: `${origin}/v1/messages` })) })
    for (const forwardedFor of [undefined, '127.0.0.1', '::1, 127.0.0.1']) {
      const fields = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }
      expect(await pastNginx(site, '127.0.0.2', '/messages', { ...(await published()), ...fields })).toBe(mismatch)
    }
    expect(site.events.at(-1)).toMatchObject({ expectedUri: `http://${host}/messages` })
    expect(site.handled).toEqual([])
    const own = await client.headers({ url: `http://127.0.0.1:${appPort}/messages` })
    expect(await pastNginx(site, '127.0.0.2', '/messages', { ...own, 'x-forwarded-host': 'evil.test' })).toBe('200')
    // The same bytes from the address of nginx: it is the address that counts.
    expect(await pastNginx(site, '127.0.0.1', '/messages', await published())).toBe('200')
  })
})

describe('a machine without nginx', () => {
  it('fails these tests, and says what to install', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'sallyport-empty-'))
    try {
      const start = startNginx({ servers: () => '', searchPath: empty })
      await expect(start).rejects.toThrow(/`npm test`.*apt-get install nginx-light/)
    } finally {
      await rm(empty, { recursive: true })
    }
  })
})
