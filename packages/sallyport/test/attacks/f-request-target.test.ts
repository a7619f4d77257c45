import { type ClientHttp2Session, connect } from 'node:http2'
import type { FastifyServerOptions } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ProtectedRequest } from '../../src/index.js'
import { type DpopClient, dpopClient } from '../../src/testing/index.js'
import { createCertificate } from '../support/certificate.js'
import { createHarness, type Harness } from '../support/harness.js'
import { exchange, openSite, parseResponses, type Site } from '../support/raw-http.js'

const targetRefused = 'R request_target_refused'
const mismatch = 'P proof_uri_mismatch'

describe('F. Host and request target', () => {
  let harness: Harness
  let client: DpopClient
  let token: string
  beforeAll(async () => {
    harness = await createHarness({ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } })
    client = await harness.dpopClient()
    token = await client.token()
  })

  /** The outcome of a request with these fields, a host among them, and a proof for `htu`. */
  async function verdict(htu: string, fields: readonly string[], request: Partial<ProtectedRequest> = {}) {
    const headers = [...fields, 'Authorization', `DPoP ${token}`, 'DPoP', await client.proof({ url: htu, token })]
    const outcome = await harness.outcomeOfRequest({ ...request, headers })
    const event = harness.events.at(-1)
    return event?.type === 'request.refused' ? `${outcome} ${event.code}` : outcome
  }

  const uri = 'https://api.test/resource'

  it.each<[string, readonly string[]]>([
    ['an empty Host', ['Host', '']],
    ['two equal Hosts', ['Host', 'api.test', 'Host', 'api.test']],
    ['two Hosts', ['Host', 'api.test', 'host', 'other.test']],
    ['two joined Hosts', ['Host', 'api.test, api.test']],
    ['another Host than :authority', [':authority', 'api.test', 'host', 'other.test']],
    ['two values of :authority', [':authority', 'api.test', ':authority', 'other.test']],
    ['an empty :authority', [':authority', '']],
    ['a Host that is no text', ['Host', 1 as unknown as string]],
  ])('F26 refuses %s', async (_, fields) => {
    for (const htu of [uri, 'https://other.test/resource', 'https:///resource'])
      expect(await verdict(htu, fields)).toBe(targetRefused)
    expect(await verdict(uri, ['Host', 'api.test'])).toBe('A')
  })

  const hosts =
    'a@b api.test:99999 api.test:65536 api.test:x api.test:-1 api.test:0443 api.test/ api.test/resource \\ ? # *'
  const others =
    'https://api.test //api.test api.test\\ api.test%2f ::1 [::1 api.test. 127.1 0x7f000001 api.test:443:443'
  const invisible = [
    'api.test ',
    ' api.test',
    'api .test',
    'api.test\t',
    'api.test\u0000',
    'api.test\r\n',
    '\u00e4pi.test',
  ]
  it.each([...hosts.split(' '), ...others.split(' '), ...invisible])('F26 refuses Host: %j', async (host) => {
    for (const htu of [uri, `https://${host}/resource`]) {
      expect(await verdict(htu, ['Host', host])).toBe(targetRefused)
      expect(await verdict(htu, [':authority', host])).toBe(targetRefused)
    }
    expect(await verdict(uri, ['Host', 'api.test'])).toBe('A')
  })

  it('F26 refuses a request without Host whose target names none', async () => {
    const authorization = `DPoP ${token}`
    const noHost = async (url: string) => {
      const headers = { authorization, dpop: await client.proof({ url: uri, token }) }
      return harness.outcomeOfRequest({ url, headers })
    }
    expect(await noHost('/resource')).toBe('R')
    expect(harness.events.at(-1)).toMatchObject({ code: 'request_target_refused' })
    expect(await noHost(uri)).toBe('A')
  })

  it('F26 looks at Host for a proof only', async () => {
    const bearer = ['Authorization', `Bearer ${await harness.issuer.token()}`]
    expect(await harness.outcomeOf(['Host', 'a@b', ...bearer])).toBe('A')
  })

  it('F26 admits Host and :authority that agree', async () => {
    expect(await verdict(uri, [':authority', 'api.test'])).toBe('A')
    expect(await verdict(uri, [':authority', 'api.test', 'host', 'api.test'])).toBe('A')
    expect(await verdict('https://other.test/resource', [':authority', 'api.test', 'host', 'api.test'])).toBe(mismatch)
  })

  it.each<[string, string, string]>([
    ['https://api.test/resource', 'api.test', 'A'],
    ['https://api.test:443/resource?x=1#y', 'api.test', 'A'],
    ['HTTPS://API.test/%72esource', 'api.test:443', 'A'],
    ['https://other.test/resource', 'api.test', targetRefused],
    ['https://api.test/resource', 'other.test', targetRefused],
    ['https://api.test:8443/resource', 'api.test', targetRefused],
    ['http://api.test/resource', 'api.test', targetRefused],
    ['https://api.test/x/../resource', 'api.test', targetRefused],
    ['https://user@api.test/resource', 'api.test', targetRefused],
    ['https:/resource', 'api.test', targetRefused],
    ['https:///resource', 'api.test', targetRefused],
    ['ws://api.test/resource', 'api.test', targetRefused],
    ['api.test:443', 'api.test', targetRefused],
    ['resource', 'api.test', targetRefused],
    ['*', 'api.test', targetRefused],
    ['', 'api.test', targetRefused],
    ['?x=1', 'api.test', targetRefused],
    ['/resource\\', 'api.test', targetRefused],
    ['/resource ', 'api.test', targetRefused],
    ['/res%zzource', 'api.test', targetRefused],
    ['/r\u00e9source', 'api.test', targetRefused],
    ['\\\\api.test\\resource', 'api.test', targetRefused],
    ['//api.test/resource', 'api.test', mismatch],
  ])('F27 reads the request target %j for the host %s: %s', async (url, host, outcome) => {
    expect(await verdict(uri, ['Host', host], { url })).toBe(outcome)
    if (outcome === 'A') expect(await verdict('https://other.test/resource', ['Host', host], { url })).toBe(mismatch)
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
    ['a list', [uri]],
    ['a URL object', new URL(uri)],
  ])('F27 refuses %s for a request target', async (_, url) => {
    expect(await verdict(uri, ['Host', 'api.test'], { url: url as string })).toBe(targetRefused)
  })
})

