import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  bearer,
  exchange,
  openSite,
  outcomeOf,
  parseResponses,
  requestText,
  type Site,
  send,
  watchFaults,
} from '../support/raw-http.js'

const hundredMegabytes = 100 * 1024 * 1024

describe.each(['rfc', 'auth0'] as const)('E. Credentials over HTTP/1.1, error profile %s', (errorProfile) => {
  let site: Site
  let token: string
  beforeAll(async () => {
    site = await openSite({
      errorProfile,
      routes: (app, auth0, handled) => {
        app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
        app.route({
          method: ['GET', 'POST'],
          url: '/guarded',
          onRequest: auth0.requireAuth(),
          handler: async ({ method, auth }) => {
            handled.push(method)
            return { sub: auth.claims.sub }
          },
        })
      },
    })
    token = await site.issuer.token()
  })
  afterAll(() => site.close())
  afterEach(() => {
    site.handled.length = 0
  })

  async function outcome(line: string, fields: readonly string[], body = ''): Promise<string> {
    const letter = outcomeOf(await send(site, line, fields, body), site)
    expect(site.handled).toEqual(letter === 'A' ? [line.split(' ')[0]] : [])
    site.handled.length = 0
    return letter
  }

  it('E01 answers a request without credentials without an error code', async () => {
    expect(await outcome('GET /guarded', [])).toBe('-')
    expect(await outcome('GET /guarded', [bearer(token)])).toBe('A')
  })

  it('E06 refuses two Authorization lines, equal or not, in any order and case', async () => {
    const other = await site.issuer.token({ sub: 'another' })
    expect(await outcome('GET /guarded', [bearer(token), bearer(token)])).toBe('R')
    expect(await outcome('GET /guarded', [bearer(token), bearer(other)])).toBe('R')
    expect(await outcome('GET /guarded', [bearer(token), 'AUTHORIZATION: Basic dXNlcjpwYXNz'])).toBe('R')
    expect(await outcome('GET /guarded', ['authorization: Basic dXNlcjpwYXNz', bearer(token)])).toBe('R')
    expect(await outcome('GET /guarded', ['Authorization:', bearer(token)])).toBe('R')
  })

  it.each([
    ['a folded line', 'Authorization: Bearer\r\n @'],
    ['a line folded with a tab', 'Authorization: Bearer\r\n\t@'],
    ['a line folded behind the token', 'Authorization: Bearer @\r\n x'],
    ['a NUL behind the token', 'Authorization: Bearer @\u0000'],
    ['a NUL before the token', 'Authorization: Bearer \u0000@'],
    ['a bare carriage return', 'Authorization: Bearer @\rX: y'],
    ['a space before the colon', 'Authorization : Bearer @'],
  ])('E07 refuses %s', async (_, field) => {
    expect(['R', '400h']).toContain(await outcome('GET /guarded', [field.replace('@', token)]))
  })

  it.each<[string, string, (value: string) => string]>([
    ['a form', 'application/x-www-form-urlencoded', (value) => `access_token=${value}`],
    ['JSON', 'application/json', (value) => JSON.stringify({ access_token: value })],
    [
      'multipart',
      'multipart/form-data; boundary=b',
      (value) => `--b\r\nContent-Disposition: form-data; name="access_token"\r\n\r\n${value}\r\n--b--\r\n`,
    ],
  ])('E10 ignores a token in a body of %s', async (_, type, bodyOf) => {
    const body = bodyOf(token)
    const fields = [`Content-Type: ${type}`, `Content-Length: ${body.length}`]
    expect(await outcome('POST /guarded', fields, body)).toBe('-')
    expect(await outcome('GET /guarded', fields, body)).toBe('-')
    expect(['A', 'R']).toContain(await outcome('POST /guarded', [...fields, bearer(token)], body))
  })
  it('E10 does not take a good token in the body for a bad one in the header', async () => {
    const body = `access_token=${token}`
    const fields = ['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`]
    expect(['T', 'R']).toContain(await outcome('POST /guarded', [...fields, bearer('opaque')], body))
  })

  it.each(['\u00e9@', '@\u00ff', '@\u0080', '@\u00a0'])('E23 refuses the Latin-1 bytes in %j', async (text) => {
    expect(['R', 'T', '400h']).toContain(await outcome('GET /guarded', [bearer(text.replace('@', token))]))
  })
  it('E23 refuses UTF-8 in a token', async () => {
    const utf8 = Buffer.from('\u{1f600}').toString('latin1')
    expect(['R', 'T', '400h']).toContain(await outcome('GET /guarded', [bearer(`${token}${utf8}`)]))
  })

  it('E25 refuses before a body of 100 MB that never arrives', async () => {
    for (const field of [`Content-Length: ${hundredMegabytes}`, 'Transfer-Encoding: chunked']) {
      expect(await outcome('POST /guarded', [field])).toBe('-')
      expect(await outcome('POST /guarded', [field, bearer('opaque')])).toBe('T')
    }
  })
  it('E25 refuses a request that expects 100-continue', async () => {
    const fields = ['Expect: 100-continue', `Content-Length: ${hundredMegabytes}`, 'Content-Type: text/plain']
    expect(await outcome('POST /guarded', fields)).toBe('-')
    expect(await outcome('POST /guarded', [...fields, bearer('opaque')])).toBe('T')
  })
  it('E25 accepts a request that expects 100-continue and sends its body', async () => {
    const fields = ['Expect: 100-continue', 'Content-Length: 2', 'Content-Type: text/plain', bearer(token)]
    expect(await outcome('POST /guarded', fields, 'ok')).toBe('A')
  })

  it('C26 refuses a token of 8 193 bytes, and leaves 16 KB of headers to the HTTP server', async () => {
    expect(await outcome('GET /guarded', [bearer(`${token}.${'A'.repeat(8192 - token.length)}`)])).toBe('T')
    expect(await outcome('GET /guarded', [bearer('A'.repeat(17_000))])).toBe('431h')
    expect(await outcome('GET /guarded', [bearer(token), `X-Filling: ${'x'.repeat(17_000)}`])).toBe('431h')
  })
  it('C01 leaves 10 MB of dots to the HTTP server', async () => {
    const request = requestText('GET /guarded', [bearer('.'.repeat(10_000_000)), 'Connection: close'])
    const received = await exchange(site, request, (text) => text.includes('431')).catch(String)
    expect(received).toMatch(/^HTTP\/1\.1 431|ECONNRESET|EPIPE/)
    expect(site.handled).toEqual([])
  })
})

describe('E. Several requests at a time', () => {
  let site: Site
  let openGate: () => void
  let reached: Promise<void>
  beforeAll(async () => {
    const gate = new Promise<void>((resolve) => {
      openGate = resolve
    })
    let reach: () => void
    reached = new Promise<void>((resolve) => {
      reach = resolve
    })
    site = await openSite({
      fetchFrom: (issuer) => async (input, init) => {
        reach()
        await gate
        return issuer.fetch(input, init)
      },
      routes: (app, auth0, handled) => {
        app.get('/who', { onRequest: auth0.requireAuth() }, async ({ auth }) => {
          handled.push(String(auth.claims.sub))
          return { sub: auth.claims.sub }
        })
      },
    })
  })
  afterAll(() => site.close())

  it('E25 outlives a client that aborts while its token is verified, and does not run the handler', async () => {
    const faults = watchFaults()
    const token = await site.issuer.token({ sub: 'aborted' })
    const socket = connect(site.port, '127.0.0.1')
    socket.write(requestText('GET /who', [bearer(spoiled(token))]))
    await reached
    socket.destroy()
    await once(socket, 'close')
    openGate()
    expect((await send(site, 'GET /who', [bearer(await site.issuer.token({ sub: 'next' }))])).body).toContain('next')
    expect(site.handled).toEqual(['next'])
    expect(faults.stop()).toEqual([])
  })

  it('E25 keeps the tokens of pipelined requests apart', async () => {
    site.handled.length = 0
    const subjects = Array.from({ length: 40 }, (_, index) => `user-${index % 2 === 0 ? 'even' : index}`)
    const requests = await Promise.all(
      subjects.map(async (sub) => requestText('GET /who', [bearer(await site.issuer.token({ sub }))])),
    )
    const refused = [requestText('GET /who', []), requestText('GET /who', [bearer('opaque')])]
    const last = requestText('GET /who', [bearer(await site.issuer.token({ sub: 'last' })), 'Connection: close'])
    const responses = parseResponses(await exchange(site, [...requests, ...refused, last].join('')))
    expect(responses.map(({ status }) => status)).toEqual([...subjects.map(() => 200), 401, 401, 200])
    expect(responses.filter(({ status }) => status === 200).map(({ body }) => JSON.parse(body).sub)).toEqual([
      ...subjects,
      'last',
    ])
    expect(site.handled.toSorted()).toEqual([...subjects, 'last'].toSorted())
  })
})

/** The same token with another first byte in its signature. */
function spoiled(token: string): string {
  const start = token.lastIndexOf('.') + 1
  return `${token.slice(0, start)}${token.charAt(start) === 'A' ? 'B' : 'A'}${token.slice(start + 1)}`
}
