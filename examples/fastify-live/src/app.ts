import Fastify, { type FastifyInstance } from 'fastify'
import { createAuth } from 'sallyport/fastify'
import { serveEvents } from './events.js'
import { serveFeed } from './feed.js'

export type AppOptions = Parameters<typeof createAuth>[0]

/** An API with a WebSocket and with server-sent events, each as long-lived as its access token. */
export async function createApp(options?: AppOptions): Promise<FastifyInstance> {
  const auth0 = createAuth(options)
  const app = Fastify({ forceCloseConnections: true })
  await app.register(auth0.plugin)
  serveEvents(app, auth0)
  serveFeed(app.server, auth0.resourceServer)
  return app
}