/** What became of the last request: status, code of the refusal, number of handlers that ran. */
function lastOf(site: Site, status: number): string {
  const event = site.events.findLast(({ type }) => type.startsWith('request.'))
  const code = event?.type === 'request.refused' ? event.code : event?.type
  return `${status} ${code} ${site.handled.length}`
}

const admitted = '200 request.admitted 1'

describe('F. Host and request target over HTTP/1.1', () => {
  let site: Site
  let client: DpopClient
  beforeAll(async () => {
    site = await openSite({
      server: { rewriteUrl: ({ url = '' }) => url.replace(/^\/old\b/, '/guarded') },
      routes: (app, auth0, handled) => {
        // As middleware written for Express does it.
        app.addHook('onRequest', async ({ raw }) => {
          if (raw.url === '/mounted/guarded') Object.assign(raw, { originalUrl: raw.url, url: '/guarded' })
        })
        for (const path of ['/guarded', '/mounted/guarded'])
          app.get(path, { onRequest: auth0.requireAuth() }, async ({ url }) => handled.push(url))
      },
    })
    client = await dpopClient({ issuer: site.issuer })
  })
  afterAll(() => site.close())
  afterEach(() => {
    site.handled.length = 0
  })

  async function get(target: string, htu: string, lines: readonly string[], version = '1.1'): Promise<string> {
    site.handled.length = 0
    const { authorization, dpop } = await client.headers({ url: htu })
    const fields = [...lines, `Authorization: ${authorization}`, `DPoP: ${dpop}`, 'Connection: close']
    const received = await exchange(site, [`GET ${target} HTTP/${version}`, ...fields, '', ''].join('\r\n'))
    const status = parseResponses(received).at(-1)?.status ?? 0
    return status === 400 && !received.includes('www-authenticate')
      ? `400h ${site.handled.length}`
      : lastOf(site, status)
  }

  const uri = 'http://api.test/guarded'
  const own = ['Host: api.test']
  const refused = '400 request_target_refused 0'

  it.each<[string, readonly string[], string]>([
    ['no Host', [], '400h 0'],
    ['an empty Host', ['Host:'], refused],
    ['two Hosts', ['Host: api.test', 'Host: other.test'], refused],
    ['two Hosts in the other order', ['Host: other.test', 'Host: api.test'], refused],
    ['two equal Hosts', ['Host: api.test', 'Host: api.test'], refused],
    ['user information in Host', ['Host: a@api.test'], refused],
    ['a port that is none', ['Host: api.test:99999'], refused],
    ['a path in Host', ['Host: api.test/guarded'], refused],
    ['a Latin-1 byte in Host', ['Host: \u00e4pi.test'], refused],
    ['a dot at the end of Host', ['Host: api.test.'], refused],
    ['a folded Host', ['Host: api.test\r\n other.test'], '400h 0'],
    ['a space before the colon', ['Host : api.test'], '400h 0'],
    ['a pseudo-header field', [':authority: api.test'], '400h 0'],
    ['a pseudo-header field and Host', ['Host: api.test', ':authority: other.test'], '400h 0'],
  ])('F26 refuses %s', async (_, lines, outcome) => {
    expect(await get('/guarded', uri, lines)).toBe(outcome)
    expect(await get('/guarded', uri, own)).toBe(admitted)
  })

  it('F26 refuses HTTP/1.0 without Host', async () => {
    expect(await get('/guarded', uri, [], '1.0')).toBe(refused)
    expect(await get('/guarded', uri, own, '1.0')).toBe(admitted)
  })

  it.each([
    ['http://api.test/guarded', 'api.test'],
    ['http://API.test:80/guarded?x=1', 'api.test'],
  ])('F27 admits the absolute target %s for the host %s', async (target, host) => {
    expect(await get(target, uri, [`Host: ${host}`])).toBe(admitted)
    expect(await get(target, 'http://other.test/guarded', [`Host: ${host}`])).toBe('401 proof_uri_mismatch 0')
  })

  it.each([
    ['http://other.test/guarded', 'api.test'],
    ['http://api.test/guarded', 'other.test'],
    ['http://api.test:8080/guarded', 'api.test'],
    ['https://api.test/guarded', 'api.test'],
    ['http://user@api.test/guarded', 'api.test'],
  ])('F27 refuses the absolute target %s for the host %s', async (target, host) => {
    for (const htu of [uri, target, 'http://other.test/guarded'])
      expect(await get(target, htu, [`Host: ${host}`])).toBe(refused)
  })

  it.each([
    ['rewriteUrl', '/old'],
    ['middleware', '/mounted/guarded'],
  ])('F30 compares with the target that the client sent, not with what %s made of it', async (_, path) => {
    expect(await get(path, `http://api.test${path}`, own)).toBe(admitted)
    expect(site.handled).toEqual(['/guarded'])
    expect(await get(path, uri, own)).toBe('401 proof_uri_mismatch 0')
    expect(site.events.at(-1)).toMatchObject({ expectedUri: `http://api.test${path}`, receivedUri: uri })
  })
})

