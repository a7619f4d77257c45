import type { FastifyReply, FastifyRequest } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  bearer,
  exchange,
  openSite,
  parseResponses,
  requestText,
  type Site,
  send,
  watchFaults,
} from '../support/raw-http.js'

type Hook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

/** Ways in which an answer can have begun before the guard has its verdict. */
const beginnings: readonly (readonly [string, Hook])[] = [
  [
    'head and a part of the body',
    (_, { raw }, done) => {
      raw.writeHead(200, { connection: 'close' })
      raw.write('begun')
      done()
    },
  ],
  [
    'the whole answer on the raw response',
    (_, { raw }, done) => {
      raw.writeHead(200, { connection: 'close' })
      raw.end('begun')
      done()
    },
  ],
  [
    'a hijacked reply',
    (_, reply, done) => {
      reply.hijack()
      reply.raw.writeHead(200, { connection: 'close' })
      reply.raw.end('begun')
      done()
    },
  ],
]

describe('E. Answers that have begun', () => {
  let site: Site | undefined
  let faults: ReturnType<typeof watchFaults>
  beforeEach(() => {
    faults = watchFaults()
  })
  afterEach(async () => {
    await site?.close()
    expect(faults.stop()).toEqual([])
  })

  describe.each(beginnings)('%s', (_, begin) => {
    it.each([
      ['at once', 'opaque'],
      ['after it has fetched the keys', undefined],
    ])('E27 throws nothing where the guard refuses %s', async (_when, wrong) => {
      site = await openSite({
        routes: (app, auth0, handled) => {
          app.get(
            '/begun',
            { onRequest: begin, preHandler: auth0.requireAuth() },
            async () => void handled.push('begun'),
          )
          app.get('/next', { onRequest: auth0.requireAuth() }, async () => void handled.push('next'))
        },
      })
      const token = await site.issuer.token()
      const refused = wrong ?? (await site.issuer.token({ aud: 'https://other.test' }))
      const received = await exchange(site, requestText('GET /begun', [bearer(refused)]), (text) =>
        text.includes('begun'),
      )
      expect(parseResponses(received).length).toBeLessThanOrEqual(1)
      expect(received).not.toContain('invalid_token')
      expect((await send(site, 'GET /next', [bearer(token)])).status).toBe(200)
      expect(site.handled).toEqual(['next'])
    })
  })

  it.each(['before', 'while'])('E27 throws nothing where a handler refuses %s its stream runs', async (moment) => {
    site = await openSite({
      routes: (app, auth0, handled) => {
        app.get('/stream', { onRequest: auth0.requireAuth() }, async ({ auth }, { raw }) => {
          handled.push('stream')
          if (moment === 'while') {
            raw.writeHead(200, { connection: 'close' })
            raw.write('begun')
          }
          auth.require({ scopes: 'write:messages' })
        })
        app.get('/next', { onRequest: auth0.requireAuth() }, async () => void handled.push('next'))
      },
    })
    const token = await site.issuer.token()
    const request = requestText('GET /stream', [bearer(token), 'Connection: close'])
    const received = await exchange(site, request, (text) => /begun|insufficient_scope"/.test(text))
    const statuses = parseResponses(received).map(({ status }) => status)
    // What has begun cannot be taken back: it may end, or the connection with it.
    expect(moment === 'while' ? [[200], []] : [[403]]).toContainEqual(statuses)
    expect((await send(site, 'GET /next', [bearer(token)])).status).toBe(200)
    expect(site.handled).toEqual(['stream', 'next'])
  })

  it('E27 throws nothing where another answer is sent while the guard waits for the issuer', async () => {
    let openGate: () => void = () => {}
    const gate = new Promise<void>((resolve) => {
      openGate = resolve
    })
    let verified: () => void = () => {}
    const isVerified = new Promise<void>((resolve) => {
      verified = resolve
    })
    site = await openSite({
      fetchFrom: (issuer) => async (input, init) => {
        await gate
        return issuer.fetch(input, init)
      },
      routes: (app, auth0, handled) => {
        const answerEarly: Hook = (_request, reply, done) => {
          setImmediate(() => {
            reply.code(504).send('too late')
            openGate()
          })
          done()
        }
        app.addHook('onResponse', async () => verified())
        app.get(
          '/late',
          { onRequest: answerEarly, preHandler: auth0.requireAuth() },
          async () => void handled.push('late'),
        )
      },
    })
    const refused = await site.issuer.token({ aud: 'https://other.test' })
    expect((await send(site, 'GET /late', [bearer(refused)])).status).toBe(504)
    await isVerified
    const { status } = await send(site, 'GET /late', [bearer(refused)])
    expect([401, 504]).toContain(status)
    expect(site.handled).toEqual([])
  })
})

describe('E. HTTP/2', () => {
  let site: Site | undefined
  afterEach(() => site?.close())

  it('E07 refuses an authorization field that comes twice over HTTP/2', async () => {
    const statuses: number[] = []
    site = await openSite({
      server: { http2: true } as object,
      routes: (app, auth0, handled) => {
        app.addHook('onResponse', async (_request, reply) => void statuses.push(reply.statusCode))
        app.get('/guarded', { onRequest: auth0.requireAuth() }, async () => void handled.push('GET'))
      },
    })
    const token = await site.issuer.token()
    const other = await site.issuer.token({ sub: 'another' })
    for (const [tokens, status] of [
      [[token], 200],
      [[token, token], 400],
      [[token, other], 400],
    ] as const) {
      await exchange(site, http2Request('/guarded', tokens), () => statuses.length > 0).catch(() => {})
      expect(statuses.splice(0)).toEqual([status])
    }
    expect(site.handled).toEqual(['GET'])
    expect(site.events.at(-1)).toMatchObject({ code: 'credentials_repeated' })
  })
})

/** RFC 9113 section 3.4 and 4.1: the preface, empty settings, and one HEADERS frame that ends the stream. */
function http2Request(path: string, tokens: readonly string[]): Uint8Array {
  const fields = [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':authority', 'api.test'],
    [':path', path],
    ...tokens.map((token) => ['authorization', `Bearer ${token}`]),
  ]
  const block = Buffer.concat(fields.flatMap((field) => [Buffer.of(0), ...field.map(hpackString)]))
  return Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0), frame(1, 5, 1, block)])
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array()): Uint8Array {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** RFC 7541 sections 5.1 and 5.2, without Huffman coding. */
function hpackString(text: string): Uint8Array {
  const length: number[] = []
  if (text.length < 127) length.push(text.length)
  else {
    length.push(127)
    let rest = text.length - 127
    for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128)
    length.push(rest)
  }
  return Buffer.concat([Buffer.from(length), Buffer.from(text)])
}
