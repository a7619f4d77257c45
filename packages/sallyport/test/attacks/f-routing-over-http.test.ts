import { once } from 'node:events'
import { connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { createAuth, type FastifyAuth } from '../../src/adapters/fastify.js'
import type { SallyportEvent } from '../../src/index.js'
import { createTestIssuer, type DpopClient, dpopClient } from '../../src/testing/index.js'
import { createCertificate } from '../support/certificate.js'
import {
  exchange,
  openSite,
  parseResponses,
  requestText,
  type Site,
  type SiteOptions,
  send,
} from '../support/raw-http.js'

const origin = 'http://api.test'
const missing = '401 credentials_missing 0'
const mismatch = '401 proof_uri_mismatch 0'
const targetRefused = '400 request_target_refused 0'

let site: Site
let client: DpopClient
afterEach(() => site.close())

async function open(routes: SiteOptions['routes'], server: FastifyServerOptions = {}): Promise<void> {
  site = await openSite({ routes, server })
  client = await dpopClient({ issuer: site.issuer })
}

/** The two field lines of a request for this URI. */
async function proven(url: string, method = 'GET'): Promise<readonly string[]> {
  const { authorization, dpop } = await client.headers({ url, method })
  return [`Authorization: ${authorization}`, `DPoP: ${dpop}`]
}

/** Status, code of the refusal if there is one, and how many handlers ran. */
async function outcome(line: string, fields: readonly string[] = []): Promise<string> {
  return noted(async () => (await send(site, line, fields)).status)
}

async function noted(request: () => Promise<number | string>): Promise<string> {
  const from = site.events.length
  site.handled.length = 0
  const status = await request()
  const refusals = site.events.slice(from).flatMap((event) => (event.type === 'request.refused' ? [event.code] : []))
  return [status, ...refusals, site.handled.length].join(' ')
}

function guarded(app: FastifyInstance, auth0: FastifyAuth, handled: string[], ...paths: readonly string[]): void {
  for (const path of paths)
    app.get(path, { onRequest: auth0.requireAuth() }, async ({ method }) => void handled.push(method))
}

describe('F. Prefixes', () => {
  const underPrefix: SiteOptions['routes'] = async (app, auth0, handled) => {
    const inner = async (scope: FastifyInstance) => guarded(scope, auth0, handled, '/', '/guarded', '/users/:id')
    await app.register(async (outer) => void outer.register(inner, { prefix: '/v1' }), { prefix: '/api' })
  }

  it('F28 wants the whole path of a route under Fastify prefixes', async () => {
    await open(underPrefix)
    for (const path of ['/api/v1/guarded', '/api/v1/guarded?x=1', '/api/v1', '/api/v1/', '/api/v1/users/a%2fb'])
      expect(await outcome(`GET ${path}`, await proven(`${origin}${path}`))).toBe('200 1')
    for (const path of ['/guarded', '/v1/guarded', '/api/guarded', '/api/v1/guarded/', '/api/v1/:id'])
      expect(await outcome('GET /api/v1/guarded', await proven(`${origin}${path}`))).toBe(mismatch)
    expect(await outcome('GET /api/v1', await proven(`${origin}/api/v1/`))).toBe(mismatch)
    expect(await outcome('GET /api/v1/guarded')).toBe(missing)
  })

  it.each(['https://api.test/public', 'HTTPS://API.test:443/public/'])(
    'F28 puts publicUrl %s before the path with its Fastify prefix',
    async (publicUrl) => {
      site = await openPinnedSite(publicUrl, underPrefix)
      client = await dpopClient({ issuer: site.issuer })
      for (const path of ['/api/v1/guarded', '/api/v1/', '/api/v1'])
        expect(await outcome(`GET ${path}`, await proven(`https://api.test/public${path}`))).toBe('200 1')
      for (const base of [origin, 'https://api.test', 'http://api.test/public', 'https://api.test/public/public'])
        expect(await outcome('GET /api/v1/guarded', await proven(`${base}/api/v1/guarded`))).toBe(mismatch)
      expect(await outcome('GET /api/v1/guarded', await proven('https://api.test/public/guarded'))).toBe(mismatch)
    },
  )
})

/** As `openSite`, for an API that knows its URL. */
async function openPinnedSite(publicUrl: string, routes: SiteOptions['routes']): Promise<Site> {
  const issuer = await createTestIssuer({ algorithm: 'ES256' })
  const events: SallyportEvent[] = []
  const handled: string[] = []
  const { issuer: identifier, audience, fetch } = issuer
  const auth0 = createAuth({
    issuer: identifier,
    audience,
    fetch,
    algorithms: ['ES256'],
    errorProfile: 'rfc',
    publicUrl,
    onEvent: (event) => events.push(event),
  })
  const app: FastifyInstance = Fastify({ forceCloseConnections: true })
  await routes(app, auth0, handled)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return { issuer, port, errorProfile: 'rfc', handled, events, close: () => app.close() }
}

const words = (text: string): readonly string[] => text.split(' ')

/** Routers, and the spellings of `/admin` besides it and `/%61dmin` by which they find it. */
const routers: readonly { readonly router: string; readonly options: object; readonly found: readonly string[] }[] = [
  { router: 'the default router', options: {}, found: [] },
  { router: 'ignoreTrailingSlash', options: { ignoreTrailingSlash: true }, found: ['/admin/'] },
  { router: 'caseSensitive: false', options: { caseSensitive: false }, found: words('/ADMIN /%41dmin /%61DMIN') },
  { router: 'ignoreDuplicateSlashes', options: { ignoreDuplicateSlashes: true }, found: words('//admin ///admin') },
  { router: 'useSemicolonDelimiter', options: { useSemicolonDelimiter: true }, found: words('/admin;x=1 /admin;?x=1') },
  {
    router: 'a router that ignores everything',
    options: {
      ignoreTrailingSlash: true,
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      useSemicolonDelimiter: true,
    },
    found: words(
      '/admin/ /admin// //admin ///admin //Admin// /ADMIN /%41dmin /%61DMIN //%61DMIN/; /admin;x=1 /admin;?x=1',
    ),
  },
]
const slashes = '/admin/ //admin ///admin /admin// //Admin// /admin%2f /%2fadmin /admin\\ /\\admin'
const letters = '/ADMIN /%41dmin /%61DMIN /admin%20 /admin%00 /admin. /admin%5c /%zzadmin /%ffadmin'
const ends = '/admin;x=1 /admin;?x=1 /admin%3Bx=1 /admin%23 /admin%3f //%61DMIN/; /admin/..;/'
const dots = '/./admin /x/../admin /admin/. /%2e/admin /x/%2e%2e/admin /admin/../admin'
const spellings = words(`${slashes} ${letters} ${ends} ${dots}`)

describe.each(routers)('F. Spellings of a guarded path with $router', ({ options, found }) => {
  const server = { routerOptions: options }
  const routes: SiteOptions['routes'] = (app, auth0, handled) =>
    guarded(app, auth0, handled, '/admin', '/users/:id', '/files/*')

  it('F29 admits other spellings of the same URI', async () => {
    await open(routes, server)
    for (const path of ['/admin', '/%61dmin', '/a%64min?x=1', '/admin?']) {
      expect(await outcome(`GET ${path}`)).toBe(missing)
      for (const htu of ['/admin', '/%61dmin']) {
        expect(await outcome(`GET ${path}`, await proven(`${origin}${htu}`))).toBe('200 1')
        expect(await outcome(`HEAD ${path}`, await proven(`${origin}${htu}`, 'HEAD'))).toBe('200 1')
      }
    }
  })

  it('F29 refuses a fragment in the target, which routers take for a part of the path or not', async () => {
    await open(routes, server)
    expect(await outcome('GET /admin#x', await proven(`${origin}/admin`))).toBe('400 request_target_refused 0')
  })

  it('F29 guards every spelling that its handler is found by, and admits it with a proof for no other', async () => {
    await open(routes, server)
    for (const path of spellings) {
      const line = `GET ${path}`
      const notFound = /^\/%(?:zz|ff)/.test(path) ? '400 0' : '404 0'
      const expected = found.includes(path) ? [missing, mismatch, '200 1'] : [notFound, notFound, notFound]
      const other = await outcome(line, await proven(`${origin}/admin`))
      const own = await outcome(line, await proven(`${origin}${path}`))
      expect([path, await outcome(line), other, own]).toEqual([path, ...expected])
    }
  })

  it('F29 refuses dot segments that a parameter or a wildcard matches', async () => {
    await open(routes, server)
    for (const path of ['/users/..', '/users/%2e%2e', '/files/a/../b', '/files/%2E%2e/b', '/files/./b', '/files/..']) {
      expect(await outcome(`GET ${path}`)).toBe(missing)
      for (const htu of [path, '/admin', '/files/b'])
        expect(await outcome(`GET ${path}`, await proven(`${origin}${htu}`))).toBe(targetRefused)
    }
    for (const path of ['/users/...', '/users/a%2fb', '/files/a/b', '/files/a%2f..%2fb', '/files/..;/b'])
      expect(await outcome(`GET ${path}`, await proven(`${origin}${path}`))).toBe('200 1')
  })

  it('F29 guards HEAD, with a proof for HEAD', async () => {
    await open(routes, server)
    for (const path of ['/admin', ...found]) {
      expect(await outcome(`HEAD ${path}`)).toBe(missing)
      expect(await outcome(`HEAD ${path}`, await proven(`${origin}${path}`))).toBe('401 proof_method_mismatch 0')
      expect(await outcome(`HEAD ${path}`, await proven(`${origin}${path}`, 'HEAD'))).toBe('200 1')
    }
  })
})

describe('F. Other requests than for a document', () => {
  it('F31 guards a stream of events', async () => {
    await open((app, auth0, handled) => {
      app.get('/events', { onRequest: auth0.requireAuth() }, async (_, reply) => {
        handled.push('events')
        reply.hijack()
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
        reply.raw.write('data: 1\n\n')
      })
    })
    const fields = ['Accept: text/event-stream']
    expect(await outcome('GET /events', fields)).toBe(missing)
    expect(await outcome('GET /events', [...fields, ...(await proven(`${origin}/other`))])).toBe(mismatch)
    const request = requestText('GET /events', [...fields, ...(await proven(`${origin}/events`))])
    expect(await exchange(site, request, (received) => received.includes('data: 1'))).toContain('200 OK')
    expect(site.handled).toEqual(['events'])
  })

  it.each(['websocket', 'h2c', 'TLS/1.0'])('F31 guards a request that asks for an upgrade to %s', async (protocol) => {
    await open((app, auth0, handled) => guarded(app, auth0, handled, '/socket'))
    const key = ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13', 'HTTP2-Settings: AAMAAABk']
    // Instead of `Connection: close`, which does not go with it.
    const upgrade = async (fields: readonly string[]) =>
      noted(async () => {
        const lines = ['Connection: Upgrade', `Upgrade: ${protocol}`, ...key, ...fields]
        const received = await exchange(site, requestText('GET /socket', lines), (text) => text.includes('\r\n\r\n'))
        return parseResponses(received)[0]?.status ?? 0
      })
    expect(await upgrade([])).toBe(missing)
    expect(await upgrade(await proven(`${origin}/other`))).toBe(mismatch)
    expect(await upgrade(await proven('ws://api.test/socket'))).toBe(mismatch)
    expect(await upgrade(await proven(`${origin}/socket`))).toBe('200 1')
  })

  const everyMethod: SiteOptions['routes'] = (app, auth0, handled) => {
    app.addHttpMethod('CONNECT')
    const handler = async ({ method }: FastifyRequest) => void handled.push(method)
    app.route({ method: ['GET', 'CONNECT'], url: '*', onRequest: auth0.requireAuth(), handler })
  }

  it.each(['api.test:443', '/x', 'http://api.test/x'])('F31 brings no CONNECT %s to a handler', async (target) => {
    await open(everyMethod)
    for (const fields of [[], await proven(`${origin}/x`, 'CONNECT')])
      expect(await noted(() => exchange(site, requestText(`CONNECT ${target}`, fields)))).toBe(' 0')
    expect(await outcome('GET /x', await proven(`${origin}/x`))).toBe('200 1')
  })

  it('F31 brings no CONNECT to a handler over HTTP/2, not even one for a websocket', async () => {
    const tls = createCertificate({ host: 'localhost' })
    const http2: FastifyServerOptions & { http2: true; https: object } = {
      http2: true,
      https: { ...tls, settings: { enableConnectProtocol: true } },
      logger: false,
    }
    await open(everyMethod, http2)
    const session = connectHttp2(`https://127.0.0.1:${site.port}`, { ca: tls.cert, servername: 'localhost' })
    const ask = async (method: string, fields: OutgoingHttpHeaders) =>
      noted(async () => {
        const proof = await client.headers({ url: 'https://api.test/x', method })
        const stream = session.request({ ':method': method, ':authority': 'api.test', ...fields, ...proof })
        const [headers] = await once(stream, 'response')
        stream.destroy()
        return headers[':status']
      })
    try {
      await once(session, 'remoteSettings')
      expect(await ask('CONNECT', {})).toBe('405 0')
      expect(await ask('CONNECT', { ':protocol': 'websocket', ':scheme': 'https', ':path': '/x' })).toBe('405 0')
      expect(await ask('GET', { ':path': '/x' })).toBe('200 1')
    } finally {
      session.destroy()
    }
  })
})

describe('F. The order of hooks', () => {
  it.each<[string, FastifyServerOptions]>([
    ['by default', {}],
    ['with a limit for bodies', { bodyLimit: 1024 }],
    ['without a log of requests', { logController: new LogController({ disableRequestLogging: true }) }],
  ])('F32 refuses before the body is read, %s', async (_, server) => {
    const ran: string[] = []
    await open((app, auth0, handled) => {
      app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
        ran.push('parser')
        done(null, body)
      })
      app.addHook('preParsing', async () => void ran.push('preParsing'))
      app.addHook('preValidation', async () => void ran.push('preValidation'))
      app.post('/guarded', { onRequest: auth0.requireAuth() }, async () => void handled.push('POST'))
    }, server)

    /** Sends no more of the body than this, and waits for the answer. */
    const post = async (fields: readonly string[], body: string) =>
      noted(async () => {
        const request = requestText('POST /guarded', ['Content-Type: application/octet-stream', ...fields], body)
        const received = await exchange(site, request, (text) => text.includes('\r\n\r\n'))
        return parseResponses(received)[0]?.status ?? 0
      })

    const begun = 'x'.repeat(4096)
    for (const framing of ['Content-Length: 1073741824', 'Transfer-Encoding: chunked']) {
      const sent = framing.startsWith('Transfer') ? `40000000\r\n${begun}` : begun
      expect(await post([framing], sent)).toBe(missing)
      expect(await post([framing, ...(await proven(`${origin}/other`, 'POST'))], sent)).toBe(mismatch)
    }
    expect(ran).toEqual([])
    expect(await post(['Content-Length: 4', ...(await proven(`${origin}/guarded`, 'POST'))], 'body')).toBe('200 1')
    expect(ran).toEqual(['preParsing', 'parser', 'preValidation'])
  })
})