describe('F. Host and request target over HTTP/2', () => {
  const { cert, key } = createCertificate({ host: 'localhost' })
  let site: Site
  let session: ClientHttp2Session
  let client: DpopClient
  beforeAll(async () => {
    const server: FastifyServerOptions & { http2: true; https: object } = {
      http2: true,
      https: { cert, key },
      logger: false,
    }
    site = await openSite({
      server,
      routes: (app, auth0, handled) => {
        app.get('/guarded', { onRequest: auth0.requireAuth() }, async ({ url }) => handled.push(url))
      },
    })
    session = connect(`https://127.0.0.1:${site.port}`, { ca: cert, servername: 'localhost' })
    client = await dpopClient({ issuer: site.issuer })
  })
  afterAll(async () => {
    session.close()
    await site.close()
  })
  afterEach(() => {
    site.handled.length = 0
  })

  async function get(htu: string, fields: Readonly<Record<string, string>>): Promise<string> {
    site.handled.length = 0
    const stream = session.request({ ':path': '/guarded', ...fields, ...(await client.headers({ url: htu })) })
    stream.resume()
    const status = await new Promise((resolve, reject) => {
      stream.once('response', ({ ':status': code }) => resolve(code))
      stream.once('error', () => resolve('reset'))
      stream.once('close', () => reject(new Error('There was no answer.')))
    })
    return status === 'reset' ? `reset ${site.handled.length}` : lastOf(site, Number(status))
  }

  const uri = 'https://api.test/guarded'

  it('F26 reads :authority where there is no Host, and Host where there is no :authority', async () => {
    expect(await get(`https://localhost:${site.port}/guarded`, {})).toBe(admitted)
    for (const name of [':authority', 'host']) {
      expect(await get(uri, { [name]: 'api.test' })).toBe(admitted)
      expect(await get('https://other.test/guarded', { [name]: 'api.test' })).toBe('401 proof_uri_mismatch 0')
    }
    expect(await get(uri, { ':authority': 'api.test', host: 'api.test' })).toBe(admitted)
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['another Host than :authority', { ':authority': 'api.test', host: 'other.test' }],
    ['another :authority than Host', { ':authority': 'other.test', host: 'api.test' }],
    ['user information in :authority', { ':authority': 'user@api.test' }],
    ['an IPv4 address in another spelling', { ':authority': '127.1' }],
    ['a port that is none', { ':authority': 'api.test:99999' }],
    ['a Host that is none', { host: 'a@b' }],
  ])('F26 refuses %s', async (_, fields) => {
    // Newer versions of Node refuse some of them before parsing, and reset the stream.
    for (const htu of [uri, 'https://other.test/guarded'])
      expect(['400 request_target_refused 0', 'reset 0']).toContain(await get(htu, fields))
  })

  it('F27 takes the scheme from the connection, not from :scheme', async () => {
    const fields = { ':authority': 'api.test', ':scheme': 'http' }
    expect(await get(uri, fields)).toBe(admitted)
    expect(await get('http://api.test/guarded', fields)).toBe('401 proof_uri_mismatch 0')
  })

  it.each([
    { ':authority': 'api.test/x' },
    { ':authority': 'api.test', ':path': 'https://other.test/guarded' },
    { ':authority': 'api.test', ':path': 'https://api.test/guarded' },
  ])('F27 leaves the pseudo-header fields %j to the HTTP server', async (fields) => {
    for (const htu of [uri, 'https://other.test/guarded']) expect(await get(htu, fields)).toBe('reset 0')
    expect(await get(uri, { ':authority': 'api.test' })).toBe(admitted)
  })
})
