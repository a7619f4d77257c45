import { randomUUID } from 'node:crypto'
import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { Session } from 'sallyport'
import type { FastifyAuth } from 'sallyport/fastify'

const requirement = { scopes: 'read:feed' }

/**
 * Server-sent events that go on as long as their caller has a valid token. The first event names the stream; a fresh token
 * is presented by `POST /events/:id/token`, as the access token of that request.
 */
export function serveEvents(app: FastifyInstance, { requireAuth }: FastifyAuth): void {
  const sessions = new Map<string, Session>()

  app.get('/events', { onRequest: requireAuth(requirement) }, async (request, reply) => {
    const id = randomUUID()
    const stream = new PassThrough()
    const send = (event: string, data: object) => stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    const onExpired = () => {
      send('expired', { id })
      stream.end()
    }
    sessions.set(id, request.auth.session({ onExpired }))
    stream.once('close', () => {
      sessions.get(id)?.close()
      sessions.delete(id)
    })
    send('opened', { id, exp: request.auth.claims.exp })
    return reply.header('cache-control', 'no-store').type('text/event-stream').send(stream)
  })

  app.post<{ Params: { id: string } }>(
    '/events/:id/token',
    { onRequest: requireAuth(requirement) },
    (request, reply) => {
      const session = sessions.get(request.params.id)
      if (session === undefined) return reply.code(404).send({ error_description: 'There is no such stream.' })
      session.renew(request.auth)
      return reply.send({ renewed: true, exp: request.auth.claims.exp })
    },
  )
}
