import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express5, { type Express } from 'express'
import express4 from 'express4'
import Fastify from 'fastify'
import { Hono } from 'hono'
import * as expressAdapter from '../../src/adapters/express.js'
import * as fastifyAdapter from '../../src/adapters/fastify.js'
import * as fetchAdapter from '../../src/adapters/fetch.js'
import * as honoAdapter from '../../src/adapters/hono.js'
import { adapterOptions } from './adapter-options.js'
import type { Stack, StackOptions, StartStack } from './contract.js'
import { startNest } from './nest-stack.js'

/** Every framework and version that an adapter is for. */
export const stacks: ReadonlyMap<string, StartStack> = new Map<string, StartStack>([
  ['Fastify 5', startFastify],
  ['Express 4', (options) => startExpress(express4, options)],
  ['Express 5', (options) => startExpress(express5, options)],
  ['Hono on Node', startHono],
  ['Nest on Express', (options) => startNest(new ExpressAdapter(), options)],
  ['Nest on Fastify', (options) => startNest(new FastifyAdapter(), options)],
  ['fetch on Node', startFetch],
])

const both = ['read:data', 'write:data']

async function startFastify(options: StackOptions): Promise<Stack> {
  const { requireAuth, plugin, authOf } = fastifyAdapter.createAuth(adapterOptions(options))
  const app = Fastify()
  const handled: string[] = []
  await app.register(plugin)
  app.addHook('preHandler', async ({ method, url, is404 }) => {
    if (!is404) handled.push(`${method} ${url}`)
  })
  app.get('/public', async () => ({ message: 'hello' }))
  app.get('/private', { onRequest: requireAuth() }, async ({ auth }) => ({ user: auth.claims.sub }))
  app.get('/messages', { onRequest: requireAuth({ scopes: 'read:messages' }) }, async ({ auth }) => auth.scopes)
  app.post('/data', { onRequest: requireAuth({ scopes: both }) }, async () => ({ created: true }))
  app.get('/permitted', { onRequest: requireAuth({ permissions: 'delete:data' }) }, async () => ({ in: true }))
  app.get('/maybe', { onRequest: requireAuth({ optional: true }) }, async (request) => ({
    user: authOf(request)?.claims.sub ?? null,
  }))
  app.get('/inside', { onRequest: requireAuth() }, async ({ auth }) => {
    auth.require({ scopes: 'admin' })
    return { admin: true }
  })
  app.get('/twice', { onRequest: [requireAuth(), requireAuth({ scopes: 'read:messages' })] }, async () => ({
    in: true,
  }))
  app.get('/', { onRequest: requireAuth() }, async () => ({ in: true }))
  app.all('/files/*', { onRequest: requireAuth() }, async () => ({ in: true }))
  await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    origin: originOf(app.server),
    takeHandled: () => handled.splice(0),
    close: async () => void (await app.close()),
  }
}

