import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createTestIssuer, dpopClient, type TestIssuer } from '../../../packages/sallyport/src/testing/index.js'
import { createApp } from '../src/app.js'

describe('examples/fastify-live', () => {
  let issuer: TestIssuer
  let app: FastifyInstance
  let origin: string

  beforeEach(async () => {
    issuer = await createTestIssuer({ listen: true })
    app = await createApp({ domain: issuer.domain, audience: issuer.audience, clockToleranceSeconds: 0 })
    origin = await app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterEach(async () => {
    await app.close()
    await issuer.close()
  })

  const authorization = async (claims: object = {}, expiresInSeconds = 60) =>
    `Bearer ${await issuer.token({ scope: 'read:feed', ...claims }, { expiresInSeconds })}`

  /** A WebSocket whose messages can be asked for one by one. */
  async function open(headers: Record<string, string>) {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/feed`, { headers })
    const messages = (async function* () {
      for await (const [data] of eventsOf(socket)) yield JSON.parse(String(data))
    })()
    const next = async () => (await messages.next()).value
    const closed = once(socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }))
    return { socket, next, closed }
  }

  describe('a WebSocket', () => {
    it.each([
      ['no token', async () => ({}), 400],
      ['a bad token', async () => ({ authorization: 'Bearer garbage' }), 401],
      ['another scope', async () => ({ authorization: await authorization({ scope: 'other' }) }), 403],
    ])('is not opened with %s', async (_, headers, status) => {
      const socket = new WebSocket(`${origin.replace('http', 'ws')}/feed`, { headers: await headers() })
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
      expect(response.statusCode).toBe(status)
      expect(response.headers['www-authenticate']).toContain('Bearer realm="api"')
      expect(JSON.parse(await text(response))).toHaveProperty('detail.error')
    })

    it('is closed when its token ends', async () => {
      const { next, closed } = await open({ authorization: await authorization({}, 2) })
      expect(await next()).toMatchObject({ hello: 'user|test' })
      expect(await closed).toEqual({ code: 3000, reason: 'The access token has expired.' })
    })

    it('stays open with a fresh token, and not with a bad one', async () => {
      const { socket, next, closed } = await open({ authorization: await authorization({}, 2) })
      await next()
      for (const message of ['', '{}', 'null', JSON.stringify({ authorization: 'Bearer garbage' })]) {
        socket.send(message)
        expect(await next()).toHaveProperty('detail.error')
      }
      socket.send(JSON.stringify({ authorization: await authorization({ sub: 'user|other' }) }))
      expect(await next()).toMatchObject({ detail: { error: 'invalid_token' } })
      socket.send(JSON.stringify({ authorization: await authorization({}, 4) }))
      expect(await next()).toMatchObject({ renewed: true })
      const began = Date.now()
      await closed
      expect(Date.now() - began).toBeGreaterThan(2000)
    })

    it('takes a fresh bound token with its proof, each proof once', async () => {
      const client = await dpopClient({ issuer, claims: { scope: 'read:feed' } })
      const url = `${origin}/feed`
      const { socket, next } = await open(await client.headers({ url }))
      await next()
      const fresh = JSON.stringify(await client.headers({ url }))
      socket.send(fresh)
      expect(await next()).toMatchObject({ renewed: true })
      socket.send(fresh)
      expect(await next()).toMatchObject({ detail: { error: 'invalid_dpop_proof' } })
      socket.close()
    })

    it('is nowhere else', async () => {
      const socket = new WebSocket(`${origin.replace('http', 'ws')}/other`)
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
      expect(response.statusCode).toBe(404)
      response.resume()
    })
  })

  describe('a stream of events', () => {
    const listen = async (token: string) => {
      const response = await fetch(`${origin}/events`, { headers: { authorization: token } })
      const events = (response.body ?? new ReadableStream())
        .pipeThrough(new TextDecoderStream())
        [Symbol.asyncIterator]()
      const opened = String((await events.next()).value)
      const id = /"id":"([^"]+)"/.exec(opened)?.[1]
      const rest = async () => {
        let text = ''
        for (let part = await events.next(); !part.done; part = await events.next()) text += part.value
        return text
      }
      return { status: response.status, id, rest }
    }
    const present = async (id: string | undefined, token: string) =>
      (await fetch(`${origin}/events/${id}/token`, { method: 'POST', headers: { authorization: token } })).status

    it('is not opened without a token', async () => {
      expect((await fetch(`${origin}/events`)).status).toBe(400)
    })

    it('ends when its token ends', async () => {
      const { status, rest } = await listen(await authorization({}, 2))
      expect(status).toBe(200)
      expect(await rest()).toContain('event: expired')
    })

    it('goes on with a fresh token of the same caller', async () => {
      const { id, rest } = await listen(await authorization({}, 2))
      expect(await present(id, await authorization({ sub: 'user|other' }))).toBe(401)
      expect(await present(id, await authorization({ scope: 'other' }))).toBe(403)
      expect(await present('another', await authorization())).toBe(404)
      const began = Date.now()
      expect(await present(id, await authorization({}, 4))).toBe(200)
      expect(await rest()).toContain('event: expired')
      expect(Date.now() - began).toBeGreaterThan(2000)
      expect(await present(id, await authorization())).toBe(404)
    })
  })
})

async function* eventsOf(socket: WebSocket): AsyncGenerator<unknown[]> {
  const waiting: unknown[][] = []
  let wake = () => {}
  socket.on('message', (...event) => {
    waiting.push(event)
    wake()
  })
  for (;;) {
    const event = waiting.shift()
    if (event !== undefined) yield event
    else
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
}