async function startExpress(framework: typeof express5, options: StackOptions): Promise<Stack> {
  const { requireAuth, authOf, errorHandler } = expressAdapter.createAuth(adapterOptions(options))
  const app: Express = framework()
  const handled: string[] = []
  const note: express5.RequestHandler = ({ method, originalUrl }, _response, next) => {
    handled.push(`${method} ${originalUrl}`)
    next()
  }
  const giveIn: express5.RequestHandler = (_request, response) => void response.json({ in: true })
  app.get('/public', note, (_request, response) => void response.json({ message: 'hello' }))
  app.get('/private', requireAuth(), note, ({ auth }, response) => void response.json({ user: auth.claims.sub }))
  const messages = framework.Router()
  messages.get('/', requireAuth({ scopes: 'read:messages' }), note, ({ auth }, response) => {
    response.json(auth.scopes)
  })
  app.use('/messages', messages)
  app.post('/data', requireAuth({ scopes: both }), note, (_request, response) => void response.json({ created: true }))
  app.get('/permitted', requireAuth({ permissions: 'delete:data' }), note, giveIn)
  app.get('/maybe', requireAuth({ optional: true }), note, (request, response) => {
    response.json({ user: authOf(request)?.claims.sub ?? null })
  })
  app.get('/inside', requireAuth(), note, ({ auth }, response) => {
    auth.require({ scopes: 'admin' })
    response.json({ admin: true })
  })
  app.get('/twice', requireAuth(), requireAuth({ scopes: 'read:messages' }), note, giveIn)
  app.get('/', requireAuth(), note, giveIn)
  app.all(/^\/files\//, requireAuth(), note, giveIn)
  app.use(errorHandler)
  return listen(app, handled)
}

async function startHono(options: StackOptions): Promise<Stack> {
  const { requireAuth } = honoAdapter.createAuth(adapterOptions(options))
  const app = new Hono()
  const handled: string[] = []
  const note = async (
    c: { readonly req: { readonly method: string; readonly path: string } },
    next: () => Promise<void>,
  ) => {
    handled.push(`${c.req.method} ${c.req.path}`)
    await next()
  }
  app.get('/public', note, (c) => c.json({ message: 'hello' }))
  app.get('/private', requireAuth(), note, (c) => c.json({ user: c.var.auth.claims.sub }))
  app.get('/messages', requireAuth({ scopes: 'read:messages' }), note, (c) => c.json(c.var.auth.scopes))
  app.post('/data', requireAuth({ scopes: both }), note, (c) => c.json({ created: true }))
  app.get('/permitted', requireAuth({ permissions: 'delete:data' }), note, (c) => c.json({ in: true }))
  app.get('/maybe', requireAuth({ optional: true }), note, (c) => c.json({ user: c.var.auth?.claims.sub ?? null }))
  app.get('/inside', requireAuth(), note, (c) => {
    c.var.auth.require({ scopes: 'admin' })
    return c.json({ admin: true })
  })
  app.get('/twice', requireAuth(), requireAuth({ scopes: 'read:messages' }), note, (c) => c.json({ in: true }))
  app.get('/', requireAuth(), note, (c) => c.json({ in: true }))
  app.all('/files/*', requireAuth(), note, (c) => c.json({ in: true }))
  return listen(getRequestListener(app.fetch), handled)
}

async function startFetch(options: StackOptions): Promise<Stack> {
  const { protect } = fetchAdapter.createAuth(adapterOptions(options))
  const handled: string[] = []
  const noted = (request: Request, body: unknown): Response => {
    handled.push(`${request.method} ${new URL(request.url).pathname}`)
    return Response.json(body)
  }
  const routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
    'GET /public': (request) => noted(request, { message: 'hello' }),
    'GET /private': protect((request, auth) => noted(request, { user: auth.claims.sub })),
    'GET /messages': protect((request, auth) => noted(request, auth.scopes), { scopes: 'read:messages' }),
    'POST /data': protect((request) => noted(request, { created: true }), { scopes: both }),
    'GET /permitted': protect((request) => noted(request, { in: true }), { permissions: 'delete:data' }),
    'GET /maybe': protect((request, auth) => noted(request, { user: auth?.claims.sub ?? null }), { optional: true }),
    'GET /inside': protect((_request, auth) => {
      handled.push('GET /inside')
      auth.require({ scopes: 'admin' })
      return Response.json({ admin: true })
    }),
    'GET /twice': protect((request) => noted(request, { in: true }), { scopes: 'read:messages' }),
    'GET /': protect((request) => noted(request, { in: true })),
    'any /files/': protect((request) => noted(request, { in: true })),
  }
  const route = (request: Request) => {
    const { pathname } = new URL(request.url)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const key = pathname.startsWith('/files/') ? 'any /files/' : `${method} ${pathname}`
    return routes[key] ?? (() => new Response(null, { status: 404 }))
  }
  return listen(
    getRequestListener((request) => route(request)(request)),
    handled,
  )
}

async function listen(listener: RequestListener, handled: string[]): Promise<Stack> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.close()
    server.closeAllConnections()
  }
  return { origin: originOf(server), takeHandled: () => handled.splice(0), close }
}

function originOf(server: Pick<Server, 'address'>): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
